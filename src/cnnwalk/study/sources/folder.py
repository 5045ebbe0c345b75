"""Any folder of class folders."""

from __future__ import annotations

import functools
from pathlib import Path

from cnnwalk.study.errors import StudyError
from cnnwalk.study.sources.classfolders import divide_folders, find_classes, listing_of
from cnnwalk.study.sources.listing import Listing, Size, Source

_PARTS = {"train", "training", "val", "valid", "validation", "test", "testing"}
LAYOUT = (
    "Expected is a folder with a folder for each class and the images in these: FOLDER/cat/1.jpg, "
    "FOLDER/cat/2.jpg, FOLDER/dog/1.jpg and so on."
)


def read(folder: Path, size: Size) -> Listing:
    """List the images of a folder of class folders.

    Raises:
        StudyError: it is no such folder.
    """
    found = find_classes(folder, LAYOUT)
    if _PARTS.issuperset(name.lower() for name in found.classes):
        raise StudyError(
            f"{folder} has the folders {', '.join(found.classes)}, which are no classes: put the "
            "images of each class together, since they are divided here, or give "
            f"{folder / found.classes[0]}. {LAYOUT}"
        )
    return listing_of(found, "folder", size, functools.partial(divide_folders, found))


SOURCE = Source(
    "folder",
    "images of your own, a folder for each class",
    "",
    (144, 144),
    ("random", "by-folder"),
    needs_folder=True,
    read=read,
)
