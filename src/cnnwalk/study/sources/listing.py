"""What a source says of its images before one of them is decoded."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
from PIL import Image

from cnnwalk.pixels import Pixels
from cnnwalk.study.imageset import Indices, Part

SplitName = Literal["by-emoji", "by-folder", "random"]
Size: TypeAlias = tuple[int, int]
"""Height and width in pixels."""
OnStep: TypeAlias = Callable[[str], None]
Decode: TypeAlias = Callable[[int], Pixels]
"""From the number of an image to its pixels, uint8 (H, W, 3); several threads call it at a time.

Raises `cnnwalk.images.ImageError` where that image cannot be had.
"""
Parts: TypeAlias = Mapping[Part, Indices]


class Divide(Protocol):
    """Say which images are for training, validation and test.

    Args:
        rows: (N,) the images that could be decoded, by their number in the listing.
        split: one of the source's.
        seed: of the draws.

    Returns:
        For each part, indices into `rows`.
    """

    def __call__(self, rows: Indices, split: SplitName, seed: int, /) -> Parts: ...


@dataclasses.dataclass(frozen=True)
class Listing:
    """The images of a source.

    Attributes:
        classes: names in the order of the labels.
        keys: a name for people for each image.
        labels: (N,) class of each image.
        place: where the images come from; two listings of one place take each other's pack.
        fingerprint: of all that decides their pixels.
        start: makes ready for decoding, which may mean downloading.
        divide: into parts.
        notes: sentences for people.
        unique: whether the source has no duplicates, or has those that are left on purpose.
    """

    classes: tuple[str, ...]
    keys: tuple[str, ...]
    labels: Indices
    place: str
    fingerprint: str
    start: Callable[[OnStep], Decode]
    divide: Divide
    notes: tuple[str, ...] = ()
    unique: bool = False


@dataclasses.dataclass(frozen=True)
class Source:
    """Where images come from.

    Attributes:
        name: on the command line.
        says: what it is, in a line for people.
        licence: of the images, in a line for people; empty where they are the user's own.
        size: of the images when the user does not say.
        splits: how they can be divided; the first is what is done when the user does not say.
        needs_folder: whether the user has to give a folder.
        read: lists the images, from a folder if it needs one.
        mean: per channel, of values in 0..1; left out, that of the images for training.
        std: as `mean`.
    """

    name: str
    says: str
    licence: str
    size: Size
    splits: tuple[SplitName, ...]
    needs_folder: bool
    read: Callable[[Path, Size], Listing]
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None


def fingerprint(facts: Iterable[object]) -> str:
    """Return a hash of facts, in their order."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(f"{fact}\0".encode())
    return digest.hexdigest()


def squeezed(picture: Image.Image, size: Size) -> Pixels:
    """Return a picture in RGB at a size; its proportions give way, as in the authors' code.

    Grayscale becomes three equal channels. Bilinear with antialiasing, as torchvision's ``Resize``.
    """
    height, width = size
    resized = picture.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized)
