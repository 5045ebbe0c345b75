"""What trackers and markers change in a graph that was found without them.

A tracker renames the layer that holds what it holds; the layer keeps its id. Capture has
seen to it that there is such a layer: see `Flow.held`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from cnnwalk.capture.assemble import Assembly
from cnnwalk.capture.trackercalls import TrackerCall
from cnnwalk.graph import Layer, Mark, Probe


def merge_trackers(parts: Assembly, calls: Sequence[TrackerCall]) -> Assembly:
    """Return the parts with layers named by trackers, and with landmarks.

    Where several trackers hold one value, the first of them names its layer.
    """
    by_probe: dict[Probe, TrackerCall] = {}
    for call in calls:
        if call.shown is not None:
            by_probe.setdefault(Probe(*call.shown), call)
    layers = tuple(
        name_layer(layer, by_probe[layer.probe]) if layer.probe in by_probe else layer
        for layer in parts.layers
    )
    return dataclasses.replace(parts, layers=layers, marks=tuple(_marks(parts, calls)))


def name_layer(layer: Layer, call: TrackerCall) -> Layer:
    """Return the layer under the tracker's name, with the weights of what it tracks first."""
    return dataclasses.replace(
        layer,
        label=call.text or layer.label,
        weights=tuple(dict.fromkeys((*call.parameters, *layer.weights))),
    )


def _marks(parts: Assembly, calls: Sequence[TrackerCall]) -> Iterator[Mark]:
    """Yield the landmarks: each before the layer that begins next when it is called."""
    order = sorted(parts.layers, key=lambda layer: parts.begins[layer.id])
    for call in calls:
        following = (layer.id for layer in order if parts.begins[layer.id] >= call.time)
        layer = next(following, None)
        if call.is_mark and layer is not None:
            yield Mark(call.text or "", layer)
