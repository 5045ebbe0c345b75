"""Class names from a user's file."""

from __future__ import annotations

import json
from pathlib import Path

from cnnwalk.networks.network import NetworkError


def read_classes(path: Path) -> tuple[str, ...]:
    """Read class names: one a line, or a JSON list of strings.

    Raises:
        NetworkError: the file is missing, is not text, or holds something else.
    """
    expected = "a text file with one name a line, or a JSON list of names"
    if not path.is_file():
        raise NetworkError(f"There is no file of class names {path}: give {expected}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise NetworkError(
            f"The class names of {path} cannot be read ({error}): give {expected}, in UTF-8."
        ) from error
    names = _names(text)
    if names is None or not names:
        raise NetworkError(f"{path} holds no class names: give {expected}.")
    return names


def _names(text: str) -> tuple[str, ...] | None:
    if not text.lstrip().startswith(("[", "{")):
        return tuple(line.strip() for line in text.strip().splitlines())
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return None
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        return None
    return tuple(found)
