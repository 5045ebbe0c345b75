"""The trained networks that a command is about, and their images, where it is not told which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cnnwalk.study import sources
from cnnwalk.study.accuracy import check_images
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.shipped import shipped
from cnnwalk.study.sources.listing import OnStep
from cnnwalk.study.trained import About, trained_files

OWN = Path("study", "networks")
"""Where ``cnnwalk study train`` puts them, in the current folder."""

_ROUNDING = 1e-4
"""By how much means of the same images may differ, which another release has decoded."""


def find_trained(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the files of a folder, by name.

    Args:
        folder: None for the user's own networks in `OWN`; where there are none, for the
            shipped ones.

    Raises:
        StudyError: there are none.
    """
    if folder is None:
        return trained_files(OWN) or shipped()
    files = trained_files(folder)
    if not files:
        what = "has no trained networks" if folder.is_dir() else "is no folder"
        raise StudyError(
            f"{folder} {what}: give the folder with the .safetensors files of cnnwalk study train, "
            f"such as {OWN}; or leave --networks out for the shipped ones."
        )
    return files


def files_in(places: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files that are given, and of folders those in them; raises as `find_trained`."""
    return tuple(
        file for place in places for file in (find_trained(place) if place.is_dir() else (place,))
    )


def images_of(about: About, folder: Path | None, on_step: OnStep) -> ImageSet:
    """Return the images that a network was trained with, in its size and divided as they were.

    Args:
        about: the network.
        folder: where the user has the images, for the sources that ask for it.
        on_step: is told what happens, in words.

    Raises:
        StudyError: they cannot be had; the message says what was expected.
    """
    size = about.height, about.width
    split = about.split or None  # files that do not say it have the source's own
    return sources.open_images(about.data, folder, size=size, split=split, on_step=on_step)


def check_trained_with(images: ImageSet, about: About) -> None:
    """See that images are those that a network was trained with.

    A folder to which an image was added is divided otherwise, so that its test images would be
    such as the network has learned. Images are known by mean and deviation of the training part.

    Raises:
        StudyError: they are others.
    """
    check_images(images, about)
    if about.split not in {"", images.split}:
        raise StudyError(
            f"{about.name} was trained on a split {about.split!r}, other networks here on "
            f"{images.split!r}: put them into folders of their own."
        )
    told, found = (*about.mean, *about.std), (*images.mean, *images.std)
    if not np.allclose(told, found, rtol=0, atol=_ROUNDING):
        raise StudyError(
            f"{about.name} was not trained with the images of {images.name} that are here: those "
            f"for training had a mean of {_figures(about.mean)}, not {_figures(images.mean)}, so "
            "that it may have learned what is for the test now. Give the images as they were, or "
            "train it again with cnnwalk study train."
        )


def _figures(values: Sequence[float]) -> str:
    return " ".join(f"{value:.4f}" for value in values)
