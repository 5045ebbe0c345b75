"""Show blocks of a graph as one layer each: pure functions of a graph, no torch.

A collapsed block is what leaves it. Each layer inside whose activation is read outside stays,
with its id, probe and shape, and stands for the whole block; the others vanish, and what
led through them leads past them. Nothing is merged, so the order of execution stays
topological and a cycle cannot come about.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping

from cnnwalk.graph import CONTAINERS, Block, Edge, Graph, Layer, Mark


def collapse(graph: Graph, blocks: Collection[str]) -> Graph:
    """Return the graph with these blocks collapsed; the same graph where that changes nothing.

    A block with a single layer stays as it is, and of nested ones the outermost counts. A block
    becomes one layer for each value that leaves it. A landmark inside stays if the block
    begins with it. Positions are dropped: they were given for the layers of the whole graph.

    Args:
        graph: with nothing collapsed.
        blocks: ids of blocks of the graph.

    Raises:
        KeyError: an id is no block of the graph; it holds the id.
    """
    known = {block.id: block for block in graph.blocks}
    for identity in blocks:
        if identity not in known:
            raise KeyError(identity)
    members = layers_in(graph)
    inside = _outermost(graph, [block for block in blocks if len(members[block]) > 1])
    if not inside:
        return graph
    leaving = _leaving(graph, inside)
    first = {members[block][0].id for block in inside.values()}
    standing = {layer.id for layer in graph.layers if layer.id not in inside or layer.id in leaving}
    shown = _CollapsedBlocks(graph, inside, leaving)
    return dataclasses.replace(
        graph,
        layers=tuple(
            shown.layer(layer, known[inside[layer.id]])
            if layer.id in inside
            else dataclasses.replace(layer, position=None)
            for layer in graph.layers
            if layer.id in standing
        ),
        edges=tuple(_edges_past(graph, standing)),
        marks=tuple(
            Mark(mark.text, shown.stands_for.get(mark.layer, mark.layer))
            for mark in graph.marks
            if mark.layer not in inside or mark.layer in first
        ),
    )


def blocks_at(graph: Graph, depth: int) -> tuple[str, ...]:
    """Return the blocks to collapse so that at most `depth` levels of blocks are open.

    With 0 these are the blocks at the top. Blocks of a single layer are left out.
    """
    parents = {block.id: block.parent for block in graph.blocks}
    members = layers_in(graph)
    return tuple(
        block.id
        for block in graph.blocks
        if len(members[block.id]) > 1 and len(_ancestry(block.id, parents)) == depth + 1
    )


def main_blocks(graph: Graph) -> tuple[str, ...]:
    """Return the blocks that people speak of: a residual block, an inception module.

    They are the outermost that are neither mere containers nor hold more than half of the
    network's layers; blocks of a single layer are left out.
    """
    members = layers_in(graph)
    opened: set[str | None] = {None}
    found: list[str] = []
    for block in graph.blocks:  # the outer come before the inner
        if block.parent not in opened:
            continue
        count = len(members[block.id])
        if block.label in CONTAINERS or count > len(graph.layers) / 2:
            opened.add(block.id)
        elif count > 1:
            found.append(block.id)
    return tuple(found)


def layers_in(graph: Graph) -> Mapping[str, list[Layer]]:
    """Return, for each block, the layers in it and in the blocks inside it, in order."""
    parents = {block.id: block.parent for block in graph.blocks}
    found: dict[str, list[Layer]] = {block.id: [] for block in graph.blocks}
    for layer in graph.layers:
        for block in _ancestry(layer.block, parents):
            found[block].append(layer)
    return found


def _ancestry(block: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """Return a block and those around it, from the inside out; nothing for None."""
    chain: list[str] = []
    while block is not None:
        chain.append(block)
        block = parents[block]
    return chain


def _outermost(graph: Graph, blocks: Collection[str]) -> dict[str, str]:
    """Return, by layer, the outermost of `blocks` that holds it, for the layers in one."""
    parents = {block.id: block.parent for block in graph.blocks}
    chosen = set(blocks)
    found: dict[str, str] = {}
    for layer in graph.layers:
        around = [block for block in _ancestry(layer.block, parents) if block in chosen]
        if around:
            found[layer.id] = around[-1]
    return found


def _leaving(graph: Graph, inside: Mapping[str, str]) -> set[str]:
    """Return the layers inside whose activation leaves their block.

    Besides what is read outside or returned, that is what nobody reads at all: where a network
    has no known output, its last layers are there to see.
    """
    read = {edge.source for edge in graph.edges}
    crossing = {
        edge.source for edge in graph.edges if inside.get(edge.source) != inside.get(edge.target)
    }
    unread = inside.keys() - read
    return (crossing | set(graph.outputs) | unread) & inside.keys()


def _edges_past(graph: Graph, standing: Collection[str]) -> Iterator[Edge]:
    """Yield the edges between standing layers, in the order in which each target reads.

    An edge that leads into a vanished layer goes on to whatever that layer leads to, and keeps
    its label: what happens on the way into the block.
    """
    incoming: dict[str, list[Edge]] = {layer.id: [] for layer in graph.layers}
    for edge in graph.edges:
        incoming[edge.target].append(edge)
    sources: dict[str, dict[str, str | None]] = {}
    for layer in graph.layers:
        found: dict[str, str | None] = {}
        for edge in incoming[layer.id]:
            past = {edge.source: edge.label} if edge.source in standing else sources[edge.source]
            for source, label in past.items():
                found[source] = found.get(source) or label
        sources[layer.id] = found
        if layer.id in standing:
            for source, label in found.items():
                yield Edge(source, layer.id, label)


class _CollapsedBlocks:
    """The layers that stand for blocks.

    Attributes:
        stands_for: by vanished layer, the standing one of its block that it leads to first.
    """

    def __init__(self, graph: Graph, inside: Mapping[str, str], leaving: Collection[str]) -> None:
        self._inside = inside
        self._leaving = [layer.id for layer in graph.layers if layer.id in leaving]
        self.stands_for = _first_reached(graph, inside, leaving)
        self._parameters: dict[str, int] = dict.fromkeys(self._leaving, 0)
        self._counts: dict[str, int] = {}
        for layer in graph.layers:
            if layer.id in inside:
                self._parameters[self.stands_for[layer.id]] += layer.parameters
                block = inside[layer.id]
                self._counts[block] = self._counts.get(block, 0) + 1

    def layer(self, layer: Layer, block: Block) -> Layer:
        """Return the layer that shows a block where it shows the activation of `layer`.

        Where several values leave the block, each parameter counts once: for the first layer
        that it leads to.
        """
        together = [name for name in self._leaving if self._inside[name] == block.id]
        which = f" {together.index(layer.id) + 1}/{len(together)}" if len(together) > 1 else ""
        return dataclasses.replace(
            layer,
            label=f"{block.label}{which}, {self._counts[block.id]} layers",
            path=block.path,
            block=block.parent,
            parameters=self._parameters[layer.id],
            absorbed=(),
            weights=(),
            position=None,
            collapsed=block.id,
        )


def _first_reached(
    graph: Graph, inside: Mapping[str, str], leaving: Collection[str]
) -> dict[str, str]:
    """Return, by layer inside, the first layer of its block at or after it that leaves."""
    place = {layer.id: number for number, layer in enumerate(graph.layers)}
    outgoing: dict[str, list[str]] = {layer.id: [] for layer in graph.layers}
    for edge in graph.edges:
        outgoing[edge.source].append(edge.target)
    reached: dict[str, str] = {}
    for layer in reversed(graph.layers):
        if layer.id in leaving:
            reached[layer.id] = layer.id
        elif layer.id in inside:  # all that read it are inside too
            followers = (reached[target] for target in outgoing[layer.id])
            reached[layer.id] = min(followers, key=place.__getitem__)
    return reached
