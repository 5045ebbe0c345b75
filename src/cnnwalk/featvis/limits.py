"""What the values of parameters may be, and what is said of others."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Sequence

from cnnwalk.featvis.errors import FeatureVisualizationError


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

    A whole number will do as a float, a list as a tuple, and a number as a tuple of one.

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
    raise FeatureVisualizationError(f"{name} is {value!r}: give {_described(declared)}.")


def _is_union(declared: object) -> bool:
    return typing.get_origin(declared) in {typing.Union, types.UnionType}


def _cast(value: object, kind: object) -> object:
    """Return a value as a type, or raise a TypeError, ValueError or OverflowError."""
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
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
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
        return "numbers" if arguments[-1] is Ellipsis else f"{len(arguments)} numbers"
    words = {int: "a whole number", float: "a finite number", bool: "true or false", str: "a text"}
    return words.get(typing.cast("type", declared), "nothing")
