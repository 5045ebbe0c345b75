"""Granularity ``layers``: what people call a layer.

A convolution or linear operation takes in the norm and activation after it as long as nothing
else reads what lies between, and likewise norm and activation before it (pre-activation
networks); an addition takes in its activation (the end of a residual block). Operations that
only rearrange one predecessor are hidden; their names go to the edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnnwalk.capture.assemble import Group, Grouping
from cnnwalk.capture.flow import Flow
from cnnwalk.capture.kinds import REARRANGING
from cnnwalk.capture.operation import Operation, Value
from cnnwalk.graph import Kind

_ABSORBED_AFTER: Mapping[Kind, frozenset[Kind]] = {
    "conv": frozenset({"norm", "activation"}),
    "linear": frozenset({"norm", "activation"}),
    "add": frozenset({"activation"}),
}
_ABSORBING_BEFORE: frozenset[Kind] = frozenset({"conv", "linear"})


def fuse_layers(flow: Flow) -> Grouping:
    """Return the groups of operations that make up the layers, and the hidden operations."""
    next_of = _only_consumers(flow)
    before_of = {after.index: before for before, after in next_of.values()}
    mains = [operation for operation in flow.operations if operation.kind in _ABSORBED_AFTER]
    after = {main.index: tuple(_absorbed_after(main, next_of)) for main in mains}
    taken = {operation.index for chain in after.values() for operation in chain}
    groups: dict[int, Group] = {}
    for main in mains:
        chain = _absorbed_before(main, before_of)
        if any(operation.index in taken for operation in chain):
            chain = ()
        groups[main.index] = Group(main, (*chain, main, *after[main.index]))
    members = {operation.index for group in groups.values() for operation in group.members}
    hidden: dict[int, Operation] = {}
    for operation in flow.operations:
        if operation.index in members:
            continue
        if _is_hidden(operation, flow):
            hidden[operation.index] = operation
        else:
            groups[operation.index] = Group(operation, (operation,))
    return Grouping(tuple(groups.values()), hidden)


def _is_hidden(operation: Operation, flow: Flow) -> bool:
    single = len(operation.inputs) == 1 and len(operation.shapes) == 1
    return rearranges(operation) and single and Value(operation.index) not in flow.held


def rearranges(operation: Operation) -> bool:
    """Say whether it keeps, moves or pads values and computes none."""
    return operation.kind in {"flatten", "dropout"} or operation.function in REARRANGING


def _only_consumers(flow: Flow) -> Mapping[int, tuple[Operation, Operation]]:
    """Return (operation, consumer) by operation, where one consumer reads all that it makes."""
    found: dict[int, tuple[Operation, Operation]] = {}
    by_index = {operation.index: operation for operation in flow.operations}
    for consumer in flow.operations:
        if consumer.inputs and len(consumer.inputs) == 1:
            value = consumer.inputs[0]
            producer = by_index.get(value.operation)
            if producer is not None and flow.consumers[value] == 1 and len(producer.shapes) == 1:
                found[producer.index] = (producer, consumer)
    return found


def _absorbed_after(
    main: Operation, next_of: Mapping[int, tuple[Operation, Operation]]
) -> Iterator[Operation]:
    """Yield what follows `main`: at most one operation of each kind, in any order."""
    wanted = set(_ABSORBED_AFTER[main.kind])
    operation = main
    while (pair := next_of.get(operation.index)) is not None and pair[1].kind in wanted:
        operation = pair[1]
        wanted.discard(operation.kind)
        yield operation


def _absorbed_before(main: Operation, before_of: Mapping[int, Operation]) -> tuple[Operation, ...]:
    """Return the norm and activation that lead to `main` alone, empty unless both are there."""
    if main.kind not in _ABSORBING_BEFORE:
        return ()
    activation = before_of.get(main.index)
    if activation is None or activation.kind != "activation":
        return ()
    norm = before_of.get(activation.index)
    return () if norm is None or norm.kind != "norm" else (norm, activation)
