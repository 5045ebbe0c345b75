"""The numbers of a case that claims rest on, with their labels.

All functions raise `UnmeasuredError` where a number is not there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnwalk.study.measures import PicturePlace
from cnnwalk.study.report.group import LayerValues
from cnnwalk.study.report.judging import Case, Number, UnmeasuredError, named
from cnnwalk.study.report.values import Value, mean_of
from cnnwalk.study.strategies import STRATEGIES, StrategyName

LAST = -1
"""The last convolution, among layers."""


def accuracy(case: Case, name: StrategyName, what: str = "test") -> Number:
    """Return an accuracy by the name that `accuracies` gives it."""
    value = case.groups[name].accuracies.get(what)
    return Number(
        f"{_short(name)} {what}", _there(value, name, f"{what} accuracy"), "share", counted=True
    )


def majority(case: Case) -> Number:
    """Return the accuracy of always naming the largest class."""
    return Number("largest class", Value(case.majority, 0.0, None, 1), "share")


def judged_layer(case: Case) -> int:
    """Return which is the deepest block with maps large enough to say how smooth they are."""
    blocks = next(iter(case.groups.values())).layers[:LAST]
    large = [at for at, layer in enumerate(blocks) if layer.large]
    if not large:
        raise UnmeasuredError("The maps of all blocks are too small to say how smooth they are.")
    return large[-1]


def geary(case: Case, name: StrategyName, at: int) -> Number:
    """Return how rough the maps of a layer are."""
    layer = case.groups[name].layers[at]
    return _of_layer(name, layer, "Geary", layer.geary)


def high(case: Case, name: StrategyName, at: int) -> Number:
    """Return the share of high frequencies in the maps of a layer."""
    layer = case.groups[name].layers[at]
    return _of_layer(name, layer, "high frequencies", layer.high)


def hoyer(case: Case, name: StrategyName, at: int) -> Number:
    """Return how sparse the channels of a layer are."""
    layer = case.groups[name].layers[at]
    return _of_layer(name, layer, "Hoyer", layer.hoyer)


def active(case: Case, name: StrategyName, at: int) -> Number:
    """Return the share of the channels of a layer that are active."""
    layer = case.groups[name].layers[at]
    value = _there(layer.active, name, f"active channels at {layer.place}")
    return Number(f"{_short(name)} active channels", value, "share")


def pictures(case: Case, name: StrategyName, places: Sequence[PicturePlace]) -> Number:
    """Return the share of high frequencies in feature visualizations, the mean over places."""
    found = {each.place: each.high for each in case.groups[name].pictures}
    values = [_there(found.get(place), name, f"picture that counts at {place}") for place in places]
    return Number(f"{_short(name)} pictures", mean_of(values))


def gradient(case: Case, name: StrategyName) -> Number:
    """Return the share of high frequencies in the gradient at the input."""
    value = _there(case.groups[name].gradient, name, "gradient at the input")
    return Number(f"{_short(name)} gradient", value)


def loss(case: Case, name: StrategyName) -> Number:
    """Return how much of its accuracy on test images a network loses under noise."""
    clean = accuracy(case, name, "test").value
    noisy = accuracy(case, name, "test_noise").value
    if clean.mean == 0:
        raise UnmeasuredError(f"{named(name)} is never right, so that it has nothing to lose.")
    kept = noisy.mean / clean.mean
    error = math.hypot(noisy.error, kept * clean.error) / clean.mean
    return Number(
        f"{_short(name)} loss", Value(1 - kept, error, None, clean.seeds), "share", counted=True
    )


def _of_layer(name: StrategyName, layer: LayerValues, what: str, value: Value | None) -> Number:
    return Number(f"{_short(name)} {what}", _there(value, name, f"{what} at {layer.place}"))


def _short(name: StrategyName) -> str:
    return STRATEGIES[name].short


def _there(value: Value | None, name: StrategyName, what: str) -> Value:
    if value is None:
        raise UnmeasuredError(f"{named(name)} has no {what}.")
    return value
