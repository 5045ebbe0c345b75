"""An oracle that knows nothing of capture: autograd's own graph and the dispatcher."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from cnnwalk.graph import Graph

Key = tuple[Any, ...]


@dataclasses.dataclass
class Structure:
    """The network contracted to its inputs, convolutions, concatenations and add joins.

    A node's key is made of what it is and of its predecessors' keys, so that two networks
    have equal counters exactly when they are the same graph. A convolution is known by the
    name of its weight.

    Attributes:
        nodes: how often each key occurs.
        outputs: for each output tensor, the keys of the nodes it comes from.
        convolutions: convolution kernels that ran, by weight or not.
    """

    nodes: Counter[Key]
    outputs: Counter[frozenset[Key]]
    convolutions: int

    def count(self, kind: str) -> int:
        return sum(count for key, count in self.nodes.items() if key[0] == kind)


class _ConvolutionCounter(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += func is torch.ops.aten.convolution.default
        return func(*args, **(kwargs or {}))


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)


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


def _autograd(model: nn.Module, inputs: tuple[Tensor, ...]) -> Structure:
    """Read the structure off the graph that autograd builds; parameters need no gradient.

    With frozen parameters every node of autograd's graph depends on an input.
    """
    names = {parameter.data_ptr(): name for name, parameter in model.named_parameters()}
    needs = [parameter.requires_grad for parameter in model.parameters()]
    model.requires_grad_(False)
    leaves = [tensor.clone().requires_grad_() for tensor in inputs]
    counter = _ConvolutionCounter()
    with counter:
        result = model(*[leaf.clone() for leaf in leaves])
    for parameter, need in zip(model.parameters(), needs, strict=True):
        parameter.requires_grad_(need)

    def before(node):
        return [parent for parent, _ in node.next_functions if parent is not None]

    def kind(node):
        name = type(node).__name__
        if name == "AddBackward0" and len(set(before(node))) > 1:
            return "add"
        found = {"AccumulateGrad": "input", "ConvolutionBackward0": "conv", "CatBackward0": "cat"}
        return found.get(name)

    keys: dict[Any, Key] = {}
    roots = [tensor.grad_fn for tensor in _tensors(result) if tensor.grad_fn is not None]
    for node in _parents_first(roots, before):
        if (what := kind(node)) is not None:
            weight = names.get(node._saved_weight.data_ptr()) if what == "conv" else None
            position = [leaf is getattr(node, "variable", None) for leaf in leaves]
            sources = _sources(before(node), before, keys.get)
            keys[node] = (what, weight, *position, hash(sources))
    return Structure(
        Counter(keys.values()),
        Counter(_sources([root], before, keys.get) for root in roots),
        counter.count,
    )


def _parents_first(roots: Iterable[Any], before: Callable[[Any], Iterable[Any]]) -> Iterator[Any]:
    done: set[Any] = set()
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
            waiting.extend((parent, False) for parent in before(node))


def _contracted(graph: Graph, model: nn.Module) -> Structure:
    """Read the same structure off a captured graph."""
    shapes = {name: parameter.ndim for name, parameter in model.named_parameters()}
    predecessors: dict[str, list[str]] = {layer.id: [] for layer in graph.layers}
    for edge in graph.edges:
        predecessors[edge.target].append(edge.source)
    keys: dict[str, Key] = {}
    for layer in graph.layers:
        if layer.kind in {"input", "conv", "cat", "add"}:
            kernels = [name for name in layer.weights if shapes[name] > 2]
            weight = kernels[0] if layer.kind == "conv" and kernels else None
            position = [layer.id == name for name in graph.inputs]
            sources = _sources(predecessors[layer.id], predecessors.__getitem__, keys.get)
            keys[layer.id] = (layer.kind, weight, *position, hash(sources))
    return Structure(
        Counter(keys.values()),
        Counter(_sources([output], predecessors.__getitem__, keys.get) for output in graph.outputs),
        sum(layer.kind == "conv" for layer in graph.layers),
    )


@pytest.fixture(scope="session")
def autograd_structure() -> Callable[[nn.Module, tuple[Tensor, ...]], Structure]:
    return _autograd


@pytest.fixture(scope="session")
def graph_structure() -> Callable[[Graph, nn.Module], Structure]:
    return _contracted


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
