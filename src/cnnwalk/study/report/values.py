"""Figures with what is known of their error, and when two of them differ."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence
from typing import Literal

SIGMAS = 2.0
"""A difference counts from twice its standard error on."""

Order = Literal["above", "below", "alike"]


@dataclasses.dataclass(frozen=True)
class Value:
    """A figure of one or several networks that differ in their seed alone.

    Attributes:
        mean: over the seeds.
        error: one standard error of the mean; of one seed without how far seeds differ, which
            one seed cannot tell.
        spread: standard deviation over the seeds; None for one seed.
        seeds: how many.
    """

    mean: float
    error: float
    spread: float | None
    seeds: int


def of_share(shares: Sequence[float], count: int) -> Value:
    """Return the value of shares, each of the same `count` images.

    The binomial error does not become less by seeds, since they are asked about the same images.
    """
    mean = statistics.fmean(shares)
    return _with_seeds(shares, binomial(mean, count))


def of_measure(measures: Sequence[float], errors: Sequence[float] = ()) -> Value:
    """Return the value of measures.

    Args:
        measures: one for each seed.
        errors: standard error of each, where it is known.
    """
    return _with_seeds(measures, math.hypot(*errors) / len(errors) if errors else 0.0)


def binomial(share: float, count: int) -> float:
    """Return one standard error of a share of `count` independent cases."""
    return math.sqrt(max(share * (1 - share), 0.0) / count)


def difference(first: Value, second: Value) -> Value:
    """Return how much the first is above the second, with the error of that."""
    return Value(
        first.mean - second.mean,
        math.hypot(first.error, second.error),
        None,
        min(first.seeds, second.seeds),
    )


def order(first: Value, second: Value, least: float = 0.0) -> Order:
    """Say how the first stands to the second.

    Args:
        first: of a quantity.
        second: of the same.
        least: the difference that must be there even where errors are smaller.
    """
    apart = difference(first, second)
    if abs(apart.mean) <= max(SIGMAS * apart.error, least):
        return "alike"
    return "above" if apart.mean > 0 else "below"


def _with_seeds(values: Sequence[float], own: float) -> Value:
    mean = statistics.fmean(values)
    if len(values) == 1:
        return Value(mean, own, None, 1)
    spread = statistics.stdev(values)
    return Value(mean, math.hypot(own, spread / math.sqrt(len(values))), spread, len(values))


def mean_of(values: Sequence[Value]) -> Value:
    """Return the mean of values of several places, whose errors have nothing to do with each other.

    Seeds are then no longer told apart, so it has no spread.
    """
    return Value(
        statistics.fmean(value.mean for value in values),
        math.hypot(*(value.error for value in values)) / len(values),
        None,
        min(value.seeds for value in values),
    )
