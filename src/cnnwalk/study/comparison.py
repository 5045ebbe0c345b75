"""What was measured of a network beside what its file says."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.trained import About

ALLOWED = 0.002
_STANDARD_ERRORS = 2


@dataclasses.dataclass(frozen=True)
class Comparison:
    """One accuracy of one network.

    Attributes:
        file: the network's name.
        name: what was measured, of `cnnwalk.study.accuracy.ACCURACIES`.
        measured: 0..1.
        said: by the file; None where it says nothing.
        allowed: by how much they may differ.
    """

    file: str
    name: str
    measured: float
    said: float | None
    allowed: float

    @property
    def difference(self) -> float | None:
        return None if self.said is None else self.measured - self.said

    @property
    def agrees(self) -> bool:
        """Whether nothing differs by more than is allowed."""
        # Figures of three decimals are not binary fractions.
        return self.difference is None or abs(self.difference) <= self.allowed + 1e-9


def compare(about: About, measured: Mapping[str, float], images: ImageSet) -> list[Comparison]:
    """Return what was measured of a network, each beside what its file says.

    Under noise two measurements with different draws differ by chance: allowed are two standard
    errors of their difference, at most sqrt(2 p (1 - p) / n) for a share p of n images.

    Args:
        about: the network.
        measured: of `cnnwalk.study.accuracy.accuracies`.
        images: that were looked at.
    """
    found = []
    for name, share in measured.items():
        said = about.accuracies.get(name)
        allowed = ALLOWED
        if name == "test_noise" and said is not None:
            error = math.sqrt(2 * said * (1 - said) / len(images.parts["test"]))
            allowed = max(ALLOWED, _STANDARD_ERRORS * error)
        found.append(Comparison(about.name, name, share, said, allowed))
    return found
