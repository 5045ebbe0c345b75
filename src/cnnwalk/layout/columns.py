"""Columns: what keeps its distance from the trunk along the walk.

A strand is a column, together with the edges that run in its line. The other edges that pass
ranks run in lanes; those that come from one layer share a lane, which is a column, too.
Where many lead into one layer from afar, it is these that share one.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Mapping, Sequence

from cnnwalk.layout.flow import Flow
from cnnwalk.layout.strands import Strand

Drawn = tuple[int, int]
"""A drawn edge, by the numbers of its ends."""


_MANY = 8
"""Edges with one end and other ends far away; more than these share a lane in any case."""


@dataclasses.dataclass(slots=True)
class Column:
    """A strand or a lane, from rank `low` to rank `high`.

    Attributes:
        layers: of the strand, front to back; none for a lane.
        edges: that pass ranks in this column.
        low, high: the first and the last rank that it takes.
        beside: number of the column that it stands beside, None for the trunk.
    """

    layers: Sequence[int]
    edges: list[Drawn]
    low: int
    high: int
    beside: int | None

    def carry(self, edge: Drawn, ranks: Sequence[int]) -> None:
        """Let an edge run in this column."""
        self.edges.append(edge)
        self.low = min(self.low, ranks[edge[0]] + 1)
        self.high = max(self.high, ranks[edge[1]] - 1)


def columns_in(flow: Flow, ranks: Sequence[int], trunk: Strand) -> list[Column]:
    """Return the columns of a flow, the trunk first, each after the one it stands beside.

    An edge runs in its own strand between neighbours there, and in the line of the branch
    that it begins or ends, unless it is one of many from or to the same layer. The others
    need lanes, beside the innermost strand that has both ends in its tree.

    Args:
        flow: the drawn flow.
        ranks: of each layer.
        trunk: with the tree of branches that holds all layers.
    """
    strands = trunk.with_branches()
    home = {index: strand for strand in strands for index in strand.layers}
    number = {strand.layers[0]: index for index, strand in enumerate(strands)}
    columns = [_column_of(strand, ranks, number) for strand in strands]
    far = [edge for edge in flow.edges() if ranks[edge[1]] - ranks[edge[0]] > 1]
    leaving, arriving = (collections.Counter(edge[end] for edge in far) for end in (0, 1))
    lanes: dict[tuple[bool, int, int], Column] = {}
    for edge in far:
        gathered = arriving[edge[1]] > _MANY
        strand = None if gathered or leaving[edge[0]] > _MANY else _in_line(edge, home)
        if strand is None:
            beside = number[_common(home[edge[0]], home[edge[1]]).layers[0]]
            key = gathered, edge[gathered], beside
            column = lanes.setdefault(key, _lane_of(edge, ranks, beside))
        else:
            column = columns[number[strand.layers[0]]]
        column.carry(edge, ranks)
    return [*columns, *lanes.values()]


def _column_of(strand: Strand, ranks: Sequence[int], number: Mapping[int, int]) -> Column:
    low, high = ranks[strand.layers[0]], ranks[strand.layers[-1]]
    beside = None if strand.parent is None else number[strand.parent.layers[0]]
    return Column(strand.layers, [], low, high, beside)


def _lane_of(edge: Drawn, ranks: Sequence[int], beside: int) -> Column:
    return Column((), [], ranks[edge[0]] + 1, ranks[edge[1]] - 1, beside)


def _in_line(edge: Drawn, home: Mapping[int, Strand]) -> Strand | None:
    """Return the strand in whose line an edge runs, None when it needs a lane."""
    source, target = edge
    leaving, entering = home[source], home[target]
    if leaving is entering:
        neighbour = leaving.layers[leaving.layers.index(source) + 1]
        return leaving if neighbour == target else None
    if entering.parent is not None and entering.layers[0] == target:
        return entering
    if leaving.parent is not None and leaving.layers[-1] == source:
        return leaving
    return None


def _common(one: Strand, other: Strand) -> Strand:
    """Return the innermost strand that has both in its tree."""
    above = one.ancestors()
    return next(strand for strand in other.ancestors() if strand in above)


def strokes_of(
    flow: Flow, ranks: Sequence[int], columns: Sequence[Column]
) -> list[dict[tuple[int, int], int]]:
    """Return for the gap behind each rank which columns its lines lead from and to.

    An edge that does not lead deeper is not among them: it is led around.

    Returns:
        By gap, how many edges lead from one column to another, or on in the same one.
    """
    home = {index: at for at, column in enumerate(columns) for index in column.layers}
    carrier = {edge: at for at, column in enumerate(columns) for edge in column.edges}
    gaps: list[dict[tuple[int, int], int]] = [{} for _ in range(max(ranks) + 1)]
    for edge in flow.edges():
        source, target = edge
        if ranks[source] >= ranks[target]:
            continue
        through = carrier.get(edge, home[target])
        ends = [home[source], *[through] * (ranks[target] - ranks[source] - 1), home[target]]
        for gap, stroke in enumerate(itertools.pairwise(ends), start=ranks[source]):
            gaps[gap][stroke] = gaps[gap].get(stroke, 0) + 1
    return gaps
