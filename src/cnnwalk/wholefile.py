"""Files that appear whole or not at all, also where a process is killed or the power fails."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_PART = ".part"
_ABANDONED_SECONDS = 3600


@contextlib.contextmanager
def whole_file(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write to, which gets its name when all of it is on the disk.

    Until then what has that name stays as it is; where writing fails it stays for good, and
    nothing is left of the new file. Several processes may write a file at a time.

    Args:
        path: of the file; its folder is made where it is missing.
        private: whether file and folder, where they are made, are for this user alone.

    Raises:
        OSError: it cannot be written: the disk is full, or it may not be.
    """
    rights = 0o700 if private else 0o777  # of which the user's umask takes away
    path.parent.mkdir(rights, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PART}")
    try:
        with open(part, "xb", opener=lambda name, how: os.open(name, how, rights & 0o666)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file as `whole_file` does."""
    with whole_file(path, private=private) as file:
        file.write(data)


def remove_abandoned(folder: Path, name: str = "*") -> None:
    """Remove what processes that were killed left half written, more than an hour ago.

    Args:
        folder: where they wrote.
        name: of the files that they wrote, as a pattern of `Path.glob`; in a folder that others
            use as well all are too many.
    """
    for part in folder.glob(f".{name}.*{_PART}"):
        with contextlib.suppress(OSError):  # another process may remove it now
            if part.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                part.unlink()


def _keep_name(folder: Path) -> None:
    """See that a new name in a folder outlives a loss of power, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
