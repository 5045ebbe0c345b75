"""Which blocks have a sign where they begin."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Mapping

from cnnwalk.graph import Block, Graph

MAX_NESTING = 2
"""How many nested blocks have signs."""


@dataclasses.dataclass(frozen=True, slots=True)
class SignedBlock:
    """A block that has a sign, its nesting among such blocks (0 or 1), and its first layer."""

    block: Block
    nesting: int
    first: str


_CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
_MANY_LAYERS = 3


def signed_blocks(graph: Graph, places: Mapping[str, tuple[int, ...]]) -> list[SignedBlock]:
    """Return the blocks that have a sign, from the input on.

    A block has one when it holds at least 3 layers, or at least 2 and its class repeats
    among its siblings. A container such as Sequential says nothing that the paths of the
    blocks in it do not say: it has a sign only when none of them has. Where several
    blocks begin with the same layer the outermost keeps its sign.

    Args:
        graph: whose blocks are asked for.
        places: of each layer by its id; a block begins with its layer of smallest place.
    """
    by_id = {block.id: block for block in graph.blocks}
    members = _layers_by_block(graph)
    worth = {block.id: block for block in _worth_a_sign(graph, members)}
    outermost: dict[str, SignedBlock] = {}
    for block in worth.values():
        nesting = sum(ancestor in worth for ancestor in _ancestors(block, by_id))
        first = min(members[block.id], key=places.__getitem__)
        if nesting < MAX_NESTING and (first not in outermost or nesting < outermost[first].nesting):
            outermost[first] = SignedBlock(block, nesting, first)
    return sorted(outermost.values(), key=lambda signed: places[signed.first])


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
        repeats = alike[block.parent, block.label] > 1 and block.label not in _CONTAINERS
        enough = 2 if repeats else _MANY_LAYERS
        if block.path and len(members[block.id]) >= enough:
            chosen.append(block)
    above = {i for block in chosen for i in _ancestors(block, by_id)}
    return [b for b in chosen if b.label not in _CONTAINERS or b.id not in above]
