"""The trained networks that come with the study, in a package of their own."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from cnnwalk.study.errors import StudyError
from cnnwalk.study.trained import trained_files

PACKAGE = "cnnwalk_study_networks"


def shipped() -> tuple[Path, ...]:
    """Return the files of the shipped networks, by name.

    Raises:
        StudyError: their package is not installed, or holds none.
    """
    spec = importlib.util.find_spec(PACKAGE)
    folders = () if spec is None else spec.submodule_search_locations or ()
    files = tuple(file for folder in folders for file in trained_files(Path(folder)))
    if not files:
        raise StudyError(
            "The study's trained networks are not installed: run pip install ./weights in "
            "cnnwalk's repository, or train networks of your own with cnnwalk study train."
        )
    return files
