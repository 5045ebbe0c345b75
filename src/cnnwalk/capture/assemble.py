"""Make a graph of layers out of a flow whose operations were put into groups."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from cnnwalk.capture.blocks import Blocks
from cnnwalk.capture.flow import Flow
from cnnwalk.capture.kinds import MEANINGLESS
from cnnwalk.capture.labels import short, words
from cnnwalk.capture.names import Name, name_operations
from cnnwalk.capture.operation import INPUT, Operation, Value
from cnnwalk.graph import Block, Edge, Layer, Mark, Probe


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Operations that are one layer: `main` names it, the last of `members` is its activation."""

    main: Operation
    members: tuple[Operation, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Grouping:
    """What a granularity makes of a flow.

    Attributes:
        groups: disjoint; inside a group only consecutive members read one another.
        hidden: operations with one input that are drawn as a part of an edge, by index.
    """

    groups: tuple[Group, ...]
    hidden: Mapping[int, Operation]


@dataclasses.dataclass(frozen=True, slots=True)
class Assembly:
    """The parts of a graph.

    Attributes:
        begins: the first operation of each layer, by the layer's id; -1 for an input.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]
    blocks: tuple[Block, ...]
    begins: Mapping[str, int]
    marks: tuple[Mark, ...] = ()


def assemble(flow: Flow, grouping: Grouping) -> Assembly:
    """Return the layers of the groups in order of execution, their edges and their blocks."""
    inputs = _input_layers(flow)
    names = name_operations(flow.operations, flow.calls, [layer.id for layer in inputs.values()])
    blocks = Blocks(flow.calls, drawn_as_layer(flow, names))
    made: dict[Value, Layer] = dict(inputs)
    begins = dict.fromkeys((layer.id for layer in inputs.values()), INPUT)
    for group in sorted(grouping.groups, key=lambda group: group.members[-1].index):
        for value, layer in _layers(group, flow, names, blocks):
            made[value] = layer
            begins[layer.id] = group.members[0].index
    return Assembly(
        inputs=tuple(layer.id for layer in inputs.values()),
        outputs=_outputs(flow, grouping, made),
        layers=tuple(made.values()),
        edges=tuple(_edges(grouping, made)),
        blocks=blocks.found(),
        begins=begins,
    )


def drawn_as_layer(flow: Flow, names: Mapping[int, Name]) -> set[int | None]:
    """Return the module calls that are layers, and so no blocks."""
    return {item.call for item in flow.operations if names[item.index].is_module}


def _input_layers(flow: Flow) -> dict[Value, Layer]:
    layers: dict[Value, Layer] = {}
    for position, shape in enumerate(flow.inputs):
        layers[Value(INPUT, position)] = Layer(
            id=f"input.{position}" if position else "input",
            kind="input",
            label=flow.input_labels[position],
            path=None,
            shape=shape[1:],
            block=None,
            parameters=0,
            absorbed=(),
            weights=(),
            probe=Probe(INPUT, position),
        )
    return layers


def _layers(
    group: Group, flow: Flow, names: Mapping[int, Name], blocks: Blocks
) -> Iterator[tuple[Value, Layer]]:
    """Yield a layer for each output of the group that is used, one in nearly every case."""
    main, last = group.main, group.members[-1]
    name = names[main.index]
    weights = tuple(dict.fromkeys(key for member in group.members for key in member.parameters))
    values = [Value(last.index, position) for position in range(len(last.shapes))]
    used = [value for value in values if flow.consumers.get(value)] or values[:1]
    for value in used:
        several = len(used) > 1
        yield (
            value,
            Layer(
                id=f"{name.id}-{value.output}" if several else name.id,
                kind=main.kind,
                label=f"{main.label} {value.output + 1}/{len(values)}" if several else main.label,
                path=name.path,
                shape=last.shapes[value.output][1:],
                block=blocks.around(main),
                parameters=sum(flow.parameters[key] for key in weights),
                absorbed=tuple(
                    short(member.function, member.label)
                    for member in group.members
                    if member is not main
                ),
                weights=weights,
                probe=Probe(last.index, value.output),
            ),
        )


def _outputs(flow: Flow, grouping: Grouping, made: Mapping[Value, Layer]) -> tuple[str, ...]:
    sources = (_resolve(value, grouping)[0] for value in flow.outputs)
    return tuple(dict.fromkeys(made[source].id for source in sources))


def _edges(grouping: Grouping, made: Mapping[Value, Layer]) -> Iterator[Edge]:
    """Yield the edges, ordered by target, then by the order in which the target reads."""
    groups = {group.members[-1].index: group for group in grouping.groups}
    for value, layer in made.items():
        if value.operation == INPUT:
            continue
        found: dict[str, str | None] = {}
        inside = {member.index for member in groups[value.operation].members}
        for member in groups[value.operation].members:
            for read in member.inputs:
                if read.operation not in inside:
                    source, label = _resolve(read, grouping)
                    identity = made[source].id
                    found[identity] = found.get(identity) or label
        for identity, label in found.items():
            yield Edge(identity, layer.id, label)


def _resolve(value: Value, grouping: Grouping) -> tuple[Value, str | None]:
    """Follow a value back through hidden operations; return the visible one and their names."""
    passed: list[str] = []
    while value.operation in grouping.hidden:
        operation = grouping.hidden[value.operation]
        if operation.function not in MEANINGLESS:
            passed.append(words(operation.function))
        value = operation.inputs[0]
    return value, ", ".join(reversed(passed)) or None
