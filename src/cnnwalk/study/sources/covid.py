"""The CT slices of the SARS-CoV-2 data set, one of the paper's two (section 4.3)."""

from __future__ import annotations

import dataclasses
import functools
import re
from pathlib import Path

from cnnwalk.study.errors import StudyError
from cnnwalk.study.sources.classfolders import divide_folders, find_classes, listing_of
from cnnwalk.study.sources.listing import Listing, Size, Source
from cnnwalk.study.sources.parts import TEST

NAMES = ("covid", "noncovid")
LAYOUT = (
    "Expected are the two folders of the data set: FOLDER/COVID/Covid (1).png and so on, "
    "FOLDER/non-COVID/Non-Covid (1).png and so on."
)
PEOPLE = (
    "their file names do not say which slices are of one person, so slices of the same person are "
    f"in training and in the {TEST:.0%} for testing, as in the paper; folders inside the class "
    "folders, one for each person, and --split by-folder keep them apart"
)


def read(folder: Path, size: Size) -> Listing:
    """List the CT slices of a folder.

    Raises:
        StudyError: it does not have the two class folders.
    """
    found = find_classes(folder, LAYOUT)
    names = sorted(re.sub("[^a-z]", "", name.lower()) for name in found.classes)
    if tuple(names) != NAMES:
        raise StudyError(f"{folder} has the folders {', '.join(found.classes)}. {LAYOUT}")
    listing = listing_of(found, "sars-cov-2", size, functools.partial(divide_folders, found))
    told = len(set(found.groups)) < len(found.groups)
    return listing if told else dataclasses.replace(listing, notes=(*listing.notes, PEOPLE))


SOURCE = Source(
    "sars-cov-2",
    "CT slices with and without COVID in a folder of yours, as in the paper",
    "SARS-CoV-2 CT-scan data set, Soares and Angelov 2020, www.kaggle.com/datasets/plameneduardo/"
    "sarscov2-ctscan-dataset, where its licence stands",
    (180, 250),
    ("random", "by-folder"),
    needs_folder=True,
    read=read,
    mean=(0.485, 0.456, 0.406),  # of ImageNet, as in the authors' code
    std=(0.229, 0.224, 0.225),
)
