"""The trained networks that a command is about, where it is not told which."""

from __future__ import annotations

from pathlib import Path

from cnnwalk.study.errors import StudyError
from cnnwalk.study.shipped import shipped
from cnnwalk.study.trained import trained_files

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
