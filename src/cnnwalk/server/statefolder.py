"""What outlives a process: the user's state folder, and files in it that nobody else may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def state_folder() -> Path:
    """Return where cnnwalk keeps what outlives a process (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_STATE_HOME", "")
    # The specification wants relative paths ignored.
    root = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state"
    return root / "cnnwalk"


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
    """Write the file whole or not at all, for this user only.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    Path(temporary).replace(path)
