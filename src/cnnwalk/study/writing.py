"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cnnwalk.study.errors import StudyError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, so that at any moment the old one or the new one is there, also after a crash.

    Args:
        path: of the file; its folder is made where it is missing.
        data: what it holds afterwards.

    Raises:
        StudyError: it cannot be written: the disk is full, or it may not be; the old file stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        no_folder = path.parent.exists() and not path.parent.is_dir()
        reason = f"{path.parent} is no folder" if no_folder else error.strerror or error
        raise StudyError(
            f"{path} cannot be written ({reason}): make room there, or write to a folder that you "
            "may write to."
        ) from error


def require_writable(folder: Path) -> None:
    """Make a folder, and see that files can be written there, before long work is done for them.

    Raises:
        StudyError: they cannot.
    """
    trial = folder / f".trial-{secrets.token_hex(4)}"
    write_whole(trial, b"")
    trial.unlink(missing_ok=True)


def _replace(path: Path, data: bytes) -> None:
    # Two processes that write the same file must not write into each other's.
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """See that a new name in a folder outlives a loss of power."""
    if os.name != "posix":  # elsewhere folders cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
