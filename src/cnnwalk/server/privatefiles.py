"""Files that nobody but this user may read."""

from __future__ import annotations

import os
from pathlib import Path

from cnnwalk.wholefile import write_whole


def read_private(path: Path) -> bytes | None:
    """Return the file's bytes, or None when it is missing or open to other users.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            open_to_others = os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077
            return None if open_to_others else file.read()
    except FileNotFoundError:
        return None


def write_private(path: Path, data: bytes) -> None:
    """Write the file whole or not at all; its folder is made where it is missing.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(path, data, private=True)
