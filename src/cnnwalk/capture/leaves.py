"""Granularity ``modules``: the call of a module without children is a layer.

So is every functional call. Operations that a childless module puts before or behind the one that
it stands for (padding, permuting) belong to it; a module that does more than that is shown
operation by operation.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from cnnwalk.capture.assemble import Group, Grouping
from cnnwalk.capture.flow import Flow
from cnnwalk.capture.layers import rearranges
from cnnwalk.capture.names import primary_operations
from cnnwalk.capture.operation import Operation, Value


def keep_modules(flow: Flow) -> Grouping:
    """Return one group per call of a childless module and per functional call."""
    primary = primary_operations(flow.operations, flow.calls)
    by_call: dict[int, list[Operation]] = {}
    for operation in flow.operations:
        if operation.call is not None and operation.call in primary:
            by_call.setdefault(operation.call, []).append(operation)
    groups: dict[int, Group] = {}
    for call, members in by_call.items():
        main = next(member for member in members if member.index == primary[call])
        if _is_chain(members, main, flow):
            groups[main.index] = Group(main, tuple(members))
    inside = {member.index for group in groups.values() for member in group.members}
    alone = (Group(each, (each,)) for each in flow.operations if each.index not in inside)
    return Grouping((*groups.values(), *alone), hidden={})


def _is_chain(members: list[Operation], main: Operation, flow: Flow) -> bool:
    """Say whether each member reads the one before alone, and all but `main` only rearrange."""
    if any(member is not main and not rearranges(member) for member in members):
        return False
    return all(
        {value.operation for value in after.inputs} == {before.index}
        and _uses(before, flow.consumers) == 1
        for before, after in itertools.pairwise(members)
    )


def _uses(operation: Operation, consumers: Mapping[Value, int]) -> int:
    values = [Value(operation.index, position) for position in range(len(operation.shapes))]
    return sum(consumers.get(value, 0) for value in values)
