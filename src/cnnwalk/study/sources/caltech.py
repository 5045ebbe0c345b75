"""Caltech101, one of the paper's two data sets (section 4.3)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from cnnwalk.study.imageset import Indices
from cnnwalk.study.sources.classfolders import divide_folders, find_classes, listing_of
from cnnwalk.study.sources.listing import Listing, Parts, Size, Source, SplitName
from cnnwalk.study.sources.parts import undersampled

BACKGROUND = "BACKGROUND_Google"
CLASSES = 101
_INSIDE = ("caltech101/101_ObjectCategories", "101_ObjectCategories")
LAYOUT = (
    "Expected is what torchvision's Caltech101 makes, FOLDER/caltech101/101_ObjectCategories/"
    "accordion/image_0001.jpg and so on, or 101_ObjectCategories itself."
)


def read(folder: Path, size: Size) -> Listing:
    """List the images of Caltech101 without its background class.

    Raises:
        StudyError: the folder does not have them.
    """
    root = next((folder / inside for inside in _INSIDE if (folder / inside).is_dir()), folder)
    found = find_classes(root, LAYOUT, frozenset({BACKGROUND}))

    def split(rows: Indices, split: SplitName, seed: int) -> Parts:
        parts = divide_folders(found, rows, split, seed)
        return undersampled(parts, found.labels[rows], seed)

    listing = listing_of(found, "caltech101", size, split)
    count = len(found.classes)
    if count == CLASSES:
        return listing
    note = f"{count} classes, while Caltech101 has {CLASSES} without its background"
    return dataclasses.replace(listing, notes=(*listing.notes, note))


SOURCE = Source(
    "caltech101",
    "Caltech101 in a folder of yours, as in the paper; as many for training of each class as the "
    "smallest has",
    "Caltech 101, Li, Andreeto, Ranzato and Perona 2022, data.caltech.edu: CC BY 4.0",
    (150, 175),
    ("random",),
    needs_folder=True,
    read=read,
    mean=(0.5487, 0.5313, 0.5050),  # as in the authors' code
    std=(0.1879, 0.1819, 0.1983),
)
