"""Keep the operations that carry data from an input to an output."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from cnnwalk.capture.joins import label_concatenations
from cnnwalk.capture.labels import with_parameter
from cnnwalk.capture.operation import INPUT, ModuleCall, Operation, Shape, Value

if TYPE_CHECKING:
    from cnnwalk.capture.recording import Recording

_PRODUCTS = frozenset({"matmul", "mm", "einsum"})


@dataclasses.dataclass(frozen=True, slots=True)
class Flow:
    """The dataflow of a recording, free of what the image does not pass through.

    Attributes:
        operations: those that depend on an input and reach an output, in order of execution;
            their inputs are values of this flow only, and their parameters include those of
            operations on parameters alone that feed them (weight standardisation).
        outputs: the values that the network returns and that depend on an input.
        inputs: shapes of the network's input tensors, with the batch axis.
        input_labels: what each input tensor is called.
        calls: the module calls around the operations.
        parameters: number of values of each of the model's parameters.
        consumers: how often each value is used: by operations, once as an output, and once
            as a value that is held.
        held: the values that a tracker holds and that depend on an input; each is the
            activation of a layer.
    """

    operations: tuple[Operation, ...]
    outputs: tuple[Value, ...]
    inputs: tuple[Shape, ...]
    input_labels: tuple[str, ...]
    calls: tuple[ModuleCall, ...]
    parameters: Mapping[str, int]
    consumers: Mapping[Value, int]
    held: frozenset[Value]


def follow(recording: Recording, held: Collection[Value] = ()) -> Flow:
    """Return the flow from the inputs to the outputs and to the `held` values.

    Where no output depends on an input, everything that depends on an input is kept: it is
    what there is to see, and the check says that the outputs are not connected.
    """
    operations, outputs = recording.operations, recording.outputs
    dependent = dependent_on_inputs(operations)
    returned = tuple(value for values in outputs for value in values if depends(value, dependent))
    kept_for = tuple(value for value in held if depends(value, dependent))
    kept = _reaching(operations, (*returned, *kept_for)) & dependent if returned else dependent
    folded = _fold_parameters(operations, dependent, list(recording.parameters))
    settled = tuple(
        _settle(operation, dependent, folded) for operation in operations if operation.index in kept
    )
    return Flow(
        operations=label_concatenations(settled, recording.inputs),
        outputs=tuple(dict.fromkeys(returned)),
        inputs=recording.inputs,
        input_labels=recording.input_labels,
        calls=recording.calls,
        parameters=recording.parameters,
        consumers=_count_consumers(settled, (*returned, *kept_for)),
        held=frozenset(kept_for),
    )


def depends(value: Value, dependent: Collection[int]) -> bool:
    """Say whether a value is an input or the result of one of the `dependent` operations."""
    return value.operation == INPUT or value.operation in dependent


def dependent_on_inputs(operations: Sequence[Operation]) -> set[int]:
    """Return the numbers of the operations whose result depends on an input."""
    dependent: set[int] = set()
    for operation in operations:
        if any(depends(value, dependent) for value in operation.inputs):
            dependent.add(operation.index)
    return dependent


def unread(operations: Sequence[Operation]) -> tuple[tuple[Value, ...], ...]:
    """Return where a pass that ended early stood: what depends on an input and nothing read."""
    dependent = dependent_on_inputs(operations)
    read = {value.operation for operation in operations for value in operation.inputs}
    return tuple((Value(index),) for index in sorted(dependent - read))


def _reaching(operations: Sequence[Operation], outputs: Sequence[Value]) -> set[int]:
    reaching = {value.operation for value in outputs}
    for operation in reversed(operations):
        if operation.index in reaching:
            reaching.update(value.operation for value in operation.inputs)
    return reaching


def _fold_parameters(
    operations: Sequence[Operation], dependent: set[int], order: Sequence[str]
) -> dict[int, tuple[str, ...]]:
    """Return, for every operation, its parameters and those of its constant predecessors.

    They come in the model's order: weight before bias, whichever was computed first.
    """
    place = {name: number for number, name in enumerate(order)}
    folded: dict[int, tuple[str, ...]] = {}
    for operation in operations:
        names = set(operation.parameters)
        for value in operation.inputs:
            if value.operation not in dependent:
                names.update(folded.get(value.operation, ()))
        folded[operation.index] = tuple(sorted(names, key=place.__getitem__))
    return folded


def _settle(
    operation: Operation, dependent: set[int], folded: Mapping[int, tuple[str, ...]]
) -> Operation:
    parts = (
        tuple(value for value in read if depends(value, dependent)) for read in operation.reads
    )
    reads = tuple(read for read in dict.fromkeys(parts) if read)
    parameters = folded[operation.index]
    kind, label = operation.kind, operation.label
    if kind == "add" and len(reads) < 2:  # a bias or a number: nothing is joined
        kind = "other"
    if len(reads) == 1:
        label = with_parameter(operation.function, label, parameters)
    if operation.function in _PRODUCTS and len(reads) == 1 and parameters:
        kind, label = "linear", f"linear, {operation.shapes[0][-1]}"
    return dataclasses.replace(
        operation, reads=reads, parameters=parameters, kind=kind, label=label
    )


def _count_consumers(operations: Sequence[Operation], outputs: Sequence[Value]) -> dict[Value, int]:
    consumers: dict[Value, int] = {}
    for value in (*(value for item in operations for value in item.inputs), *outputs):
        consumers[value] = consumers.get(value, 0) + 1
    return consumers
