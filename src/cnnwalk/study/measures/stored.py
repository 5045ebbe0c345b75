"""Measurements as JSON, and as a pair of files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from cnnwalk.study.errors import StudyError
from cnnwalk.study.measures.measurements import Measurements

_ADAPTER: TypeAdapter[Measurements] = TypeAdapter(Measurements)


def to_json(measurements: Measurements) -> str:
    """Return all but the arrays."""
    numbers = dataclasses.replace(measurements, arrays={})
    return _ADAPTER.dump_json(numbers, indent=1, exclude={"arrays"}).decode()


def from_json(text: str | bytes, arrays: Mapping[str, npt.NDArray[Any]]) -> Measurements:
    """Return what `to_json` was given, with these arrays.

    Raises:
        StudyError: the text is of something else, or of another version of cnnwalk.
    """
    try:
        numbers = _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise StudyError(
            f"These are no measurements: {where}: {first['msg']}. Measure the network again."
        ) from None
    return dataclasses.replace(numbers, arrays=arrays)
