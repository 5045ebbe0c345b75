"""``cnnwalk graph``: the captured graph as JSON, or as a tree to read."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from cnnwalk.collapse import collapse
from cnnwalk.graph import Block, Graph, Layer, maps_shape
from cnnwalk.server.showing import Showing, failure_text
from cnnwalk.terminal.networks import NetworkOptions, load_networks
from cnnwalk.terminal.progress import progress

if TYPE_CHECKING:
    from cnnwalk.capture import Recording

_FILE_WIDTH = 1000  # where nobody sees an edge, no line is cut


def print_graph(spec: str, options: NetworkOptions, showing: Showing, *, as_json: bool) -> int:
    """Record a network and print its graph on standard output.

    Returns:
        The exit code: 1 when the network fails on its way, and what ran is printed.

    Raises:
        NetworkError: the network cannot be loaded.
        CaptureError: nothing of it can be recorded.
    """
    with progress() as on_step:
        (network,) = load_networks([spec], options, on_step, trial=False)
        from cnnwalk.capture import record

        on_step(f"recording {network.name}")
        arguments = network.arguments(network.example_input())
        recording = record(network.module, arguments, name=network.name)
        graph = _graph(recording, showing)
    if as_json:
        json.dump(graph.to_json(), sys.stdout, indent=2)
        print()
    else:
        console = Console()
        if not console.is_terminal:
            console.width = _FILE_WIDTH
        console.print(_tree(graph))
    if recording.failure is None:
        return 0
    print(f"cnnwalk: {failure_text(recording)} The graph has what ran before.", file=sys.stderr)
    return 1


def _graph(recording: Recording, showing: Showing) -> Graph:
    if showing.depth is None:
        return recording.graph(showing.granularity, trackers=showing.trackers)
    graph = showing.graph(recording)
    return collapse(graph, showing.collapsed(graph))


def _tree(graph: Graph) -> Tree:
    maps = sum(maps_shape(layer.shape)[0] for layer in graph.layers)
    parameters = sum(layer.parameters for layer in graph.layers)
    tree = Tree(
        Text(
            f"{graph.name}: {len(graph.layers)} layers, {maps:,} feature maps, "
            f"{parameters:,} parameters"
        )
    )
    parents = {block.id: block.parent for block in graph.blocks}
    titles = {block.id: f"{block.path} · {block.label}{_times(block)}" for block in graph.blocks}
    # Layers are in order of execution, so a block that is left and entered again has two branches.
    path: list[tuple[str | None, Tree]] = [(None, tree)]
    for layer in graph.layers:
        wanted = _ancestry(layer.block, parents)
        shared = 1
        while shared < min(len(path), len(wanted)) and path[shared][0] == wanted[shared]:
            shared += 1
        del path[shared:]
        for block in wanted[shared:]:
            path.append((block, path[-1][1].add(Text(titles[block or ""], style="bold"))))
        path[-1][1].add(_line(layer, graph))
    for warning in graph.warnings:
        tree.add(Text(f"warning: {warning}", style="yellow"))
    return tree


def _ancestry(block: str | None, parents: dict[str, str | None]) -> list[str | None]:
    """Return the blocks around a layer, from None for the network itself inwards."""
    chain = []
    while block is not None:
        chain.append(block)
        block = parents[block]
    return [None, *reversed(chain)]


def _times(block: Block) -> str:
    """Return how long the row of alike blocks is that begins with this one."""
    return f" ×{block.repeats}" if block.repeats > 1 and block.repetition == 0 else ""


def _label(layer: Layer, graph: Graph) -> str:
    for block in graph.blocks:
        if block.id == layer.collapsed:
            return f"{block.label}{_times(block)}{layer.label.removeprefix(block.label)}"
    return layer.label


def _line(layer: Layer, graph: Graph) -> Text:
    sources = ", ".join(edge.source for edge in graph.edges if edge.target == layer.id)
    shape = "×".join(str(side) for side in layer.shape) or "1"
    line = Text.assemble((layer.id, "cyan"), f"  {_label(layer, graph)}  ", (shape, "green"))
    line.append(f"  from {sources}" if sources else "", "dim")
    return line
