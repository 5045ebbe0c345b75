"""The graph of a network: layers, edges and blocks as plain data.

Capture makes it, layout arranges it, passes fill its layers with activations and
the client draws it. It knows nothing of torch, so that every other part may use it.

Coordinates, colours and bytes are not here: see `layout` and `wire`.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from typing import Literal

SCHEMA_VERSION = 1

Granularity = Literal["ops", "modules", "layers", "blocks", "trackers"]

TrackerMode = Literal["merge", "ignore"]
"""Whether trackers name layers, and markers set landmarks, where not only trackers are shown."""

Kind = Literal[
    "input",
    "output",
    "conv",
    "linear",
    "norm",
    "activation",
    "pool",
    "add",
    "mul",
    "cat",
    "split",
    "upsample",
    "attention",
    "flatten",
    "softmax",
    "dropout",
    "other",
]

GRANULARITIES: tuple[Granularity, ...] = typing.get_args(Granularity)
TRACKER_MODES: tuple[TrackerMode, ...] = typing.get_args(TrackerMode)
KINDS: tuple[Kind, ...] = typing.get_args(Kind)

CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
"""Classes of blocks that hold others without being a part that people speak of."""


def maps_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return (C, h, w): as what feature maps an activation of this shape is shown.

    ================  =====================================================
    shape             maps
    ================  =====================================================
    (C, H, W)         (C, H, W)
    (C, T, ..., W)    (C, T * ..., W): the slices one below the other
    (N, D)            (1, N, D): one map
    (C,)              (C, 1, 1)
    () or no values   (1, 1, 1)
    ================  =====================================================

    Args:
        shape: without the batch axis.
    """
    values = math.prod(shape)
    if values == 0:
        return 1, 1, 1
    channels = 1 if len(shape) in {0, 2} else shape[0]
    width = shape[-1] if len(shape) > 1 else 1
    return channels, values // (channels * width), width


@dataclasses.dataclass(frozen=True, slots=True)
class Probe:
    """Where a layer's activation is read while the network runs.

    Attributes:
        op: position of the operation in the recording, 0-based; -1 for an input.
        output: which of the operation's output tensors, 0-based; for an input, which
            of the network's input tensors.
    """

    op: int
    output: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """A node that is drawn as one panel.

    Attributes:
        id: unique in its graph, stable between runs, free of slashes.
        kind: what the layer's main operation does.
        label: one line for people, such as ``3x3 conv, 64, /2``.
        path: dotted path of the module whose call is shown, None for a functional call.
        shape: of the activation, without the batch axis: (C, H, W) or (C,).
        block: id of the innermost block that holds the layer, None at the top.
        parameters: number of learnable values.
        absorbed: short names of what was fused into the layer, in order of execution,
            such as ``("bn", "relu")``.
        weights: names, as in the model's ``state_dict``, of the layer's parameters.
        probe: where the activation is read.
        position: (row, column) on the grid of a tracker's own, row 0 at the input; None
            where the layout is free.
        collapsed: id of the block whose output the layer shows in place of all that is in
            the block; None for a layer that stands for itself.
    """

    id: str
    kind: Kind
    label: str
    path: str | None
    shape: tuple[int, ...]
    block: str | None
    parameters: int
    absorbed: tuple[str, ...]
    weights: tuple[str, ...]
    probe: Probe
    position: tuple[float, float] | None = None
    collapsed: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Edge:
    """The activation of `source` goes into `target`; parallel uses are one edge."""

    source: str
    target: str
    label: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """A nested group of layers, from the module hierarchy.

    Attributes:
        id: unique in its graph.
        path: dotted path of the module.
        label: the module's class.
        parent: id of the block around it, None at the top.
        repeats: how many siblings of the same class stand in a row with it, itself included.
        repetition: its place in that row, 0-based.
    """

    id: str
    path: str
    label: str
    parent: str | None
    repeats: int = 1
    repetition: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A landmark that the network's own code sets: `text` stands before the layer of id `layer`."""

    text: str
    layer: str


@dataclasses.dataclass(frozen=True, slots=True)
class Graph:
    """What capture found. Layers are in order of execution, so edges point forward.

    Attributes:
        name: of the network.
        granularity: how fine the layers are.
        inputs: ids of the layers of kind ``input``.
        outputs: ids of the layers whose activation the network returns.
        warnings: what could not be followed, a sentence each.
        marks: landmarks that the network's own code sets, in order of execution.
        operations: signatures of all operations that ran, in order; `Probe.op` counts them, and
            a later pass sees by them whether it takes the same path. Not a part of the JSON.
        written: names of the tensors in the model that a pass writes to, and that are restored
            after it. Not a part of the JSON.
    """

    name: str
    granularity: Granularity
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    # "exclude" is what pydantic leaves out of the page's messages, as `to_json` does.
    operations: tuple[str, ...] = dataclasses.field(default=(), metadata={"exclude": True})
    written: tuple[str, ...] = dataclasses.field(default=(), metadata={"exclude": True})
    schema_version: int = SCHEMA_VERSION

    def layer(self, layer_id: str) -> Layer:
        """Return the layer with this id; raises KeyError with the id when there is none."""
        for layer in self.layers:
            if layer.id == layer_id:
                return layer
        raise KeyError(layer_id)

    def to_json(self) -> dict[str, typing.Any]:
        """Return the graph as JSON-ready data, in the form that ``cnnwalk graph --json`` prints."""
        data = dataclasses.asdict(self)
        del data["operations"], data["written"]
        return data
