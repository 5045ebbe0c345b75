"""Columns: what keeps its distance from the trunk along the walk.

A strand is a column, together with the edges that run in its line. The other edges that pass
ranks run in lanes; those that come from one layer share a lane, which is a column, too.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

from cnnwalk.layout.flow import Flow
from cnnwalk.layout.strands import Strand

Drawn = tuple[int, int]
"""A drawn edge, by the numbers of its ends."""


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
    that it begins or ends. The others need lanes, beside the innermost strand that has
    both ends in its tree.

    Args:
        flow: the drawn flow.
        ranks: of each layer.
        trunk: with the tree of branches that holds all layers.
    """
    strands = trunk.with_branches()
    home = {index: strand for strand in strands for index in strand.layers}
    number = {strand.layers[0]: index for index, strand in enumerate(strands)}
    columns = [_column_of(strand, ranks, number) for strand in strands]
    lanes: dict[tuple[int, int], Column] = {}
    for edge in flow.edges():
        if ranks[edge[1]] - ranks[edge[0]] < 2:
            continue
        strand, in_line = _strand_for(edge, home)
        column = columns[number[strand.layers[0]]]
        if not in_line:
            key = edge[0], strand.layers[0]
            column = lanes.setdefault(key, _lane_of(edge, ranks, number[strand.layers[0]]))
        column.carry(edge, ranks)
    return [*columns, *lanes.values()]


def _column_of(strand: Strand, ranks: Sequence[int], number: Mapping[int, int]) -> Column:
    low, high = ranks[strand.layers[0]], ranks[strand.layers[-1]]
    beside = None if strand.parent is None else number[strand.parent.layers[0]]
    return Column(strand.layers, [], low, high, beside)


def _lane_of(edge: Drawn, ranks: Sequence[int], beside: int) -> Column:
    return Column((), [], ranks[edge[0]] + 1, ranks[edge[1]] - 1, beside)


def _strand_for(edge: Drawn, home: Mapping[int, Strand]) -> tuple[Strand, bool]:
    """Return in or beside which strand an edge runs, and whether it runs in its line."""
    source, target = edge
    leaving, entering = home[source], home[target]
    if leaving is entering:
        neighbour = leaving.layers[leaving.layers.index(source) + 1]
        return leaving, neighbour == target
    if entering.parent is not None and entering.layers[0] == target:
        return entering, True
    if leaving.parent is not None and leaving.layers[-1] == source:
        return leaving, True
    above = leaving.ancestors()
    return next(strand for strand in entering.ancestors() if strand in above), False


def strokes_of(
    flow: Flow, ranks: Sequence[int], columns: Sequence[Column]
) -> list[dict[tuple[int, int], int]]:
    """Return for the gap behind each rank which columns its lines lead from and to.

    Returns:
        By gap, how many edges lead from one column to another, or on in the same one.
    """
    home = {index: at for at, column in enumerate(columns) for index in column.layers}
    carrier = {edge: at for at, column in enumerate(columns) for edge in column.edges}
    gaps: list[dict[tuple[int, int], int]] = [{} for _ in range(max(ranks) + 1)]
    for edge in flow.edges():
        source, target = edge
        through = carrier.get(edge, home[target])
        ends = [home[source], *[through] * (ranks[target] - ranks[source] - 1), home[target]]
        for gap, stroke in enumerate(itertools.pairwise(ends), start=ranks[source]):
            gaps[gap][stroke] = gaps[gap].get(stroke, 0) + 1
    return gaps
