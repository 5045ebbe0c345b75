"""The edges on the floor: smooth lines between panels, and where their labels lie.

Panels of one rank stand in one row; between two rows is a gap. A line changes its x in
gaps only and runs straight through rows, at an x where the packing has left room, so that
it never meets a panel that is not its end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from cnnwalk.layout.across import Across
from cnnwalk.layout.flow import Flow
from cnnwalk.layout.places import Route

Point = tuple[float, float]

END_CLEARANCE = 0.15
"""Between a panel's plane and the end of a line, in m."""

_BEND_STEPS = 6
_LETTER_WIDTH, _LABEL_DEPTH = 0.1, 0.35
_JOINS = frozenset({"add", "mul", "cat"})


def routes_of(
    flow: Flow, ranks: Sequence[int], across: Across, rows: Sequence[float]
) -> tuple[Route, ...]:
    """Return the routes of all drawn edges.

    Args:
        flow: the drawn flow.
        ranks: of each layer.
        across: places across the walk.
        rows: z of each rank, in m, falling.
    """
    routes = []
    taken = _Labels()
    for source, target in sorted(flow.edges(), key=lambda edge: _span(edge, ranks)):
        points = _line((source, target), ranks, across, rows)
        text = _text(flow, (source, target), across)
        spots = list(_spots((source, target), ranks, across, rows))
        at = taken.place(text, spots)
        ids = flow.layers[source].id, flow.layers[target].id
        routes.append(((target, source), Route(*ids, text, points, _to_millimetres(at))))
    return tuple(route for _, route in sorted(routes, key=lambda pair: pair[0]))


def gap_shifts(flow: Flow, ranks: Sequence[int], across: Across) -> Mapping[int, float]:
    """Return how far a line moves sideways at most in the gap behind each rank, in m."""
    shifts: dict[int, float] = {}
    for source, target in flow.edges():
        through = across.edges.get((source, target), across.layers[target])
        first, last = ranks[source], ranks[target] - 1
        out, back = through - across.layers[source], across.layers[target] - through
        shifts[first] = max(shifts.get(first, 0.0), abs(out))
        shifts[last] = max(shifts.get(last, 0.0), abs(back))
    return shifts


def _span(edge: tuple[int, int], ranks: Sequence[int]) -> tuple[int, int, int]:
    source, target = edge
    return ranks[target] - ranks[source], target, source


def _line(
    edge: tuple[int, int], ranks: Sequence[int], across: Across, rows: Sequence[float]
) -> tuple[Point, ...]:
    source, target = edge
    start = (across.layers[source], rows[ranks[source]] - END_CLEARANCE)
    end = (across.layers[target], rows[ranks[target]] + END_CLEARANCE)
    through = across.edges.get(edge)
    if through is None:
        points = [start, *_bend(start, end), end]
    else:
        enter = (through, rows[ranks[source] + 1] + END_CLEARANCE)
        leave = (through, rows[ranks[target] - 1] - END_CLEARANCE)
        points = [start, *_bend(start, enter), enter, leave, *_bend(leave, end), end]
    return tuple(_to_millimetres(point) for point in _without_needless(points))


def _bend(start: Point, end: Point) -> Iterator[Point]:
    """Yield the inner points of an S that begins and ends along the walk."""
    for step in range(1, _BEND_STEPS):
        t = step / _BEND_STEPS
        bent = t * t * (3 - 2 * t)
        yield start[0] + bent * (end[0] - start[0]), start[1] + t * (end[1] - start[1])


def _without_needless(points: Sequence[Point]) -> Iterator[Point]:
    """Drop the points that lie on the straight line along z between their neighbours."""
    yield points[0]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        if not before[0] == point[0] == after[0]:
            yield point
    yield points[-1]


def _to_millimetres(point: Point) -> Point:
    return round(point[0], 3), round(point[1], 3)


def _text(flow: Flow, edge: tuple[int, int], across: Across) -> str:
    """Return what happens on the way along an edge."""
    target = edge[1]
    layer = flow.layers[target]
    if edge in flow.labels:
        return flow.labels[edge]
    if edge in across.lanes and layer.kind in _JOINS:
        return "skip"
    if target in flow.extended:
        new = layer.shape[0] - flow.layers[flow.extended[target]].shape[0]
        return f"cat +{new}"
    return layer.label


def _spots(
    edge: tuple[int, int], ranks: Sequence[int], across: Across, rows: Sequence[float]
) -> Iterator[Point]:
    """Yield where a label may lie, the best first.

    Straight lines have theirs in the middle of a gap. A line that moves sideways has it
    where it is alone: near the branch it leads to or comes from, or on its lane.
    """
    source, target = edge
    start, end = rows[ranks[source]], rows[ranks[target]]
    through = across.edges.get(edge)
    if through is not None:
        for rank in range(ranks[source] + 1, ranks[target]):
            yield through, rows[rank]
            yield through, (rows[rank] + rows[min(rank + 1, len(rows) - 1)]) / 2
    if across.layers[source] == across.layers[target]:
        shares = (0.5, 0.65, 0.35)
    elif abs(across.layers[target]) < abs(across.layers[source]):
        shares = (0.2, 0.3, 0.4)
    else:
        shares = (0.8, 0.7, 0.6)
    for share in shares:
        t = share * share * (3 - 2 * share)
        x = across.layers[source] + t * (across.layers[target] - across.layers[source])
        yield x, start + share * (end - start)


class _Labels:
    """Labels that are placed already, as rectangles on the floor."""

    def __init__(self) -> None:
        self._by_depth: dict[int, list[tuple[float, float, float]]] = {}

    def place(self, text: str, spots: Sequence[Point]) -> Point:
        """Return the first free spot, or the first of all when none is free."""
        half = _LETTER_WIDTH * len(text) / 2
        chosen = next((spot for spot in spots if self._free(spot, half)), spots[0])
        self._by_depth.setdefault(math.floor(chosen[1]), []).append((*chosen, half))
        return chosen

    def _free(self, spot: Point, half: float) -> bool:
        x, z = spot
        slot = math.floor(z)
        return not any(
            abs(z - other_z) < _LABEL_DEPTH and abs(x - other_x) < half + other_half
            for nearby in (slot - 1, slot, slot + 1)
            for other_x, other_z, other_half in self._by_depth.get(nearby, ())
        )
