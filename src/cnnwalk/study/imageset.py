"""Images to train on and to measure with, as every source gives them."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnnwalk.pixels import Pixels

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = typing.get_args(Part)
Indices = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class ImageSet:
    """Decoded images of one size with their labels.

    Attributes:
        name: of the source, such as ``emoji``; part of the trained network's name.
        classes: names, in the order of the labels.
        pixels: uint8 (N, H, W, C) with C = 3 (RGB) or 1; may be a memory map.
        labels: (N,) in 0..len(classes) - 1.
        parts: which images are for training, validation and test; they have none in common.
        keys: N names for people: a path below the source's folder, or vendor and code point.
        mean: per channel, of values in 0..1.
        std: as `mean`.
        licence: one line for people, or empty where the images are the user's own.
        skipped: files that could not be read, each with the reason.
        split: how the parts were chosen, in words, such as ``by emoji``.
        duplicates: images that were left out, since their pixels are another's.
        notes: what else there is to know of them, a sentence each.
    """

    name: str
    classes: tuple[str, ...]
    pixels: Pixels
    labels: Indices
    parts: Mapping[Part, Indices]
    keys: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    licence: str = ""
    skipped: tuple[str, ...] = ()
    split: str = ""
    duplicates: int = 0
    notes: tuple[str, ...] = ()
