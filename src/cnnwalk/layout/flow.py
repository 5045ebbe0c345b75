"""The graph as the layout sees it: numbered layers and the edges that are drawn."""

from __future__ import annotations

import dataclasses

from cnnwalk.graph import Graph, Layer


@dataclasses.dataclass(frozen=True, slots=True)
class Flow:
    """Layers numbered in order of execution, which is a topological order.

    Attributes:
        layers: the graph's layers.
        sources: for each layer the numbers of its drawn predecessors, in order of use.
        targets: for each layer the numbers of its drawn successors, ascending.
        labels: of the graph's edges that have one, by (source, target).
        extended: for each cat that is drawn as an earlier cat and new maps, the earlier one.
    """

    layers: tuple[Layer, ...]
    sources: tuple[tuple[int, ...], ...]
    targets: tuple[tuple[int, ...], ...]
    labels: dict[tuple[int, int], str]
    extended: dict[int, int]

    def edges(self) -> list[tuple[int, int]]:
        """Return the drawn edges, ordered by target and then by use."""
        return [(source, target) for target, all_ in enumerate(self.sources) for source in all_]


def flow_of(graph: Graph) -> Flow:
    """Return the drawn flow of a graph.

    A cat whose inputs begin with exactly the inputs of an earlier cat is drawn as that
    cat and the new maps. This turns the quadratic number of edges of a dense block into
    the figure by which it is known; the graph itself keeps the real edges.

    Raises:
        ValueError: an edge does not point forward in the order of layers.
    """
    number = {layer.id: index for index, layer in enumerate(graph.layers)}
    inputs: list[list[int]] = [[] for _ in graph.layers]
    labels: dict[tuple[int, int], str] = {}
    for edge in graph.edges:
        source, target = number[edge.source], number[edge.target]
        if source >= target:
            message = (
                f"edge {edge.source} -> {edge.target} of {graph.name} does not point forward; "
                "layers must be in order of execution"
            )
            raise ValueError(message)
        if source not in inputs[target]:
            inputs[target].append(source)
        if edge.label is not None:
            labels[source, target] = edge.label
    extended = _reduce_cats(graph.layers, inputs)
    targets: list[list[int]] = [[] for _ in graph.layers]
    for target, all_ in enumerate(inputs):
        for source in all_:
            targets[source].append(target)
    return Flow(
        graph.layers,
        tuple(map(tuple, inputs)),
        tuple(map(tuple, targets)),
        labels,
        extended,
    )


def _reduce_cats(layers: tuple[Layer, ...], inputs: list[list[int]]) -> dict[int, int]:
    """Shorten the inputs of cats in place; return which earlier cat each of them extends."""
    earlier: dict[tuple[int, ...], int] = {}
    extended: dict[int, int] = {}
    for index, layer in enumerate(layers):
        if layer.kind != "cat" or layer.collapsed is not None:
            continue
        real = tuple(inputs[index])
        for length in range(len(real) - 1, 0, -1):
            cat = earlier.get(real[:length])
            if cat is not None:
                inputs[index] = [cat, *(i for i in real[length:] if i != cat)]
                extended[index] = cat
                break
        earlier.setdefault(real, index)
    return extended
