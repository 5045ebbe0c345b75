"""Where strands and lanes run: their distance from the trunk, packed with real widths.

Branches and lanes are packed outward from the strand they belong to, the short ones
first, so that nested branches do not cross. What a strand and all that belongs to it
need to the left and right, rank by rank, is its profile; profiles are packed as they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from cnnwalk.layout.flow import Flow
from cnnwalk.layout.strands import Strand

LANE_SPACING = 0.35
"""Between the middles of parallel lanes, in m."""

_SLIGHTLY = 0.01  # what the left must be better by, so that equal networks look equal

Profile = dict[int, tuple[float, float]]
"""By rank, what is taken to the left and to the right of a strand's own line, in m."""


_EdgesByStrand = dict[int, list[tuple[int, int]]]


@dataclasses.dataclass(frozen=True, slots=True)
class Columns:
    """Places across the walk, in m from the trunk.

    Attributes:
        layers: x of each layer.
        edges: x at which each drawn edge passes the ranks between its ends; edges
            between neighbouring ranks have none.
        lanes: the edges that run in a lane of their own rather than in a strand.
    """

    layers: list[float]
    edges: dict[tuple[int, int], float]
    lanes: frozenset[tuple[int, int]]


@dataclasses.dataclass(frozen=True, slots=True)
class Room:
    """What a layer's panel takes across the walk, in m from its middle, margins included."""

    left: float
    right: float


@dataclasses.dataclass(slots=True)
class _Item:
    """What is packed beside a strand: a branch, or the lane of one edge."""

    profile: Profile
    content: Strand | tuple[int, int]

    def name(self) -> int | tuple[int, int]:
        """Return what the item is known by: a branch's first layer, or the edge."""
        return self.content.layers[0] if isinstance(self.content, Strand) else self.content

    def order(self) -> tuple[int, int, int]:
        """Return the key by which items are packed: short ones first, then front to back."""
        low, high = min(self.profile), max(self.profile)
        name = self.name()
        return high - low, low, name if isinstance(name, int) else name[0]


def columns_of(flow: Flow, ranks: Sequence[int], trunk: Strand, rooms: Sequence[Room]) -> Columns:
    """Return where everything stands across the walk, the trunk at x = 0.

    Args:
        flow: the drawn flow.
        ranks: of each layer.
        trunk: with the tree of branches that holds all layers.
        rooms: of each layer.
    """
    strands = trunk.with_branches()
    home = {index: strand for strand in strands for index in strand.layers}
    borrowed, lanes = _assign_edges(flow, ranks, home)
    offsets: dict[int | tuple[int, int], float] = {}  # of branches by first layer, and of lanes
    profiles: dict[int, Profile] = {}
    for strand in reversed(strands):
        name = strand.layers[0]
        profile = _bare_profile(strand, ranks, rooms, borrowed.get(name, ()))
        items = [_Item(profiles.pop(branch.layers[0]), branch) for branch in strand.branches]
        items += [_Item(_lane_profile(edge, ranks), edge) for edge in lanes.get(name, ())]
        for item in sorted(items, key=_Item.order):
            shift = _place(profile, item.profile)
            offsets[item.name()] = shift
        profiles[name] = profile
    return _absolute(strands, offsets, borrowed, lanes)


def _assign_edges(
    flow: Flow, ranks: Sequence[int], home: Mapping[int, Strand]
) -> tuple[_EdgesByStrand, _EdgesByStrand]:
    """Say where edges that pass ranks run: in the line of a strand, or in a lane beside one.

    An edge runs in its own strand between neighbours there, and in the line of the branch
    that it begins or ends. The others need lanes, beside the innermost strand that has
    both ends in its tree.

    Returns:
        The edges in strands and those in lanes, each by the strand's first layer.
    """
    borrowed: _EdgesByStrand = {}
    lanes: _EdgesByStrand = {}
    for source, target in flow.edges():
        if ranks[target] - ranks[source] < 2:
            continue
        leaving, entering = home[source], home[target]
        if leaving is entering:
            place = leaving.layers.index(source)
            kind = borrowed if leaving.layers[place + 1] == target else lanes
            strand = leaving
        elif entering.parent is not None and entering.layers[0] == target:
            kind, strand = borrowed, entering
        elif leaving.parent is not None and leaving.layers[-1] == source:
            kind, strand = borrowed, leaving
        else:
            kind, strand = lanes, _innermost_common(leaving, entering)
        kind.setdefault(strand.layers[0], []).append((source, target))
    return borrowed, lanes


def _innermost_common(one: Strand, other: Strand) -> Strand:
    above_one = one.ancestors()
    return next(strand for strand in other.ancestors() if strand in above_one)


def _bare_profile(
    strand: Strand,
    ranks: Sequence[int],
    rooms: Sequence[Room],
    borrowed: Iterable[tuple[int, int]],
) -> Profile:
    """Return what a strand's panels, and the edges in its line, take."""
    low, high = ranks[strand.layers[0]], ranks[strand.layers[-1]]
    for source, target in borrowed:
        low, high = min(low, ranks[source] + 1), max(high, ranks[target] - 1)
    line = LANE_SPACING / 2
    profile = dict.fromkeys(range(low, high + 1), (line, line))
    for index in strand.layers:
        profile[ranks[index]] = (rooms[index].left, rooms[index].right)
    return profile


def _lane_profile(edge: tuple[int, int], ranks: Sequence[int]) -> Profile:
    line = LANE_SPACING / 2
    return dict.fromkeys(range(ranks[edge[0]] + 1, ranks[edge[1]]), (line, line))


def _place(profile: Profile, item: Profile) -> float:
    """Put an item beside all that is in `profile`, on the side where it ends nearer.

    Adds the item to the profile and returns how far it is shifted, negative to the left.
    """
    free = (0.0, 0.0)
    right = max(profile.get(rank, free)[1] + taken[0] for rank, taken in item.items())
    left = max(profile.get(rank, free)[0] + taken[1] for rank, taken in item.items())
    far_right = right + max(taken[1] for taken in item.values())
    far_left = left + max(taken[0] for taken in item.values())
    shift = right if far_right <= far_left + _SLIGHTLY else -left
    for rank, taken in item.items():
        before = profile.get(rank, free)
        profile[rank] = (max(before[0], taken[0] - shift), max(before[1], taken[1] + shift))
    return shift


def _absolute(
    strands: Sequence[Strand],
    offsets: Mapping[int | tuple[int, int], float],
    borrowed: _EdgesByStrand,
    lanes: _EdgesByStrand,
) -> Columns:
    """Turn offsets from parents into distances from the trunk, to the millimetre."""
    layers: dict[int, float] = {}
    edges: dict[tuple[int, int], float] = {}
    for strand in strands:
        name = strand.layers[0]
        x = 0.0 if strand.parent is None else layers[strand.parent.layers[0]] + offsets[name]
        x = round(x, 3)
        layers.update((index, x) for index in strand.layers)
        edges.update((edge, x) for edge in borrowed.get(name, ()))
        edges.update((edge, round(x + offsets[edge], 3)) for edge in lanes.get(name, ()))
    in_lanes = frozenset(edge for some in lanes.values() for edge in some)
    return Columns([layers[index] for index in sorted(layers)], edges, in_lanes)
