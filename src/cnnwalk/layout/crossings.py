"""The order of columns in which few lines cross.

Two lines cross in a gap between rows if and only if their columns stand in one order before
it and in the other behind it. So crossings are a matter of the columns' order alone. It is
improved by sifting: each column in turn tries all places among those it shares rows with.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from cnnwalk.layout.columns import Column

Strokes = Sequence[Mapping[tuple[int, int], int]]

_ROUNDS = 6


def uncrossed(columns: Sequence[Column], strokes: Strokes, order: Sequence[float]) -> list[float]:
    """Return an order with fewer crossings: for each column a number, from left to right.

    A column moves only where that takes crossings away, so an order without any stays.

    Args:
        columns: the trunk first, which keeps its place.
        strokes: which columns the lines in each gap lead from and to, and how many do.
        order: a number for each column, to begin with.
    """
    sifting = _Sifting(columns, strokes, order)
    for _ in range(_ROUNDS):
        if not sifting.improve():
            break
    return sifting.order


class _Sifting:
    def __init__(self, columns: Sequence[Column], strokes: Strokes, order: Sequence[float]) -> None:
        self.order = list(order)
        self._columns = columns
        self._strokes = strokes
        self._aslant = [
            [(a, b, count) for (a, b), count in gap.items() if a != b] for gap in strokes
        ]
        rows: list[set[int]] = [set() for _ in strokes]
        for index, column in enumerate(columns):
            for rank in range(column.low, column.high + 1):
                rows[rank].add(index)
        self._rows = rows

    def improve(self) -> bool:
        """Sift every column but the trunk once; say whether any has moved."""
        moved = [self._sift(index) for index in range(1, len(self._columns))]
        return any(moved)

    def _sift(self, index: int) -> bool:
        gains = self._gains(index)
        if not gains:
            return False
        column = self._columns[index]
        rows = self._rows[column.low : column.high + 1]
        others = sorted(set().union(*rows) - {index}, key=lambda i: (self.order[i], i))
        here = sum(self.order[other] < self.order[index] for other in others)
        best = (0, here)
        for place, gain in _sums(gains, others, here):
            best = min(best, (gain, place), key=lambda pair: pair[0])
        place = best[1]
        if place == here:
            return False
        left = self.order[others[place - 1]] if place else self.order[others[0]] - 2
        right = self.order[others[place]] if place < len(others) else self.order[others[-1]] + 2
        self.order[index] = (left + right) / 2
        return True

    def _gains(self, index: int) -> dict[int, int]:
        """Return for each other column how many crossings more there are to the right of it."""
        gains: dict[int, int] = {}
        column = self._columns[index]
        for gap in range(max(0, column.low - 1), column.high + 1):
            if self._aslant[gap]:
                self._gains_in(gap, index, gains)
        return gains

    def _gains_in(self, gap: int, index: int, gains: dict[int, int]) -> None:
        order, strokes = self.order, self._strokes[gap]
        straight = strokes.get((index, index), 0)
        leaving = [(b, count) for a, b, count in self._aslant[gap] if a == index]
        arriving = [(a, count) for a, b, count in self._aslant[gap] if b == index]
        if straight:
            for a, b, count in self._aslant[gap]:
                if index not in (a, b):
                    change = straight * count * _sign(order[b] - order[a])
                    gains[a] = gains.get(a, 0) + change
                    gains[b] = gains.get(b, 0) - change
        if not leaving and not arriving:
            return
        # Where the column stands beside another, what leads to it leads as if to that one.
        for (a, b), count in strokes.items():
            if a != index:
                end = order[b] if b != index else order[a]
                change = sum(n * _sign(end - order[to]) for to, n in leaving if to != b)
                gains[a] = gains.get(a, 0) + count * change
            if b != index:
                end = order[a] if a != index else order[b]
                change = sum(n * _sign(end - order[of]) for of, n in arriving if of != a)
                gains[b] = gains.get(b, 0) + count * change


def _sums(gains: Mapping[int, int], others: Sequence[int], here: int) -> Iterator[tuple[int, int]]:
    """Yield each other place and how many crossings more there are in it, near ones first."""
    rightward = itertools.accumulate(gains.get(other, 0) for other in others[here:])
    leftward = itertools.accumulate(-gains.get(other, 0) for other in reversed(others[:here]))
    yield from enumerate(rightward, start=here + 1)
    yield from zip(range(here - 1, -1, -1), leftward, strict=True)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
