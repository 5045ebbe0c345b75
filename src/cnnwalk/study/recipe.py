"""How long, in which steps and how fast a network is trained."""

from __future__ import annotations

import dataclasses
import math

from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.strategies import NOISE, STRATEGIES, StrategyName

_EPOCHS: dict[StrategyName, int] = {
    "augmentation": 250,
    "shuffled-labels": 130,
    "noisy-copies": 60,
    "plain": 80,
    "augmentation-without-noise": 250,
    "noise-only": 250,
}
_BATCHES = 30
"""Of an epoch, about; a small set gets smaller batches, so that it has as many."""
_SMALLEST_BATCH = 16
_LARGEST_BATCH = 128
_RATE = 0.001 / 64
"""For each example of a batch, as the paper's authors have it."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What training does, beside the strategy.

    Attributes:
        epochs: how often every example is seen.
        batch: examples of a step, over all devices.
        rate: learning rate at first.
        decay: of the weights, as for `Lamb`.
        copies: noisy copies of each image.
        noise: sigma of theirs, for normalized values.
    """

    epochs: int
    batch: int
    rate: float
    decay: float = 1.0
    copies: int = 0
    noise: float = NOISE

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            StudyError: one is out of range.
        """
        checks = (
            (self.epochs >= 1, f"Training for {self.epochs} epochs is none", "give 1 or more"),
            (self.batch >= 2, f"Batches of {self.batch} cannot be normalized", "give 2 or more"),
            (0 < self.rate < math.inf, f"A learning rate of {self.rate} is none", "try .002"),
            (0 <= self.decay < math.inf, f"A decay of {self.decay} is none", "give 0 or more"),
            (self.copies >= 0, f"There cannot be {self.copies} copies", "give 0 or more"),
            (0 <= self.noise < math.inf, f"Noise of {self.noise} is none", "give 0 or more"),
        )
        for is_right, what, advice in checks:
            if not is_right:
                raise StudyError(f"{what}: {advice}.")


def recipe_for(  # noqa: PLR0913  # one for each part of the recipe
    images: ImageSet,
    strategy: StrategyName,
    *,
    epochs: int | None = None,
    batch: int | None = None,
    rate: float | None = None,
    decay: float = 1.0,
    copies: int | None = None,
    noise: float = NOISE,
) -> Recipe:
    """Return the recipe with which a strategy was measured; what is given takes its place.

    The epochs are those of the shipped networks. A batch is 128 images, or a thirtieth of a set
    that is small; with copies it is twice as large. The rate is that of the paper's authors, .001
    for each 64 of a batch.

    Raises:
        StudyError: a value is out of range.
    """
    count = STRATEGIES[strategy].copies if copies is None else copies
    if batch is None:
        batch = _batch(len(images.parts["train"])) * (2 if count else 1)
    return Recipe(
        epochs=_EPOCHS[strategy] if epochs is None else epochs,
        batch=batch,
        rate=batch * _RATE if rate is None else rate,
        decay=decay,
        copies=count,
        noise=noise,
    )


def _batch(images: int) -> int:
    """Return the power of 2 next to a thirtieth of so many images, but never more than these."""
    nearest = 2 ** round(math.log2(max(images, 1) / _BATCHES)) if images > _BATCHES else 1
    return max(2, min(images, max(_SMALLEST_BATCH, min(nearest, _LARGEST_BATCH))))
