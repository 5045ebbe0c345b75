"""What a network truly is, found without capture: autograd's own graph and the dispatcher.

The tests and ``benchmarks/zoo.py`` compare captured graphs with it. It sees what autograd sees,
so it is silent or wrong where

- a slice is added to in place (a copy of slices to autograd, no add),
- a function is one node of a captured graph and holds joins of its own (attention, LSTM),
- a reentrant checkpoint runs its inside without gradients,
- data goes through integers (indices of boxes), `detach` or anything outside torch.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from cnnwalk.graph import Graph

KINDS = ("input", "conv", "linear", "cat", "add")
"""What a structure keeps of a network."""

Node = Any
"""A node of autograd's graph; torch gives it no common type."""

Key = tuple[str, object, int]
"""What a node is, its weight's name or its input's position, and a hash of its sources."""


@dataclasses.dataclass
class Structure:
    """A network contracted to its inputs, convolutions, linear layers, concatenations and adds.

    A node's key is made of what it is and of its predecessors' keys, so that two networks
    have equal counters exactly when they are the same graph. A convolution or linear layer is
    known by the name of its weight; a linear layer whose weight was changed before is left out.

    Attributes:
        nodes: how often each key occurs.
        outputs: for each output tensor that depends on an input, the keys it comes from.
        convolutions: convolution kernels that ran.
        weights: names of the weights that convolutions and linear layers used directly.
    """

    nodes: Counter[Key]
    outputs: Counter[frozenset[Key]]
    convolutions: int
    weights: frozenset[str]

    def count(self, kind: str) -> int:
        return sum(count for key, count in self.nodes.items() if key[0] == kind)


def autograd_structure(
    model: nn.Module,
    example_input: Any,
    kwargs: Mapping[str, Any] | None = None,
    *,
    kinds: Collection[str] = KINDS,
) -> Structure:
    """Read the structure off the graph that autograd builds.

    With frozen parameters every node of autograd's graph depends on an input.

    Args:
        model: in evaluation mode.
        example_input: a tuple holds the positional arguments, anything else is the only one.
        kwargs: the named arguments.
        kinds: which nodes are kept.
    """
    names = {parameter.data_ptr(): name for name, parameter in model.named_parameters()}
    arguments = (example_input if isinstance(example_input, tuple) else (example_input,), kwargs)
    leaves: list[Tensor] = []

    def leaf(value: object) -> object:
        if not isinstance(value, Tensor):
            return value
        leaves.append(value.detach().clone())
        if not value.is_floating_point() and not value.is_complex():
            return leaves[-1]
        return leaves[-1].requires_grad_().clone()

    args, named = pytree.tree_map(leaf, arguments)
    needs = [parameter.requires_grad for parameter in model.parameters()]
    model.requires_grad_(False)
    counter = _ConvolutionCounter()
    with counter, torch.enable_grad():
        result = model(*args, **(named or {}))
    for parameter, need in zip(model.parameters(), needs, strict=True):
        parameter.requires_grad_(need)
    roots = [tensor.grad_fn for tensor in tensors_of(result) if tensor.grad_fn is not None]
    return _contract_autograd(roots, leaves, names, counter.count, kinds)


def graph_structure(
    graph: Graph,
    model: nn.Module,
    weights: frozenset[str] | None = None,
    *,
    kinds: Collection[str] = KINDS,
) -> Structure:
    """Read the same structure off a captured graph.

    Args:
        graph: of `model`.
        model: for the shapes of its parameters.
        weights: names that the other structure knows; every parameter if None. What is
            computed from parameters alone (weight standardisation) is a layer's weight in a
            captured graph, but has no name in autograd's.
        kinds: which nodes are kept.
    """
    axes = {name: parameter.ndim for name, parameter in model.named_parameters()}
    predecessors: dict[str, list[str]] = {layer.id: [] for layer in graph.layers}
    for edge in graph.edges:
        predecessors[edge.target].append(edge.source)
    keys: dict[str, Key] = {}
    used: set[str] = set()
    for layer in graph.layers:
        known = [name for name in layer.weights if weights is None or name in weights]
        name: object = None
        if layer.kind == "input":
            name = graph.inputs.index(layer.id)
        elif layer.kind == "conv":
            name = next((key for key in known if axes[key] > 2), None)
        elif layer.kind == "linear":
            name = next((key for key in known if axes[key] == 2), None)
        if isinstance(name, str):
            used.add(name)
        elif layer.kind == "linear":
            continue
        if layer.kind not in kinds:
            continue
        sources = _sources(predecessors[layer.id], predecessors.__getitem__, keys.get)
        keys[layer.id] = (layer.kind, name, hash(sources))
    return Structure(
        nodes=Counter(keys.values()),
        outputs=Counter(
            _sources([output], predecessors.__getitem__, keys.get) for output in graph.outputs
        ),
        convolutions=sum(layer.kind == "conv" for layer in graph.layers),
        weights=frozenset(used),
    )


