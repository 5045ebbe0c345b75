"""The skeleton that trackers give by positions of their own."""

from __future__ import annotations

import collections
from collections.abc import Sequence

from cnnwalk.layout.columns import Column, Drawn
from cnnwalk.layout.flow import Flow
from cnnwalk.layout.skeleton import Skeleton

_Position = tuple[float, float]


def skeleton_by_positions(flow: Flow) -> Skeleton | None:
    """Return the skeleton that follows the layers' positions.

    Each row that is given is a rank, each column stands beside the others. Layers in one
    place move apart. Inputs need no position: they then stand in a row before all others.

    Returns:
        None where a layer other than an input has no position.
    """
    given = [layer.position for layer in flow.layers if layer.kind != "input"]
    if not given or None in given:
        return None
    positions = _positions(flow)
    rows = sorted({row for row, _ in positions})
    ranks = [rows.index(row) for row, _ in positions]
    columns, order = _columns(positions, ranks)
    home = {index: number for number, column in enumerate(columns) for index in column.layers}
    aside = [abs(order[home[index]] - order[0]) for index in range(len(ranks))]
    kept = len(columns)
    for edge in flow.edges():
        if _in_line(edge, ranks, columns[home[edge[0]]].layers, home):
            columns[home[edge[0]]].edges.append(edge)
        elif ranks[edge[1]] - ranks[edge[0]] != 1:
            columns.append(_lane(edge, ranks))
            order.append(order[home[edge[0]]] + 0.5)
    return Skeleton(ranks, [int(steps) for steps in aside], columns, order, kept)


def _positions(flow: Flow) -> list[_Position]:
    """Return (row, column) of each layer; inputs without one stand before the layer they feed."""
    given = [layer.position for layer in flow.layers]
    before = min(position[0] for position in given if position is not None) - 1
    found: list[_Position] = []
    for index, position in enumerate(given):
        fed = next((given[i] for i in flow.targets[index] if given[i] is not None), None)
        found.append(position or (before, fed[1] if fed is not None else 0.0))
    return found


def _columns(
    positions: Sequence[_Position], ranks: Sequence[int]
) -> tuple[list[Column], list[float]]:
    """Return the columns with layers, the fullest first, and their order from left to right."""
    cells: dict[_Position, int] = collections.Counter()
    members: dict[tuple[float, int], list[int]] = {}
    for index, position in enumerate(positions):
        members.setdefault((position[1], cells[position]), []).append(index)
        cells[position] += 1
    names = sorted(members)
    fullest = max(names, key=lambda name: (len(members[name]), -name[1], -abs(name[0])))
    names.sort(key=lambda name: name != fullest)
    columns: list[Column] = []
    for name in names:
        layers = sorted(members[name], key=lambda index: ranks[index])
        beside = 0 if columns else None
        columns.append(Column(layers, [], ranks[layers[0]], ranks[layers[-1]], beside))
    return columns, [float(sorted(names).index(name)) for name in names]


def _in_line(
    edge: Drawn, ranks: Sequence[int], layers: Sequence[int], home: dict[int, int]
) -> bool:
    """Say whether an edge passes ranks in the line of its column, between neighbours there."""
    source, target = edge
    if home[source] != home[target] or ranks[target] - ranks[source] < 2:
        return False
    return layers[layers.index(source) + 1] == target


def _lane(edge: Drawn, ranks: Sequence[int]) -> Column:
    """Return the lane of an edge; one that does not lead deeper passes its ends' rows, too."""
    low, high = ranks[edge[0]] + 1, ranks[edge[1]] - 1
    if high < low:
        low, high = ranks[edge[1]], ranks[edge[0]]
    return Column((), [edge], low, high, 0)
