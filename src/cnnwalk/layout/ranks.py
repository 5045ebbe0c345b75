"""How deep each layer stands: ranks, counted from the input."""

from __future__ import annotations

import collections

from cnnwalk.layout.flow import Flow

MAX_ABREAST = 12
"""Layers of one rank. Of more branches side by side the later ones stand farther on."""


def ranks_of(flow: Flow) -> list[int]:
    """Return the rank of each layer, such that every drawn edge leads to a higher rank.

    A layer's rank is the longest path to it, or the next one after it that has room. Layers
    that are used more often than they use others, and sources that are not inputs, then
    move as late as their successors and the room allow: that shortens the lanes of their
    edges.
    """
    ranks: list[int] = []
    abreast: collections.Counter[int] = collections.Counter()
    for layer, sources in zip(flow.layers, flow.sources, strict=True):
        rank = 1 + max((ranks[i] for i in sources), default=-1)
        while abreast[rank] >= MAX_ABREAST and layer.kind != "input":
            rank += 1
        ranks.append(rank)
        abreast[rank] += 1
    for index in range(len(ranks) - 1, -1, -1):
        targets = flow.targets[index]
        if len(targets) > len(flow.sources[index]) and flow.layers[index].kind != "input":
            rank = min(ranks[i] for i in targets) - 1
            if abreast[rank] < MAX_ABREAST:
                abreast[ranks[index]] -= 1
                abreast[rank] += 1
                ranks[index] = rank
    return ranks
