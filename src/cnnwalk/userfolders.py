"""Where cnnwalk keeps files of its own for a user (XDG Base Directory Specification)."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder of what can be made again; it may be missing."""
    return _folder("XDG_CACHE_HOME", Path(".cache"))


def state_folder() -> Path:
    """Return the folder of what outlives a process and cannot be made again; it may be missing."""
    return _folder("XDG_STATE_HOME", Path(".local", "state"))


def _folder(variable: str, below_home: Path) -> Path:
    base = Path(os.environ.get(variable, ""))
    # The specification wants relative paths ignored.
    return (base if base.is_absolute() else Path.home() / below_home) / "cnnwalk"
