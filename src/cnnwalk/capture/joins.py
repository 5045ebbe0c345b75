"""Labels of concatenations: which channels come together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cnnwalk.capture.operation import INPUT, Operation, Shape, Value


def label_concatenations(
    operations: Sequence[Operation], inputs: Sequence[Shape]
) -> tuple[Operation, ...]:
    """Return the operations with their concatenations labelled.

    ``cat +32`` where 32 channels are added to what an earlier concatenation joined
    (a dense block), else ``cat 64+128`` for up to four inputs, else ``cat``.
    """
    shapes = {Value(INPUT, position): shape for position, shape in enumerate(inputs)}
    earlier: list[Operation] = []
    labelled: list[Operation] = []
    for operation in operations:
        for position, shape in enumerate(operation.shapes):
            shapes[Value(operation.index, position)] = shape
        if operation.kind == "cat":
            channels = [_channels(shapes[read[-1]]) for read in operation.reads]
            label = _label(operation, channels, earlier)
            earlier.append(operation)
            labelled.append(dataclasses.replace(operation, label=label))
        else:
            labelled.append(operation)
    return tuple(labelled)


def _label(operation: Operation, channels: Sequence[int], earlier: Sequence[Operation]) -> str:
    if len(channels) < 2 or sum(channels) != _channels(operation.shapes[0]):
        return operation.label  # height or width is joined, or constants are in it
    known = max((_continued(operation, other) for other in earlier), default=0)
    if known:
        return f"cat +{sum(channels[known:])}"
    return f"cat {'+'.join(map(str, channels))}" if len(channels) <= 4 else operation.label


def _continued(operation: Operation, other: Operation) -> int:
    """Return how many of the first inputs are what `other` joined, 0 if it does not continue it."""
    if operation.reads[0] == (Value(other.index),):
        return 1
    count = len(other.reads)
    return count if operation.reads[:count] == other.reads else 0


def _channels(shape: Shape) -> int:
    return shape[1] if len(shape) > 1 else 0
