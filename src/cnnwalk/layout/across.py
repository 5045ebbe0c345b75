"""Where everything stands across the walk: columns in their order, packed with real widths."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cnnwalk.layout.columns import Column, Drawn, strokes_of
from cnnwalk.layout.crossings import uncrossed
from cnnwalk.layout.flow import Flow
from cnnwalk.layout.nesting import Profile, nested
from cnnwalk.layout.skeleton import Skeleton

LANE_SPACING = 0.35
"""Between the middles of parallel lanes, in m."""


@dataclasses.dataclass(frozen=True, slots=True)
class Room:
    """What a layer's panel takes across the walk, in m from its middle, margins included."""

    left: float
    right: float


@dataclasses.dataclass(frozen=True, slots=True)
class Across:
    """Places across the walk, in m from the trunk.

    Attributes:
        layers: x of each layer.
        edges: x at which each drawn edge passes the ranks between its ends; edges
            between neighbouring ranks have none.
        lanes: the edges that run in a lane rather than in a strand.
    """

    layers: list[float]
    edges: dict[Drawn, float]
    lanes: frozenset[Drawn]


def across_of(flow: Flow, skeleton: Skeleton, rooms: Sequence[Room]) -> Across:
    """Return where everything stands across the walk, the trunk at x = 0.

    Args:
        flow: the drawn flow.
        skeleton: with the columns and, where it is given, their order.
        rooms: of each layer.
    """
    columns, ranks = skeleton.columns, skeleton.ranks
    profiles = [_profile(column, ranks, rooms) for column in columns]
    first = nested(columns, profiles) if skeleton.order is None else skeleton.order
    order = uncrossed(columns, strokes_of(flow, ranks, columns), first, skeleton.kept)
    xs = _packed(profiles, order)
    layers = {index: x for column, x in zip(columns, xs, strict=True) for index in column.layers}
    edges = {edge: x for column, x in zip(columns, xs, strict=True) for edge in column.edges}
    lanes = frozenset(edge for column in columns if not column.layers for edge in column.edges)
    return Across([layers[index] for index in range(len(layers))], edges, lanes)


def _profile(column: Column, ranks: Sequence[int], rooms: Sequence[Room]) -> Profile:
    """Return what a column's panels and edges take by themselves."""
    line = LANE_SPACING / 2
    profile = dict.fromkeys(range(column.low, column.high + 1), (line, line))
    for index in column.layers:
        profile[ranks[index]] = (rooms[index].left, rooms[index].right)
    return profile


def _packed(profiles: Sequence[Profile], order: Sequence[float]) -> list[float]:
    """Return x of each column, to the millimetre: each as near to the trunk as there is room."""
    xs = [0.0] * len(profiles)
    trunk = profiles[0]
    taken = {rank: room[1] for rank, room in trunk.items()}
    for index in sorted(range(1, len(profiles)), key=lambda i: (order[i], i)):
        if order[index] >= order[0]:
            reach = (taken.get(rank, 0.0) + room[0] for rank, room in profiles[index].items())
            xs[index] = round(max(reach), 3)
            taken.update((rank, xs[index] + room[1]) for rank, room in profiles[index].items())
    taken = {rank: room[0] for rank, room in trunk.items()}
    for index in sorted(range(1, len(profiles)), key=lambda i: (-order[i], i)):
        if order[index] < order[0]:
            reach = (taken.get(rank, 0.0) + room[1] for rank, room in profiles[index].items())
            xs[index] = -round(max(reach), 3)
            taken.update((rank, room[0] - xs[index]) for rank, room in profiles[index].items())
    return xs
