"""Compare a hard model's graph with the truth that was written down, and with autograd's."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import oracle
from torch import nn

from cnnwalk.graph import Graph
from hard.case import Hard


def untrue(hard: Hard, graph: Graph) -> list[str]:
    """Say in what a graph differs from the truth about the network."""
    return [*_counts(hard, graph), *_paths(hard, graph), *_words(hard, graph)]


def unlike_autograd(hard: Hard, model: nn.Module, graph: Graph) -> list[str]:
    """Say in what a graph differs from autograd's, nothing where autograd cannot be asked."""
    if hard.limit:
        return []
    model = getattr(model, "module", getattr(model, "_orig_mod", model)).eval()
    expected = oracle.autograd_structure(model, copy.deepcopy(hard.example_input), hard.kwargs)
    found = oracle.graph_structure(graph, model, expected.weights)
    if hard.warns:  # convolutions that ran for nothing are warned about, not drawn
        found.convolutions = expected.convolutions
    return oracle.unlike(found, expected)


def _counts(hard: Hard, graph: Graph) -> Iterator[str]:
    kinds: list[str] = [layer.kind for layer in graph.layers]
    for kind, expected in (("conv", hard.convolutions), ("add", hard.adds), ("cat", hard.cats)):
        if kinds.count(kind) != expected:
            yield f"{kinds.count(kind)} of kind {kind}, expected {expected}"
    if len(graph.outputs) != hard.outputs:
        yield f"{len(graph.outputs)} outputs, expected {hard.outputs}"
    if hard.outputs:
        yield from oracle.unsound(graph)


def _paths(hard: Hard, graph: Graph) -> Iterator[str]:
    for source, target in hard.leads:
        if not _reaches(graph, source, target):
            yield f"{source} does not lead to {target}"
    for source, target in hard.apart:
        if _reaches(graph, source, target):
            yield f"{source} leads to {target}"


def _words(hard: Hard, graph: Graph) -> Iterator[str]:
    if not hard.warns:
        yield from (f"warns: {warning}" for warning in graph.warnings)
    elif not any(hard.warns in warning for warning in graph.warnings):
        yield f"no warning with {hard.warns!r} among {graph.warnings}"


def _reaches(graph: Graph, source: str, target: str) -> bool:
    """Say whether data goes from a layer to another; each is named by id, path or weights."""

    def known_as(name: str) -> set[str]:
        found = {
            layer.id
            for layer in graph.layers
            if name in {layer.id, layer.path}
            or any(key.startswith(f"{name}.") for key in layer.weights)
        }
        assert found, f"no layer {name}"
        return found

    reached = known_as(source)
    for edge in _in_order(graph):
        if edge[0] in reached:
            reached.add(edge[1])
    return bool(reached & known_as(target))


def _in_order(graph: Graph) -> list[tuple[str, str]]:
    position = {layer.id: number for number, layer in enumerate(graph.layers)}
    edges = [(edge.source, edge.target) for edge in graph.edges]
    return sorted(edges, key=lambda edge: position[edge[1]])