def unlike(found: Structure, expected: Structure) -> list[str]:
    """Say in what two structures differ, nothing where they are the same graph."""
    differences = [
        f"{found.count(kind)} of kind {kind}, expected {expected.count(kind)}"
        for kind in KINDS
        if found.count(kind) != expected.count(kind)
    ]
    if found.convolutions != expected.convolutions:
        differences.append(f"{found.convolutions} convolutions, {expected.convolutions} ran")
    if found.nodes != expected.nodes and not differences:
        count = (found.nodes - expected.nodes).total()
        differences.append(f"{count} of {found.nodes.total()} nodes have other predecessors")
    if set(found.outputs) != set(expected.outputs):
        differences.append("the outputs come from other nodes")
    return differences


def unsound(graph: Graph) -> list[str]:
    """Say in what a graph is no graph of a network: cycles, loose ends, unconnected outputs."""
    position = {layer.id: number for number, layer in enumerate(graph.layers)}
    sources = {edge.source for edge in graph.edges}
    targets = {edge.target for edge in graph.edges}
    faults = [
        f"the edge from {edge.source} to {edge.target} points backward"
        for edge in graph.edges
        if position[edge.source] >= position[edge.target]
    ]
    faults += [f"{name} comes from nowhere" for name in position.keys() - targets - {*graph.inputs}]
    faults += [f"{name} leads nowhere" for name in position.keys() - sources - {*graph.outputs}]
    return faults if graph.outputs else [*faults, "no output is connected to an input"]


def tensors_of(value: object) -> list[Tensor]:
    """Return the tensors in nested tuples, lists, dicts and dataclasses."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = [getattr(value, field.name) for field in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in tensors_of(item)]
    return [value] if isinstance(value, Tensor) else []


class _ConvolutionCounter(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch's is untyped
        self.count = 0

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: Iterable[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        del types
        self.count += func is torch.ops.aten.convolution.default
        return func(*args, **(kwargs or {}))


def _contract_autograd(
    roots: Sequence[Node],
    leaves: Sequence[Tensor],
    names: Mapping[int, str],
    convolutions: int,
    kinds: Collection[str],
) -> Structure:
    keys: dict[Node, Key] = {}
    parents: dict[Node, list[Node]] = {}  # those that depend on an input
    for node in _parents_first(roots):
        positions = [at for at, leaf in enumerate(leaves) if leaf is getattr(node, "variable", 0)]
        parents[node] = [parent for parent in _before(node) if parent in parents]
        if not positions and not parents[node]:
            del parents[node]
            continue
        kind, weight = ("input", None) if positions else _kind(node, parents[node])
        name: object = positions[0] if positions else None
        if weight is not None:
            name = names.get(weight.data_ptr())
        if kind in kinds and (kind != "linear" or name is not None):
            sources = _sources(parents[node], parents.__getitem__, keys.get)
            keys[node] = (kind, name, hash(sources))
    ends = [root for root in roots if root in parents]
    return Structure(
        nodes=Counter(keys.values()),
        outputs=Counter(_sources([end], parents.__getitem__, keys.get) for end in ends),
        convolutions=convolutions,
        weights=frozenset(key[1] for key in keys.values() if isinstance(key[1], str)),
    )


def _kind(node: Node, parents: Sequence[Node]) -> tuple[str, Tensor | None]:
    """Return what a node of autograd's graph is, "" where it does not matter, and its weight."""
    name = type(node).__name__
    if name == "ConvolutionBackward0":
        return "conv", node._saved_weight
    if name in {"AddmmBackward0", "MmBackward0"}:
        return "linear", node._saved_mat2
    if name == "AddBackward0" and len(set(parents)) > 1:
        return "add", None
    return "cat" if name == "CatBackward0" else "", None


def _before(node: Node) -> list[Node]:
    return [parent for parent, _ in node.next_functions if parent is not None]


def _sources(
    starts: Iterable[Any], before: Callable[[Any], Iterable[Any]], key: Callable[[Any], Key | None]
) -> frozenset[Key]:
    """Return the keys of the nearest nodes that have one, going back from `starts`."""
    found: set[Key] = set()
    seen: set[Any] = set()
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if (name := key(node)) is not None:
            found.add(name)
        else:
            waiting.extend(before(node))
    return frozenset(found)


def _parents_first(roots: Iterable[Node]) -> Iterator[Node]:
    done: set[Node] = set()
    waiting = [(root, False) for root in roots]
    while waiting:
        node, ready = waiting.pop()
        if node in done:
            continue
        if ready:
            done.add(node)
            yield node
        else:
            waiting.append((node, True))
            waiting.extend((parent, False) for parent in _before(node))
