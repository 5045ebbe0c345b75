"""What the signs say, and before which layers they stand."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Mapping

from cnnwalk.graph import CONTAINERS, Block, Graph

MAX_NESTING = 2
"""How many nested blocks have signs."""


_MANY_LAYERS = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Notice:
    """What a sign says.

    Attributes:
        block: id of the block that begins there, None for a landmark of the network's code.
        text: such as ``layer1.0 · Bottleneck ×3``.
        depth: nesting of the block among those with signs, 0 for the outermost.
    """

    block: str | None
    text: str
    depth: int


def notices(graph: Graph, places: Mapping[str, tuple[int, ...]]) -> dict[str, list[Notice]]:
    """Return by layer what signs stand before it: its landmarks, then the block it begins.

    A block has a sign when it holds at least 3 layers, or at least 2 and its class repeats
    among its siblings. A container such as Sequential says nothing that the paths of the
    blocks in it do not say: it has a sign only when none of them has. Where several
    blocks begin with the same layer the outermost keeps its sign.

    Args:
        graph: whose signs are asked for.
        places: of each layer by its id; a block begins with its layer of smallest place.
    """
    found: dict[str, list[Notice]] = {}
    for mark in graph.marks:
        found.setdefault(mark.layer, []).append(Notice(None, mark.text, 0))
    for layer, notice in _of_blocks(graph, places).items():
        found.setdefault(layer, []).append(notice)
    return found


def _of_blocks(graph: Graph, places: Mapping[str, tuple[int, ...]]) -> dict[str, Notice]:
    by_id = {block.id: block for block in graph.blocks}
    members = _layers_by_block(graph)
    worth = {block.id: block for block in _worth_a_sign(graph, members)}
    beginning: dict[str, list[tuple[int, Block]]] = {}
    for block in worth.values():
        nesting = sum(ancestor in worth for ancestor in _ancestors(block, by_id))
        if nesting < MAX_NESTING:
            first = min(members[block.id], key=places.__getitem__)
            beginning.setdefault(first, []).append((nesting, block))
    found = {}
    for first, blocks in beginning.items():
        (nesting, outer), *inner = sorted(blocks, key=lambda pair: pair[0])
        found[first] = Notice(outer.id, _text(outer, [block for _, block in inner]), nesting)
    return found


def _text(block: Block, inner: Iterable[Block]) -> str:
    """Return the text for a block and for the blocks in it that begin with the same layer."""
    if block.repeats == 1:
        what = block.label
    elif block.repetition == 0:
        what = f"{block.label} ×{block.repeats}"
    else:
        what = f"{block.label} {block.repetition + 1} of {block.repeats}"
    rows = [f"{other.label} ×{other.repeats}" for other in inner if other.repeats > 1]
    return " · ".join([block.path, what, *rows])


def _layers_by_block(graph: Graph) -> dict[str, list[str]]:
    """Return the layers in each block and in the blocks in it, in order of execution."""
    by_id = {block.id: block for block in graph.blocks}
    members: dict[str, list[str]] = {block.id: [] for block in graph.blocks}
    for layer in graph.layers:
        if layer.block is not None:
            members[layer.block].append(layer.id)
            for ancestor in _ancestors(by_id[layer.block], by_id):
                members[ancestor].append(layer.id)
    return members


def _ancestors(block: Block, by_id: dict[str, Block]) -> list[str]:
    ancestors: list[str] = []
    while block.parent is not None:
        ancestors.append(block.parent)
        block = by_id[block.parent]
    return ancestors


def _worth_a_sign(graph: Graph, members: dict[str, list[str]]) -> list[Block]:
    by_id = {block.id: block for block in graph.blocks}
    alike = collections.Counter((block.parent, block.label) for block in graph.blocks)
    chosen = []
    for block in graph.blocks:
        repeats = alike[block.parent, block.label] > 1 and block.label not in CONTAINERS
        enough = 2 if repeats else _MANY_LAYERS
        if block.path and len(members[block.id]) >= enough:
            chosen.append(block)
    above = {i for block in chosen for i in _ancestors(block, by_id)}
    return [b for b in chosen if b.label not in CONTAINERS or b.id not in above]
