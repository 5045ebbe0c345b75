"""Finished pictures on disk, one file each."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from cnnwalk.featvis.entry import Entry, ForeignFileError, from_bytes, to_bytes
from cnnwalk.featvis.picture import Picture
from cnnwalk.userfolders import cache_folder
from cnnwalk.wholefile import remove_abandoned, write_whole

GIB = 2**30

_SUFFIX = ".picture"
_KEY = re.compile(r"[0-9a-f]{64}")
_ROOM = 0.9
"""What is kept, as a share of the capacity, when files are removed: so that the next picture does
not make the folder be looked through again."""
_UNSEEN = 0.05
"""What is written, as a share of the capacity, before the folder is looked through again: other
processes write to it, too."""


class PictureCache:
    """Finished pictures by their key (`key_of`), in a folder that several processes may share.

    A file appears whole or not at all. What cannot be read, is cut short, damaged or another
    key's counts as absent, and is removed. Where the folder cannot be written, pictures are not
    kept, which is told once; nothing fails for it.

    Args:
        folder: made when the first picture is kept; left out, `picture_folder`.
        capacity_bytes: of all files; those not used for longest are removed first.
        tell: is given a sentence for people when a picture cannot be kept; a warning by default.
    """

    def __init__(
        self,
        folder: Path | None = None,
        capacity_bytes: int = 2 * GIB,
        tell: Callable[[str], None] = warnings.warn,
    ) -> None:
        self._folder = picture_folder() if folder is None else folder
        self._capacity = capacity_bytes
        self._tell = tell
        self._told = False
        self._lock = threading.Lock()
        self._unseen = float("inf")  # bytes written since the folder was looked through

    def read(self, key: str) -> Entry | None:
        """Return what is kept under a key, which is then the last used; None when it is absent."""
        path = self._path(key)
        try:
            entry = from_bytes(key, path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ForeignFileError):
            _remove(path)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return entry

    def get(self, key: str) -> Picture | None:
        """Return the picture of a key, as `read` does."""
        entry = self.read(key)
        return None if entry is None else entry.picture

    def has(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys that have a file, without reading it."""
        found: set[str] = set()
        for folder, alike in itertools.groupby(sorted(keys), lambda key: self._path(key).parent):
            with contextlib.suppress(OSError), os.scandir(folder) as entries:
                names = {entry.name for entry in entries if entry.is_file()}
                found.update(key for key in alike if f"{key}{_SUFFIX}" in names)
        return found

    def put(self, key: str, picture: Picture, facts: Mapping[str, str]) -> bool:
        """Keep a picture and its facts, to which ``made`` is added, the time in UTC.

        Returns:
            Whether that was possible.
        """
        path = self._path(key)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        data = to_bytes(key, Entry(picture, {"made": made, **facts}))
        try:
            write_whole(path, data)
        except OSError as error:
            self._tell_once(error)
            return False
        self._make_room(len(data))
        return True

    def delete(self, keys: Iterable[str]) -> int:
        """Remove pictures; return how many there were."""
        return sum(_remove(self._path(key)) for key in keys)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of a picture: it has 64 hex digits")
        return self._folder / key[:2] / f"{key}{_SUFFIX}"

    def _tell_once(self, error: OSError) -> None:
        with self._lock:
            told, self._told = self._told, True
        if not told:
            self._tell(
                f"Pictures cannot be kept in {self._folder} ({error.strerror or error}), so they "
                "will be computed again when they are asked for. Make room there, or set "
                "XDG_CACHE_HOME to a folder that can be written."
            )

    def _make_room(self, written: int) -> None:
        """Remove the files that were not used for longest, where there are too many bytes."""
        with self._lock:
            self._unseen += written
            if self._unseen <= _UNSEEN * self._capacity:
                return
            self._unseen = 0
            files = sorted(self._files(), key=lambda file: file[1].st_mtime_ns)
        size = sum(stat.st_size for _, stat in files)
        if size <= (1 - _UNSEEN) * self._capacity:
            return
        for path, stat in files[:-1]:  # the newest stays, even if it alone is too large
            if size <= _ROOM * self._capacity:
                return
            _remove(path)
            size -= stat.st_size

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        """Yield the pictures; removes what a process that was killed left half written."""
        for folder in self._folder.glob("??"):
            remove_abandoned(folder)
            for path in folder.glob(f"*{_SUFFIX}"):
                with contextlib.suppress(OSError):  # another process may remove it now
                    yield path, path.stat()


def picture_folder() -> Path:
    """Return where pictures are kept, unless a cache is told another folder."""
    return cache_folder() / "featvis"


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
