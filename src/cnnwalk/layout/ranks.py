"""How deep each layer stands: ranks, counted from the input."""

from __future__ import annotations

from cnnwalk.layout.flow import Flow


def ranks_of(flow: Flow) -> list[int]:
    """Return the rank of each layer, such that every drawn edge leads to a higher rank.

    A layer's rank is the longest path to it. Layers that are used more often than they
    use others, and sources that are not inputs, then move as late as their successors
    allow: that shortens the lanes of their edges.
    """
    ranks = [0] * len(flow.layers)
    for index, sources in enumerate(flow.sources):
        ranks[index] = 1 + max((ranks[i] for i in sources), default=-1)
    for index in range(len(ranks) - 1, -1, -1):
        targets = flow.targets[index]
        if len(targets) > len(flow.sources[index]) and flow.layers[index].kind != "input":
            ranks[index] = min(ranks[i] for i in targets) - 1
    return ranks
