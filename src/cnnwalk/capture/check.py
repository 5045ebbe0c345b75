"""Check a graph against what is known of the pass from elsewhere; say what does not agree."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnnwalk.capture.assemble import Assembly
from cnnwalk.capture.flow import Flow
from cnnwalk.capture.kinds import REARRANGING

if TYPE_CHECKING:
    from cnnwalk.capture.recording import Recording


_SAID = 3
"""How many of a kind are named one by one."""


def check(recording: Recording, flow: Flow, parts: Assembly) -> Iterator[str]:
    """Yield a sentence for people for each thing that could not be followed."""
    yield from itertools.chain(
        _failure(recording),
        _convolutions(recording, flow, parts),
        _closed(recording),
        _scripted(recording),
        _outputs(recording, flow),
        _left_torch(recording),
        _elsewhere(recording),
        _backward_edges(parts),
    )


def _failure(recording: Recording) -> Iterator[str]:
    if recording.failure is not None:
        yield (
            f"The forward pass failed {recording.failure.rstrip('.')}. Only what ran before is "
            "drawn."
        )


def _convolutions(recording: Recording, flow: Flow, parts: Assembly) -> Iterator[str]:
    """Compare the drawn convolutions with those that the dispatcher saw."""
    ran = recording.convolutions
    kept = {operation.index for operation in flow.operations}
    single = [item for item in recording.operations if item.kind == "conv"]
    unused = sum(item.convolutions for item in single if item.index not in kept)
    drawn = sum(layer.kind == "conv" for layer in parts.layers)
    uncounted = sum(item.convolutions == 0 for item in single if item.index in kept)
    if unused:
        yield (
            f"{unused} of {ran} convolutions are not drawn: they do not lead from an input "
            "to an output."
        )
    if inside := ran - unused - (drawn - uncounted):
        names = Counter(
            item.function
            for item in recording.operations
            if item.convolutions > (item.kind == "conv")
        )
        yield (
            f"{inside} of {ran} convolutions are not drawn on their own: they run inside "
            f"composite operations ({', '.join(list(names)[:_SAID])})."
        )


def _closed(recording: Recording) -> Iterator[str]:
    for name in recording.closed:
        yield f"What runs inside {name} is not known: it is drawn as one operation."


def _scripted(recording: Recording) -> Iterator[str]:
    # What only rearranges belongs to no module worth knowing: the end of a vmap, for instance.
    names = Counter(
        item.function
        for item in recording.operations
        if item.escaped and item.function not in REARRANGING
    )
    if names:
        listed = ", ".join(f"{count}x {name}" for name, count in names.most_common(5))
        yield (
            f"{names.total()} operations ran in scripted code ({listed}); "
            "their modules are not known."
        )


def _outputs(recording: Recording, flow: Flow) -> Iterator[str]:
    if not flow.outputs:
        yield (
            "No output is connected to an input, so what follows the last layers is not known; "
            "everything that depends on an input is drawn."
        )
        return
    returned = set(flow.outputs)
    constant = sum(returned.isdisjoint(values) for values in recording.outputs)
    if constant:
        yield (
            f"{constant} of {len(recording.outputs)} output tensors do not depend on the input "
            "in this pass and are not drawn."
        )


def _left_torch(recording: Recording) -> Iterator[str]:
    for place in recording.left_torch[:_SAID]:
        yield f"Data left torch through {place}: what comes back from there is not connected."
    if (more := len(recording.left_torch) - _SAID) > 0:
        yield f"Data left torch at {more} more places."


def _elsewhere(recording: Recording) -> Iterator[str]:
    if recording.elsewhere:
        listed = ", ".join(path or "the network itself" for path in recording.elsewhere[:_SAID])
        more = " and others" if len(recording.elsewhere) > _SAID else ""
        yield (
            f"{listed}{more} ran in another thread, which is not recorded: what comes from there "
            "is not connected."
        )


def _backward_edges(parts: Assembly) -> Iterator[str]:
    position = {layer.id: number for number, layer in enumerate(parts.layers)}
    for edge in parts.edges:
        if position[edge.source] >= position[edge.target]:
            yield f"The edge from {edge.source} to {edge.target} points backward in time."
