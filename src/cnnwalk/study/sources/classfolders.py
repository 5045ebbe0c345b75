"""Images in a folder for each class, as most data sets come."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path

import numpy as np

from cnnwalk.images import ImageError
from cnnwalk.images.decode import SUFFIXES, decode_file
from cnnwalk.images.folder import picture_files
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import Indices
from cnnwalk.study.sources.listing import (
    Divide,
    Listing,
    Parts,
    Size,
    SplitName,
    fingerprint,
    squeezed,
)
from cnnwalk.study.sources.parts import divide


@dataclasses.dataclass(frozen=True)
class ClassFolders:
    """The images of some folders, in their order.

    Attributes:
        root: the folder in which the class folders lie.
        classes: names of the folders that have images.
        files: of all images, class by class.
        labels: (N,) class of each.
        groups: N names; what lies in one folder inside a class folder has one name.
        notes: sentences for people.
    """

    root: Path
    classes: tuple[str, ...]
    files: tuple[Path, ...]
    labels: Indices
    groups: tuple[str, ...]
    notes: tuple[str, ...]


def find_classes(root: Path, layout: str, ignored: frozenset[str] = frozenset()) -> ClassFolders:
    """Look for images in the folders of a folder; hidden ones are left out.

    Args:
        root: of the class folders.
        layout: what is expected, for messages.
        ignored: names of folders that are no class.

    Raises:
        StudyError: there is no such folder, or it has no two classes.
    """
    _check_folder(root, layout)
    root = root.resolve()
    try:
        found = picture_files(root)
    except ImageError as error:
        raise StudyError(f"{error} {layout}") from error
    inside = [path.relative_to(root).parts for path in found]
    chosen = [n for n, parts in enumerate(inside) if len(parts) > 1 and parts[0] not in ignored]
    names = sorted({inside[number][0] for number in chosen})
    if len(names) < 2:
        raise StudyError(f"{root} has {_counted(names, len(found))}. {layout}")
    return ClassFolders(
        root,
        tuple(names),
        tuple(found[number] for number in chosen),
        np.array([names.index(inside[number][0]) for number in chosen]),
        tuple(_group(inside[number]) for number in chosen),
        _notes(root, names, inside, ignored),
    )


def listing_of(folders: ClassFolders, name: str, size: Size, divide_: Divide) -> Listing:
    """Return the listing of class folders; images are squeezed to a size."""
    files = folders.files
    keys = tuple(_name(file.relative_to(folders.root)) for file in files)
    return Listing(
        folders.classes,
        keys,
        folders.labels,
        place=f"{name} {folders.root}",
        fingerprint=fingerprint([size, *zip(keys, map(_state, files), strict=True)]),
        start=lambda _: lambda number: squeezed(decode_file(files[number]), size),
        divide=divide_,
        notes=folders.notes,
    )


def divide_folders(folders: ClassFolders, rows: Indices, split: SplitName, seed: int) -> Parts:
    """Divide images by class, and where that is asked for by the folders inside class folders.

    Raises:
        StudyError: there are no folders to go by.
    """
    if split == "random":
        return divide(folders.labels[rows], seed)
    groups = [folders.groups[row] for row in rows]
    if len(set(groups)) == len(groups):
        raise StudyError(
            f"Nothing in {folders.root} says which images belong together: put those of one person "
            f"(or scene) into one folder inside the class folder, such as "
            f"{folders.classes[0]}/person1/1.png, or leave --split by-folder out."
        )
    return divide(folders.labels[rows], seed, groups)


def _name(path: Path) -> str:
    """Return a path for people, also where its name is no Unicode."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _state(file: Path) -> tuple[int, int]:
    """Return what changes with a file's content; nothing where a link leads nowhere."""
    with contextlib.suppress(OSError):
        found = file.stat()
        return found.st_size, found.st_mtime_ns
    return 0, 0


def _check_folder(root: Path, layout: str) -> None:
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise StudyError(f"{root} {what}. {layout}")


def _counted(names: list[str], files: int) -> str:
    if names:
        return f"images in one class folder alone ({names[0]}), and there is nothing to tell apart"
    if files:
        return f"{files} images, but no class folders with images"
    return f"no {', '.join(SUFFIXES)} files"


def _group(parts: tuple[str, ...]) -> str:
    """Return the folder inside the class folder, or the image itself where there is none."""
    return f"{parts[1]}/" if len(parts) > 2 else "/".join(parts)


def _notes(
    root: Path, names: list[str], inside: list[tuple[str, ...]], ignored: frozenset[str]
) -> tuple[str, ...]:
    notes = []
    alone = sum(len(parts) == 1 for parts in inside)
    if alone:
        notes.append(f"left out, since they lie in no class folder: {alone} images")
    folders = sorted(
        path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")
    )
    empty = [name for name in folders if name not in names and name not in ignored]
    if empty:
        notes.append(f"left out, since no image is in them: {', '.join(empty)}")
    return tuple(notes)
