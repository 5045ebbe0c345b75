"""Images that are quick to train with, of any number."""

from __future__ import annotations

import numpy as np

from cnnwalk.study.imageset import ImageSet

CLASSES = ("left", "right", "both")


def small_set(
    train: int = 24, validation: int = 6, test: int = 6, *, size: int = 32, classes: int = 3
) -> ImageSet:
    """Return random images of which a bar says the class, with pixels that differ between all."""
    count = train + validation + test
    draws = np.random.default_rng(7)
    labels = np.arange(count, dtype=np.int64) % classes
    pixels = draws.integers(0, 80, (count, size, size, 3), np.uint8)
    half = size // 2
    pixels[labels != 1, :, : half // 2] += 150
    pixels[labels != 0, :, -half // 2 :] += 150
    rows = np.arange(count, dtype=np.int64)
    values = pixels[:train] / 255
    return ImageSet(
        name="bars",
        classes=CLASSES[:classes],
        pixels=pixels,
        labels=labels,
        parts={
            "train": rows[:train],
            "validation": rows[train : train + validation],
            "test": rows[train + validation :],
        },
        keys=tuple(str(row) for row in rows),
        mean=tuple(values.mean((0, 1, 2)).tolist()),
        std=tuple(values.std((0, 1, 2)).tolist()),
        split="random",
    )
