"""The trunk and its branches: every layer belongs to one straight strand.

The trunk is the heaviest path through the network. What is left when it is taken away
falls into connected parts, each of which again has a heaviest path, a branch beside the
trunk, and so on. A branch thus never has an edge to another branch of the same strand,
only to the strands it hangs on and to its own branches.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence

from cnnwalk.graph import Layer
from cnnwalk.layout.flow import Flow


@dataclasses.dataclass(slots=True, eq=False)
class Strand:
    """Layers that stand in one straight line, front to back, and the branches beside it."""

    layers: list[int]
    parent: Strand | None
    branches: list[Strand]

    def with_branches(self) -> list[Strand]:
        """Return this strand and all below it, each before its branches."""
        strands = [self]
        for strand in strands:
            strands.extend(strand.branches)
        return strands

    def nesting(self) -> int:
        """Return how many strands lie between this one and the trunk; 0 for the trunk."""
        return len(self.ancestors()) - 1

    def ancestors(self) -> list[Strand]:
        """Return this strand, the one it is a branch of, and so on to the trunk."""
        strands = [self]
        for strand in strands:
            if strand.parent is not None:
                strands.append(strand.parent)
        return strands


def trunk_of(flow: Flow, outputs: Iterable[int]) -> Strand:
    """Return the trunk, with all other layers in its tree of branches."""
    weights = _weights(flow)
    everything = range(len(flow.layers))
    trunk = Strand(_heaviest_path(flow, everything, weights, set(outputs)), None, [])
    open_ = [(trunk, list(everything))]
    while open_:
        strand, members = open_.pop()
        rest = set(members).difference(strand.layers)
        for part in _connected(flow, rest):
            inside = set(part)
            ends = {i for i in part if inside.isdisjoint(flow.targets[i])}
            branch = Strand(_heaviest_path(flow, part, weights, ends), strand, [])
            strand.branches.append(branch)
            open_.append((branch, part))
    return trunk


def _weights(flow: Flow) -> list[float]:
    """Return what each layer adds to a path: its share of the parameters, and one.

    A single value per channel that leads back to maps, as in squeeze and excitation,
    only scales the maps: it counts against a path, so that the maps stay on the trunk.
    """
    count = len(flow.layers)
    total = max(1, sum(layer.parameters for layer in flow.layers))
    weights = [1 + count * layer.parameters / total for layer in flow.layers]
    leads_to_maps = [False] * count
    for index in range(count - 1, -1, -1):
        leads_to_maps[index] = any(
            leads_to_maps[i] or not _single_values(flow.layers[i]) for i in flow.targets[index]
        )
        layer = flow.layers[index]
        if leads_to_maps[index] and _single_values(layer) and layer.kind != "input":
            weights[index] = -1
    return weights


def _single_values(layer: Layer) -> bool:
    return math.prod(layer.shape[1:]) == 1


def _heaviest_path(
    flow: Flow, members: Sequence[int], weights: Sequence[float], ends: set[int]
) -> list[int]:
    """Return the heaviest path within `members` (ascending) that ends in one of `ends`."""
    inside = set(members)
    best: dict[int, float] = {}
    before: dict[int, int | None] = {}
    for index in members:
        sources = [i for i in flow.sources[index] if i in inside]
        before[index] = max(sources, key=lambda i: (best[i], -i), default=None)
        came_from = before[index]
        best[index] = weights[index] + (0 if came_from is None else best[came_from])
    last: int | None = max(ends & inside or inside, key=lambda i: (best[i], -i))
    path: list[int] = []
    while last is not None:
        path.append(last)
        last = before[last]
    return path[::-1]


def _connected(flow: Flow, members: set[int]) -> list[list[int]]:
    """Return the connected parts of `members`, each ascending, by their first layers."""
    parts: list[list[int]] = []
    unseen = set(members)
    for first in sorted(members):
        if first not in unseen:
            continue
        unseen.discard(first)
        part = [first]
        for index in part:
            for i in (*flow.sources[index], *flow.targets[index]):
                if i in unseen:
                    unseen.discard(i)
                    part.append(i)
        parts.append(sorted(part))
    return parts
