"""Folders of images, as users have them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image


def write_image(path: Path, seed: int, size: tuple[int, int] = (12, 10), mode: str = "RGB") -> None:
    """Write an image of random pixels, other ones for each seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (*size, 3) if mode == "RGB" else size
    values = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    Image.fromarray(values).save(path)


def class_folders(root: Path, counts: Sequence[int], names: str = "abcdefgh") -> Path:
    """Write a folder with a class folder for each count; return it."""
    for number, count in enumerate(counts):
        for index in range(count):
            write_image(root / names[number] / f"{index:03}.png", 1000 * number + index)
    return root
