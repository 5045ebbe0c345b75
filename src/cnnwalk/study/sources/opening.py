"""From the name of a source to images that can be trained on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet, Indices
from cnnwalk.study.sources import caltech, covid, digits, elpv, emoji
from cnnwalk.study.sources import folder as any_folder
from cnnwalk.study.sources.listing import Listing, OnStep, Size, Source, SplitName
from cnnwalk.study.sources.pack import Pack, packed

SOURCES: dict[str, Source] = {
    module.SOURCE.name: module.SOURCE
    for module in (emoji, elpv, caltech, covid, any_folder, digits)
}
_SMALLEST, _LARGEST = 8, 1024


def open_images(  # noqa: PLR0913 - what the user can say
    source: str,
    folder: Path | None = None,
    *,
    size: tuple[int, int] | None = None,
    split: str | None = None,
    seed: int = 0,
    on_step: OnStep,
) -> ImageSet:
    """Return the images of a source; decode them first, or download them, where that is needed.

    Args:
        source: its name, of `SOURCES`.
        folder: where the user has the images, for the sources that ask for it.
        size: height and width in pixels; left out, the source's own.
        split: how they are divided, as `Source.splits` or `ImageSet.split` have it; left out, the
            source's own way.
        seed: of the split.
        on_step: is told what happens, in words.

    Raises:
        StudyError: they cannot be had; the message says what was expected.
    """
    chosen = _source(source)
    way = _split(chosen, split)
    size = chosen.size if size is None else _checked(size)
    if chosen.needs_folder != (folder is not None):
        raise StudyError(
            f"The images of {source} are yours: give the folder where they are."
            if chosen.needs_folder
            else f"The images of {source} need no folder: leave {folder} out."
        )
    listing = chosen.read(folder or Path(), size)
    pack = packed(listing, size, on_step)
    return _image_set(chosen, listing, pack, way, seed)


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise StudyError(f"There are no images called {name!r}: choose among {', '.join(SOURCES)}.")
    return SOURCES[name]


def _split(source: Source, split: str | None) -> SplitName:
    for name in source.splits:
        if split is None or split.replace(" ", "-") == name:
            return name
    raise StudyError(
        f"{source.name} cannot be split {split!r}: choose among {', '.join(source.splits)}."
    )


def _checked(size: Size) -> Size:
    """Return a size as a plain tuple, whatever tuple it came as: packs are known by it.

    Raises:
        StudyError: nobody means such images.
    """
    if min(size) < _SMALLEST or max(size) > _LARGEST:
        raise StudyError(
            f"Images of {size[0]}x{size[1]} pixels are not taken: give a size from "
            f"{_SMALLEST}x{_SMALLEST} to {_LARGEST}x{_LARGEST}."
        )
    height, width = size
    return height, width


def _image_set(
    source: Source, listing: Listing, pack: Pack, split: SplitName, seed: int
) -> ImageSet:
    listing = _without_empty_classes(listing, pack.rows)
    parts = dict(listing.divide(pack.rows, split, seed))
    if not len(parts["train"]) or not len(parts["test"]):
        raise StudyError(
            f"There are not enough images to train and to test with: {len(pack.rows)} in "
            f"{len(listing.classes)} classes. Give more of each class."
        )
    mean, std = _statistics(pack, parts["train"])
    return ImageSet(
        name=source.name,
        classes=listing.classes,
        pixels=pack.pixels,
        labels=listing.labels[pack.rows],
        parts=parts,
        keys=tuple(listing.keys[row] for row in pack.rows),
        mean=source.mean or mean,
        std=source.std or std,
        licence=source.licence,
        skipped=pack.skipped,
        split=split.replace("-", " "),
        duplicates=pack.duplicates,
        notes=listing.notes + _single(listing, pack.rows),
    )


def _without_empty_classes(listing: Listing, rows: Indices) -> Listing:
    """Leave out classes of which no image could be read.

    Raises:
        StudyError: fewer than two are left.
    """
    counts = np.bincount(listing.labels[rows], minlength=len(listing.classes))
    kept = np.flatnonzero(counts)
    if len(kept) < 2:
        raise StudyError(
            f"The images that can be read are all of the class {listing.classes[kept[0]]!r}, and "
            "there is nothing to tell apart: give images of two classes or more."
        )
    gone = [listing.classes[number] for number in np.flatnonzero(counts == 0)]
    if not gone:
        return listing
    numbers = np.cumsum(counts > 0) - 1
    return dataclasses.replace(
        listing,
        classes=tuple(listing.classes[number] for number in kept),
        labels=numbers[listing.labels],
        notes=(*listing.notes, f"left out, since none of their images is there: {', '.join(gone)}"),
    )


def _single(listing: Listing, rows: Indices) -> tuple[str, ...]:
    counts = np.bincount(listing.labels[rows])
    alone = [listing.classes[number] for number in np.flatnonzero(counts == 1)]
    if not alone:
        return ()
    return (f"one image alone, so for training and never tested: {', '.join(alone)}",)


def _statistics(pack: Pack, rows: Indices) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation per channel of some images, of values in 0..1."""
    count = len(rows) * pack.pixels.shape[1] * pack.pixels.shape[2]
    first, second = pack.sums[rows].sum(axis=0) / count
    std = np.sqrt(np.maximum(second - first**2, 0)) / 255
    std[std == 0] = 1  # a channel that is the same everywhere
    return tuple((first / 255).tolist()), tuple(std.tolist())
