"""Which blocks have a sign where they begin."""

from __future__ import annotations

import collections

from cnnwalk.graph import Block, Graph

MAX_NESTING = 2
"""How many nested blocks have signs."""

_CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
_MANY_LAYERS = 3


def signed_blocks(graph: Graph) -> list[tuple[Block, int, str]]:
    """Return the blocks that have a sign, in order of execution.

    A block has one when it holds at least 3 layers, or at least 2 and its class repeats
    among its siblings. A container such as Sequential says nothing that the paths of the
    blocks in it do not say: it has a sign only when none of them has. Where several
    blocks begin with the same layer the outermost keeps its sign.

    Returns:
        Of each the block, its nesting among blocks with signs (0 or 1), and the id of the
        layer it begins with.
    """
    members = _layers_by_block(graph)
    signed = _worth_a_sign(graph, members)
    by_id = {block.id: block for block in graph.blocks}
    order = {layer.id: index for index, layer in enumerate(graph.layers)}
    outermost_first = sorted(
        signed, key=lambda block: (order[members[block.id][0]], -len(members[block.id]))
    )
    taken: set[str] = set()
    nesting: dict[str, int] = {}
    signs: list[tuple[Block, int, str]] = []
    for block in outermost_first:
        above = [nesting[i] for i in _ancestors(block, by_id) if i in nesting]
        depth = max(above, default=-1) + 1
        first = members[block.id][0]
        if depth < MAX_NESTING and first not in taken:
            taken.add(first)
            nesting[block.id] = depth
            signs.append((block, depth, first))
    return signs


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
