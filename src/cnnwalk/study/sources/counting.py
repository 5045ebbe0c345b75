"""What can be said of images before a network has seen them."""

from __future__ import annotations

import dataclasses

import numpy as np

from cnnwalk.study.imageset import ImageSet


@dataclasses.dataclass(frozen=True)
class Counts:
    """How the images of a set lie in its classes.

    Attributes:
        smallest: images of the smallest class.
        largest: images of the largest class.
        majority: the largest class's share of all images: what one gets right who always says it.
        majority_class: its name.
        chance: share that one gets right who guesses each class as often as it occurs.
    """

    smallest: int
    largest: int
    majority: float
    majority_class: str
    chance: float


def count(images: ImageSet) -> Counts:
    """Return how the images of a set lie in its classes."""
    counts = np.bincount(images.labels, minlength=len(images.classes))
    shares = counts / counts.sum()
    return Counts(
        int(counts.min()),
        int(counts.max()),
        float(shares.max()),
        images.classes[int(counts.argmax())],
        float((shares**2).sum()),
    )
