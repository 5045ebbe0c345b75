"""How much is measured of each network."""

from __future__ import annotations

import dataclasses

from cnnwalk.study.accuracy import ACCURACIES, Accuracy
from cnnwalk.study.errors import StudyError


@dataclasses.dataclass(frozen=True, kw_only=True)
class MeasureSettings:
    """How much is measured; all networks of one report are measured with the same.

    Attributes:
        accuracies: which are measured.
        images: of the test part, for what is measured of feature maps.
        gradients: of the test part, for the gradient at the input.
        robustness: of the test part, for accuracy under noise and blur; None for all of them.
        noises: standard deviations, in the space of the normalized input.
        blurs: standard deviations of the Gaussian in pixels.
        channels: feature visualizations in each layer; 0 for none.
        steps: of each feature visualization.
        side: height and width of feature visualizations in pixels.
        examples: test images whose feature maps of the last convolution are kept.
        seed: of which images are taken, of the noise, and of what visualizations start from.

    Raises:
        StudyError: a number is out of range.
    """

    accuracies: tuple[Accuracy, ...] = ("test", "balanced", "test_noise")
    images: int = 256
    gradients: int = 128
    robustness: int | None = 256
    noises: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.5)
    blurs: tuple[float, ...] = (0.0, 1.0, 2.0, 3.0)
    channels: int = 8
    steps: int = 64
    side: int = 96
    examples: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"images": 1, "gradients": 1, "channels": 0, "steps": 1, "side": 16, "examples": 1}
        for name, lowest in least.items():
            if (value := getattr(self, name)) < lowest:
                raise StudyError(f"The setting {name} is {value}: give {lowest} or more.")
        if self.robustness is not None and self.robustness < 1:
            raise StudyError(
                f"The setting robustness is {self.robustness}: give 1 image or more, or None for "
                "all of the test part."
            )
        for name in ("noises", "blurs"):
            for value in getattr(self, name):
                if not 0 <= value <= 100:
                    raise StudyError(f"A value of {name} is {value}: give 0 to 100.")


FULL = MeasureSettings(accuracies=ACCURACIES, robustness=None)
"""With all accuracies and all test images, for those who have the time."""
