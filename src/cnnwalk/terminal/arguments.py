"""What the values of options mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import typer

_MOST_CHANNELS = 1_000_000


class Size(NamedTuple):
    """Of an input in pixels."""

    height: int
    width: int


class Neuron(NamedTuple):
    """A place in a feature map."""

    row: int
    column: int


class Channels(NamedTuple):
    """Channels in the order in which they were named, each once."""

    numbers: tuple[int, ...]


def size(text: str) -> Size:
    """Return what ``224x224`` says."""
    height, separator, width = text.lower().partition("x")
    if not separator or not height.isdecimal() or not width.isdecimal():
        raise typer.BadParameter(f"{text!r} is not a size; write HEIGHTxWIDTH, such as 224x224")
    return Size(int(height), int(width))


def neuron(text: str) -> Neuron:
    """Return what ``6,7`` says."""
    row, separator, column = text.partition(",")
    if not separator or not row.strip().isdecimal() or not column.strip().isdecimal():
        raise typer.BadParameter(f"{text!r} is no neuron; write ROW,COLUMN, such as 6,7")
    return Neuron(int(row), int(column))


def channels(text: str) -> Channels:
    """Return what ``0-31,40`` says."""
    numbers: dict[int, None] = {}
    for part in text.split(","):
        first, separator, last = (side.strip() for side in part.partition("-"))
        last = last if separator else first
        if not first.isdecimal() or not last.isdecimal() or int(last) < int(first):
            raise typer.BadParameter(f"{part!r} names no channels; write such as 0-31,40")
        if int(last) - int(first) >= _MOST_CHANNELS:
            raise typer.BadParameter(f"{part!r} is more channels than any layer has")
        numbers.update(dict.fromkeys(range(int(first), int(last) + 1)))
    return Channels(tuple(numbers))


def parameters(texts: Sequence[str]) -> dict[str, object]:
    """Return what ``rate=0.1``, ``roll=1,5`` and ``export=clip`` say, by name."""
    found: dict[str, object] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name.strip():
            raise typer.BadParameter(f"{text!r} sets nothing; write NAME=VALUE, such as rate=0.1")
        parts = [_plain(part.strip()) for part in value.split(",")]
        found[name.strip()] = parts[0] if len(parts) == 1 else parts
    return found


def _plain(text: str) -> object:
    """Return a number, true or false where the text is one, else the text."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, int | float) else text
