"""Large files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cnnwalk.study.errors import StudyError

_PART = ".part"
_ABANDONED_SECONDS = 3600


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which gets its name when all went well; else it is removed.

    What a process that was killed has left in the folder is removed, too.

    Raises:
        StudyError: the folder cannot be written, or has no room.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path.parent)
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise StudyError(
            f"{path.parent} cannot be written ({error.strerror or error}): make room there, or set "
            "XDG_CACHE_HOME to a folder that can be written"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _remove_abandoned(folder: Path) -> None:
    for path in folder.glob(f".*{_PART}"):
        with contextlib.suppress(OSError):  # another process may end it now
            if path.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                path.unlink()
