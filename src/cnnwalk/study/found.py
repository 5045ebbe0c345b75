"""The trained networks that a command is about, and their images, where it is not told which."""

from __future__ import annotations

from pathlib import Path

from cnnwalk.study import sources
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.shipped import shipped
from cnnwalk.study.sources.listing import OnStep
from cnnwalk.study.trained import About, trained_files

OWN = Path("study", "networks")
"""Where ``cnnwalk study train`` puts them, in the current folder."""


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
