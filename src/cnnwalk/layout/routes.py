"""The edges on the floor: smooth lines between panels.

Panels of one rank stand in one row; between two rows is a gap. A line changes its x in
gaps only and runs straight through rows, at an x where the packing has left room, so that
it never meets a panel that is not its end. A line that does not lead deeper turns round
behind its source, runs back in its lane and turns again before its target.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnnwalk.layout.across import Across
from cnnwalk.layout.flow import Flow
from cnnwalk.layout.ground import Point
from cnnwalk.layout.labels import Labels, label_spots, label_text
from cnnwalk.layout.places import Panel, Route

END_CLEARANCE = 0.15
"""Between a panel's plane and the end of a line, in m."""

_BEND_STEPS = 6
_TURN = 0.5  # how far a line goes on past a panel before it turns round, in m


def routes_of(
    flow: Flow,
    ranks: Sequence[int],
    across: Across,
    rows: Sequence[float],
    panels: Sequence[Panel],
) -> tuple[Route, ...]:
    """Return the routes of all drawn edges.

    Args:
        flow: the drawn flow.
        ranks: of each layer.
        across: places across the walk.
        rows: z of each rank, in m, falling.
        panels: which the labels keep clear of.
    """
    routes = []
    labels = Labels(panels)
    for source, target in sorted(flow.edges(), key=lambda edge: _span(edge, ranks)):
        points = _line((source, target), ranks, across, rows)
        text = label_text(flow, (source, target), across)
        at = labels.place(text, list(label_spots((source, target), ranks, across, rows)))
        ids = flow.layers[source].id, flow.layers[target].id
        routes.append(((target, source), Route(*ids, text, points, _to_millimetres(at))))
    return tuple(route for _, route in sorted(routes, key=lambda pair: pair[0]))


def gap_shifts(flow: Flow, ranks: Sequence[int], across: Across) -> Mapping[int, float]:
    """Return how far a line moves sideways at most in the gap behind each rank, in m."""
    shifts: dict[int, float] = {}
    for source, target in flow.edges():
        through = across.edges.get((source, target), across.layers[target])
        first, last = ranks[source], max(ranks[target] - 1, 0)
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
    elif ranks[source] >= ranks[target]:
        back = [*_turn(end, through, _TURN)]
        points = [start, *_turn(start, through, -_TURN), *reversed(back), end]
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


def _turn(end: Point, through: float, away: float) -> Iterator[Point]:
    """Yield the inner points of a U from a line's end to the lane that runs the other way."""
    yield end[0], end[1] + away
    yield (end[0] + through) / 2, end[1] + 2 * away
    yield through, end[1] + away


def _without_needless(points: Sequence[Point]) -> Iterator[Point]:
    """Drop the points that lie on the straight line along z between their neighbours."""
    yield points[0]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        if not before[0] == point[0] == after[0]:
            yield point
    yield points[-1]


def _to_millimetres(point: Point) -> Point:
    return round(point[0], 3), round(point[1], 3)
