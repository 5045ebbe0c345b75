"""A folder of pictures as a dataset."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from cnnwalk.images.datasets import Dataset, Item
from cnnwalk.images.decode import SUFFIXES, ImageError, decode_file


class _Folder:
    def __init__(self, folder: Path, files: list[Path]) -> None:
        self._folder = folder
        self._files = files
        self.id = dataset_id(folder.name, str(folder))
        self.name = folder.name
        self.description = f"pictures of the folder {folder.name}"

    def __len__(self) -> int:
        return len(self._files)

    def item(self, index: int) -> Item:
        file = self._files[index]
        inside = file.relative_to(self._folder)
        label = inside.parts[0] if len(inside.parts) > 1 else None
        return Item(decode_file(file), file.name, label)


def folder(path: Path) -> Dataset:
    """Return the pictures of a folder and of the folders in it, by their names' endings.

    A picture's class is the name of the topmost folder that it is in, as in torchvision's
    ImageFolder; pictures that lie in the folder itself have none. Files and folders whose
    name begins with a dot are left out.

    Args:
        path: of the folder.

    Raises:
        ImageError: there is no such folder, it cannot be read, or it has no pictures.
    """
    expected = f"give a folder with {', '.join(SUFFIXES)} files, or with one folder per class"
    if not path.is_dir():
        what = "is a file, not a folder" if path.exists() else "does not exist"
        raise ImageError(f"{path} {what}: {expected}.")
    path = path.resolve()
    files = picture_files(path)
    if not files:
        raise ImageError(f"The folder {path} has no pictures: {expected}.")
    return _Folder(path, files)


def dataset_id(name: str, whole: str) -> str:
    """Return letters, digits and hyphens: `name` for people, and a hash of `whole`."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "images"
    return f"{readable}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def picture_files(path: Path) -> list[Path]:
    """Return the pictures below a folder, a folder at a time, by their names.

    Raises:
        ImageError: a folder cannot be read.
    """

    def fail(error: OSError) -> None:
        raise ImageError(f"The folder {error.filename} cannot be read: {error.strerror}.")

    files: list[Path] = []
    seen: set[str] = set()
    # Class folders are often links to where the data really is, and links can go in circles.
    for place, names, found in os.walk(path, followlinks=True, onerror=fail):
        names[:] = sorted(name for name in names if not name.startswith("."))
        if os.path.realpath(place) in seen:
            names.clear()
            continue
        seen.add(os.path.realpath(place))
        files += [
            Path(place, name)
            for name in sorted(found)
            if name.lower().endswith(SUFFIXES) and not name.startswith(".")
        ]
    return files
