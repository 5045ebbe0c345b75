"""What the values of parameters may be, and what is said of others."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Iterable

from cnnwalk.featvis.errors import FeatureVisualizationError

_WORDS: dict[type, str] = {
    int: "a whole number",
    float: "a finite number",
    bool: "true or false",
    str: "a text",
    types.NoneType: "nothing",
}
_LONGEST = 80
"""Characters of a value that are shown."""


def check_number(name: str, value: float, low: float, high: float) -> None:
    """Raise FeatureVisualizationError where a number is not in `low`..`high`."""
    if not low <= value <= high:
        raise FeatureVisualizationError(f"{name} is {value}: give {low:g} to {high:g}.")


def check_range(name: str, value: tuple[float, float], low: float, high: float) -> None:
    """Raise FeatureVisualizationError where a range is upside down or leaves `low`..`high`."""
    if len(value) != 2 or not low <= value[0] <= value[1] <= high:
        raise FeatureVisualizationError(
            f"{name} is {value}: give the lowest and the highest value, from {low:g} to {high:g}."
        )


def as_declared(name: str, value: object, declared: object) -> object:
    """Return a value as the type that its parameter is declared with.

    A whole number will do as a float, a list or an array as a tuple, and a number as a tuple of
    one; numbers and arrays may be numpy's or torch's.

    Args:
        name: of the parameter.
        value: from anywhere, such as a message.
        declared: int, float, str, bool, None, or a tuple, Literal or union of such.

    Raises:
        FeatureVisualizationError: it is of another type.
    """
    for kind in typing.get_args(declared) if _is_union(declared) else (declared,):
        try:
            return _cast(value, kind)
        except (TypeError, ValueError, OverflowError):
            continue
    raise FeatureVisualizationError(f"{name} is {_shown(value)}: give {_described(declared)}.")


def _shown(value: object) -> str:
    """Return a value for one line of a message."""
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _is_union(declared: object) -> bool:
    return typing.get_origin(declared) in {typing.Union, types.UnionType}


def _cast(value: object, kind: object) -> object:
    """Return a value as a type, or raise a TypeError, ValueError or OverflowError."""
    if hasattr(value, "tolist"):  # of numpy and torch
        value = value.tolist()
    if typing.get_origin(kind) is tuple:
        return _cast_all(value, typing.get_args(kind))
    if typing.get_origin(kind) is typing.Literal:
        fits = value in typing.get_args(kind)
    elif isinstance(value, bool):
        fits = kind is bool
    elif kind is float and isinstance(value, int | float):
        value = float(value)
        fits = math.isfinite(value)
    else:
        fits = isinstance(value, typing.cast("type", kind))
    if not fits:
        raise TypeError
    return value


def _cast_all(value: object, kinds: tuple[object, ...]) -> tuple[object, ...]:
    values = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = kinds[:1] * len(values)
    return tuple(_cast(each, kind) for each, kind in zip(values, kinds, strict=True))


def _described(declared: object) -> str:
    """Return what would be right, for people."""
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if _is_union(declared):
        return " or ".join(_described(each) for each in arguments)
    if origin is typing.Literal:
        return ", ".join(str(each) for each in arguments)
    if origin is tuple:
        numbers = "whole numbers" if arguments[0] is int else "numbers"
        return numbers if arguments[-1] is Ellipsis else f"{len(arguments)} {numbers}"
    kind = typing.cast("type", declared)
    return _WORDS.get(kind, f"a {kind.__name__}")
