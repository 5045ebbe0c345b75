"""What one recorded forward pass leaves: plain data, the one truth behind every granularity."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from cnnwalk.capture.assemble import Grouping, assemble
from cnnwalk.capture.check import check
from cnnwalk.capture.flow import Flow, follow
from cnnwalk.capture.layers import fuse_layers
from cnnwalk.capture.leaves import keep_modules
from cnnwalk.capture.merge import merge_trackers
from cnnwalk.capture.operation import ModuleCall, Operation, Shape, Value
from cnnwalk.capture.ops import keep_operations
from cnnwalk.capture.trackercalls import Passing, TrackerCall
from cnnwalk.capture.trackers import show_trackers
from cnnwalk.collapse import collapse, main_blocks
from cnnwalk.graph import GRANULARITIES, TRACKER_MODES, Granularity, Graph, TrackerMode

_GROUPINGS: Mapping[Granularity, Callable[[Flow], Grouping]] = {
    "ops": keep_operations,
    "modules": keep_modules,
    "layers": fuse_layers,
    "trackers": fuse_layers,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Recording:
    """One forward pass, operation by operation.

    Attributes:
        name: of the network.
        inputs: shapes of the input tensors, with the batch axis.
        input_labels: what each input tensor is called.
        outputs: the values in each tensor that the network returned, none where nothing
            recorded made it (a constant); where the pass failed, what nothing read yet.
        operations: everything that ran, in order.
        calls: the module calls around the operations, in order of entry.
        parameters: number of values of each of the model's parameters, by name.
        convolutions: how many convolution kernels the dispatcher saw.
        closed: names of operators whose inside nobody saw.
        left_torch: where data that depends on an input was handed out of torch.
        elsewhere: paths of modules that other threads called.
        written: names of the model's tensors that the pass wrote to.
        failure: where and why the pass ended early, None where it did not.
        trackers: the calls of trackers and markers, in order.
        passings: who read what after the first of them, in order.
    """

    name: str
    inputs: tuple[Shape, ...]
    input_labels: tuple[str, ...]
    outputs: tuple[tuple[Value, ...], ...]
    operations: tuple[Operation, ...]
    calls: tuple[ModuleCall, ...]
    parameters: Mapping[str, int]
    convolutions: int
    closed: tuple[str, ...]
    left_torch: tuple[str, ...]
    elsewhere: tuple[str, ...]
    written: tuple[str, ...]
    failure: str | None
    trackers: tuple[TrackerCall, ...]
    passings: tuple[Passing, ...]

    def graph(
        self, granularity: Granularity = "layers", *, trackers: TrackerMode = "merge"
    ) -> Graph:
        """Return the graph at a granularity, with warnings about what could not be followed.

        Args:
            granularity: ``ops`` for every operation on the image, ``modules`` for the calls of
                childless modules and functions, ``layers`` for convolutions and linear layers
                with their norm and activation, ``blocks`` for these with the network's main
                blocks collapsed, ``trackers`` for nothing but the trackers.
            trackers: whether trackers name the layers of the other granularities and markers
                set landmarks there, or are ignored.

        Raises:
            ValueError: there is no such granularity or mode.
            CaptureError: granularity ``trackers``, and the network calls none.
        """
        _check_choice("granularity", granularity, GRANULARITIES)
        _check_choice("trackers", trackers, TRACKER_MODES)
        if granularity == "blocks":
            graph = self.graph("layers", trackers=trackers)
            collapsed = collapse(graph, main_blocks(graph))
            return dataclasses.replace(collapsed, granularity=granularity)
        calls = () if trackers == "ignore" and granularity != "trackers" else self.trackers
        flow = follow(self, [call.shown for call in calls if call.shown is not None])
        parts = assemble(flow, _GROUPINGS[granularity](flow))
        warnings = list(check(self, flow, parts))
        if granularity == "trackers":
            parts, unlike = show_trackers(self, flow, parts)
            warnings += unlike
        else:
            parts = merge_trackers(parts, calls)
        return Graph(
            name=self.name,
            granularity=granularity,
            inputs=parts.inputs,
            outputs=parts.outputs,
            layers=parts.layers,
            edges=parts.edges,
            blocks=parts.blocks,
            warnings=tuple(warnings),
            marks=parts.marks,
            operations=tuple(operation.signature for operation in self.operations),
            written=self.written,
        )


def _check_choice(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ValueError(f"{what} is {given!r}; expected one of: {', '.join(known)}.")
