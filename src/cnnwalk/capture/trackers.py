"""Granularity ``trackers``: the layers are the trackers that the network's own code calls.

The network's inputs are layers as well; a tracker that is given an input is that input's layer.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cnnwalk.capture.assemble import Assembly
from cnnwalk.capture.blocks import Blocks
from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.flow import Flow
from cnnwalk.capture.merge import name_layer
from cnnwalk.capture.names import clean, registered_path, unique
from cnnwalk.capture.operation import INPUT, Value
from cnnwalk.capture.precursors import Precursors
from cnnwalk.capture.trackerflow import Node, TrackerFlow
from cnnwalk.graph import Edge, Layer, Mark, Probe

if TYPE_CHECKING:
    from cnnwalk.capture.recording import Recording


def show_trackers(recording: Recording, flow: Flow, parts: Assembly) -> tuple[Assembly, list[str]]:
    """Return the parts of the graph of trackers, and sentences on what could not be as it is said.

    Args:
        recording: of the network.
        flow: that holds what the trackers hold.
        parts: of a graph that has a layer for everything the flow holds.

    Raises:
        CaptureError: no tracker is called with anything that depends on an input.
    """
    trackers = _Trackers(recording, flow, parts)
    return trackers.assemble(), trackers.warnings


class _Trackers:
    def __init__(self, recording: Recording, flow: Flow, parts: Assembly) -> None:
        self._recording = recording
        self._calls = recording.trackers
        self._base = {layer.probe: layer for layer in parts.layers}
        self._inputs = [layer for layer in parts.layers if layer.id in parts.inputs]
        self._drawn = [n for n, call in enumerate(self._calls) if self._is_drawn(call.shown, flow)]
        if not self._drawn:
            raise CaptureError(_nothing_to_show(recording))
        self._flow = TrackerFlow(flow, self._calls, recording.passings, self._drawn)
        self._precursors = Precursors(self._calls, self._flow, self._title)
        self._at_input = self._find_at_input()
        self._blocks = Blocks(recording.calls, frozenset())
        self.warnings: list[str] = []

    def assemble(self) -> Assembly:
        """Return the parts; `warnings` are complete then."""
        layers = self._place(self._make_layers())
        edges = tuple(self._edges(layers))
        outputs = tuple(self._outputs(layers))
        self.warnings += [*self._undrawn(), *self._precursors.warnings]
        return Assembly(
            inputs=tuple(layer.id for layer in self._inputs),
            outputs=outputs,
            layers=tuple({layer.id: layer for layer in layers.values()}.values()),
            edges=edges,
            blocks=self._blocks.found(),
            begins={},
            marks=tuple(self._marks(layers)),
        )

    def _is_drawn(self, shown: Value | None, flow: Flow) -> bool:
        return shown is not None and (shown.operation == INPUT or shown in flow.held)

    def _title(self, number: int) -> str:
        call = self._calls[number]
        return self._recording.calls[call.call].path or call.text or "without a name"

    def _find_at_input(self) -> dict[Value, int]:
        """Return, by input, the first tracker that is given it."""
        found: dict[Value, int] = {}
        for number in self._drawn:
            call = self._calls[number]
            if len(call.values) == 1 and call.values[0].operation == INPUT:
                found.setdefault(call.values[0], number)
        return found

    def _make_layers(self) -> dict[Node, Layer]:
        """Return the layers of the inputs and the drawn calls, in order of execution."""
        layers: dict[Node, Layer] = {}
        for position, layer in enumerate(self._inputs):
            value = Value(INPUT, position)
            layers[value] = layer
            if (number := self._at_input.get(value)) is not None:
                layers[value] = layers[number] = self._named(layer, number)
        taken = {layer.id for layer in self._inputs}
        shown: set[Value | None] = set()
        for number in self._drawn:
            if number not in layers:
                layers[number] = self._layer(
                    number, taken, again=self._calls[number].shown in shown
                )
            shown.add(self._calls[number].shown)
        return layers

    def _named(self, layer: Layer, number: int) -> Layer:
        call = self._calls[number]
        named = name_layer(layer, call)
        parameters = sum(self._recording.parameters[name] for name in named.weights)
        return dataclasses.replace(named, parameters=parameters, position=call.position)

    def _layer(self, number: int, taken: set[str], *, again: bool) -> Layer:
        """Return a call's layer; the weights of what is shown `again` count once."""
        call = self._calls[number]
        module = self._recording.calls[call.call]
        scope = registered_path(module, self._recording.calls)
        base = module.path or f"{scope}:{call.text or 'tracker'}".removeprefix(":")
        shown = self._base[Probe(*(call.shown or ()))]
        if again:
            shown = dataclasses.replace(shown, weights=())
        if shown.shape != call.shape[1:]:
            self.warnings.append(
                f"Tracker {self._title(number)} holds what several operations wrote in parts; "
                f"shown is what the last of them made, {shown.label}."
            )
        return dataclasses.replace(
            self._named(shown, number),
            id=unique(clean(base), ":", taken),
            kind="other" if shown.kind == "input" else shown.kind,
            path=module.path,
            block=self._blocks.around_call(module),
        )

    def _place(self, layers: Mapping[Node, Layer]) -> dict[Node, Layer]:
        """Return the layers with their positions if all trackers have one, each its own."""
        own = {layers[number].id: layers[number].position for number in self._drawn}
        given = [position for position in own.values() if position is not None]
        problem = ""
        if given and len(given) < len(own):
            problem = f"{len(own) - len(given)} of {len(own)} trackers have no position"
        elif twice := [position for position, count in Counter(given).items() if count > 1]:
            names = [name for name, position in own.items() if position == twice[0]]
            problem = f"Trackers {', '.join(names)} have one position, {_grid(twice[0])}"
        if problem:
            self.warnings.append(
                f"{problem}: all are placed freely. Give each tracker a position of its own, or "
                "none to any."
            )
        if problem or not given:
            return {node: dataclasses.replace(item, position=None) for node, item in layers.items()}
        first = min(row for row, _ in given)
        free = [layer.id for layer in self._inputs if layer.id not in own]
        own.update((name, (first - 1, float(column))) for column, name in enumerate(free))
        return {
            node: dataclasses.replace(item, position=own[item.id]) for node, item in layers.items()
        }

    def _edges(self, layers: Mapping[Node, Layer]) -> Iterator[Edge]:
        for number in self._drawn:
            if number in self._at_input.values():
                continue
            target = layers[number].id
            named = self._names(self._precursors.before(number), layers)
            found = self._names(self._flow.before(number), layers)
            if set(named) != set(found):
                self.warnings.append(
                    f"Tracker {self._title(number)} names {_listed(named)} before it, but its "
                    f"data comes from {_listed(found)}. It is drawn as it says."
                )
            yield from (Edge(source, target, None) for source in named)

    def _outputs(self, layers: Mapping[Node, Layer]) -> Iterator[str]:
        """Yield the last trackers before the network's outputs."""
        found: dict[str, None] = {}
        end = len(self._recording.operations)
        for position, values in enumerate(self._recording.outputs):
            nodes = [node for value in values for node in self._flow.read(end, value)]
            reached = [node for node in nodes if isinstance(node, int)]
            if nodes and not reached:
                self.warnings.append(
                    f"No tracker lies before output {position + 1} of "
                    f"{len(self._recording.outputs)}: it is not drawn. Put a TrackerModule "
                    "behind what computes it."
                )
            found.update(dict.fromkeys(self._names(reached, layers)))
        yield from found

    def _marks(self, layers: Mapping[Node, Layer]) -> Iterator[Mark]:
        for number, call in enumerate(self._calls):
            following = next((other for other in self._drawn if other > number), None)
            if call.is_mark and following is not None:
                yield Mark(call.text or "", layers[following].id)

    def _undrawn(self) -> Iterator[str]:
        for number, call in enumerate(self._calls):
            if not call.is_mark and number not in self._drawn:
                yield (
                    f"Tracker {self._title(number)} holds nothing that depends on an input and "
                    "is not drawn."
                )

    def _names(self, nodes: Iterable[Node], layers: Mapping[Node, Layer]) -> list[str]:
        return list(dict.fromkeys(layers[node].id for node in nodes))


def _nothing_to_show(recording: Recording) -> str:
    called = sum(not call.is_mark for call in recording.trackers)
    what = f"{called} trackers, none on the way of an input" if called else "no tracker"
    return (
        f"{recording.name} calls {what}, so there is nothing to show at granularity trackers. Put "
        "x = cnnwalk.TrackerModule()(x) behind the operations to show, as a module that __init__ "
        "makes, or use granularity layers."
    )


def _grid(position: tuple[float, float]) -> str:
    return f"({position[0]:g}, {position[1]:g})"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "nothing"
