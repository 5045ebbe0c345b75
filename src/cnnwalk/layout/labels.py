"""What the edges' labels say, and where on the floor they lie."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

from cnnwalk.layout.across import Across
from cnnwalk.layout.columns import Drawn
from cnnwalk.layout.flow import Flow
from cnnwalk.layout.ground import Point
from cnnwalk.layout.panels import PLATE_WIDTH
from cnnwalk.layout.places import Panel

MAX_LETTERS = 24
"""Of a label; of several operations in a row the last ones are left out."""

_LETTER_WIDTH, _LABEL_DEPTH = 0.1, 0.35
_PADDING = 2  # letters' room at the ends of a label's plate
_JOINS = frozenset({"add", "mul", "cat"})
_BEFORE_ROW = 0.9  # where a line that turns round before a row is farthest from it, in m
_FINE = tuple(share / 100 for share in range(25, 85, 5))


def label_text(flow: Flow, edge: Drawn, across: Across) -> str:
    """Return what happens on the way along an edge."""
    layer = flow.layers[edge[1]]
    if edge in flow.labels:
        return _shortened(flow.labels[edge])
    if edge in across.lanes and layer.kind in _JOINS and layer.collapsed is None:
        return "skip"
    if edge[1] in flow.extended:
        new = layer.shape[0] - flow.layers[flow.extended[edge[1]]].shape[0]
        return f"cat +{new}"
    if layer.kind == "cat" and layer.collapsed is None:
        return "cat"  # of how many maps each is told by the panel
    return _shortened(layer.label)


def _shortened(text: str) -> str:
    """Drop the last of several parts while the text is too long."""
    if len(text) <= MAX_LETTERS:
        return text
    ends = [end for end, letter in enumerate(text) if letter == "," and end <= MAX_LETTERS - 2]
    return f"{text[: ends[-1] if ends else MAX_LETTERS - 2]} …"


def label_spots(
    edge: Drawn, ranks: Sequence[int], across: Across, rows: Sequence[float]
) -> Iterator[Point]:
    """Yield where a label may lie, the best first.

    Straight lines have theirs in the middle of a gap. A line that moves sideways has it
    where it is alone: near the branch it leads to or comes from, or on its lane. Where
    these are taken, it may lie anywhere on its way into the target.
    """
    source, target = edge
    start, end = rows[ranks[source]], rows[ranks[target]]
    here, there = across.layers[source], across.layers[target]
    through = across.edges.get(edge)
    if start <= end and through is not None:
        yield (through + there) / 2, end + _BEFORE_ROW
        yield (through + here) / 2, start - _BEFORE_ROW
    elif through is not None:
        for rank in range(ranks[source] + 1, ranks[target]):
            yield through, rows[rank]
            yield through, (rows[rank] + rows[rank + 1]) / 2
        if here == there:
            yield from _on_bend((here, start), (there, end))
        yield from _on_bend((through, rows[ranks[target] - 1]), (there, end))
    else:
        yield from _on_bend((here, start), (there, end))


def _on_bend(start: Point, end: Point) -> Iterator[Point]:
    if start[0] == end[0]:
        shares = (0.5, 0.65, 0.35)
    elif abs(end[0]) < abs(start[0]):
        shares = (0.2, 0.3, 0.4)
    else:
        shares = (0.8, 0.7, 0.6)
    for share in (*shares, *_FINE):
        bent = share * share * (3 - 2 * share)
        yield start[0] + bent * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


class Labels:
    """Labels and panels that have their places already, as rectangles on the floor."""

    def __init__(self, panels: Iterable[Panel]) -> None:
        self._by_depth: dict[int, list[tuple[float, float, float]]] = {}
        for panel in panels:
            half = (panel.columns * panel.cell_width + PLATE_WIDTH) / 2
            self._take((panel.x - PLATE_WIDTH / 2, panel.z), half)

    def place(self, text: str, spots: Sequence[Point]) -> Point:
        """Return the first free spot, or the first of all when none is free."""
        half = _LETTER_WIDTH * (len(text) + _PADDING) / 2
        chosen = next((spot for spot in spots if self._free(spot, half)), spots[0])
        self._take(chosen, half)
        return chosen

    def _take(self, spot: Point, half: float) -> None:
        self._by_depth.setdefault(math.floor(spot[1]), []).append((*spot, half))

    def _free(self, spot: Point, half: float) -> bool:
        x, z = spot
        slot = math.floor(z)
        near = (self._by_depth.get(depth, ()) for depth in (slot - 1, slot, slot + 1))
        return not any(
            abs(z - other_z) < _LABEL_DEPTH and abs(x - other_x) < half + other_half
            for other_x, other_z, other_half in itertools.chain.from_iterable(near)
        )
