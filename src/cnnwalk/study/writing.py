"""The study's files: written whole or not at all, and where that cannot be, a sentence for people.

Networks, checkpoints and reports go where the user wants them; what can be made again lies in the
study's part of the cache folder.
"""

from __future__ import annotations

import contextlib
import glob
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cnnwalk import userfolders, wholefile
from cnnwalk.study.errors import StudyError


def cache_folder() -> Path:
    """Return the folder where the study keeps what can be made again."""
    return userfolders.cache_folder() / "study"


@contextlib.contextmanager
def cached_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file of the cache folder to write to, as `cnnwalk.wholefile.whole_file` does.

    What processes that were killed have left in its folder is removed.

    Raises:
        StudyError: it cannot be written.
    """
    with _telling(path, "set XDG_CACHE_HOME to a folder that can be written"):
        wholefile.remove_abandoned(path.parent)
        with wholefile.whole_file(path) as file:
            yield file


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, so that at any moment the old one or the new one is there, also after a crash.

    Args:
        path: of the file; its folder is made where it is missing.
        data: what it holds afterwards.

    Raises:
        StudyError: it cannot be written: the disk is full, or it may not be; the old file stays.
    """
    with _telling(path, "choose another folder with --out"):
        wholefile.remove_abandoned(path.parent, glob.escape(path.name))
        wholefile.write_whole(path, data)


def require_writable(folder: Path) -> None:
    """Make a folder, and see that files can be written there, before long work is done for them.

    Raises:
        StudyError: they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StudyError(
            f"Nothing can be written to {folder} ({error.strerror or error}): make room there, or "
            "choose another folder with --out."
        ) from error


@contextlib.contextmanager
def _telling(path: Path, otherwise: str) -> Iterator[None]:
    """Raise a StudyError for an OSError, with what else one can do."""
    try:
        yield
    except OSError as error:
        no_folder = path.parent.exists() and not path.parent.is_dir()
        reason = f"{path.parent} is no folder" if no_folder else error.strerror or error
        raise StudyError(
            f"{path} cannot be written ({reason}): make room there, or {otherwise}."
        ) from error
