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


def uncrossed(
    columns: Sequence[Column], strokes: Strokes, order: Sequence[float], kept: int
) -> list[float]:
    """Return an order with fewer crossings: for each column a number, from left to right.

    A column moves only where that takes crossings away, so an order without any stays.

    Args:
        columns: with the low and high ends of each.
        strokes: which columns the lines in each gap lead from and to, and how many do.
        order: a number for each column, to begin with.
        kept: how many of the columns, from the first on, keep their places.
    """
    sifting = _Sifting(columns, strokes, order)
    waiting: Sequence[int] = range(kept, len(columns))
    for _ in range(_ROUNDS):
        moved = {index for index in waiting if sifting.sift(index)}
        near = set().union(*(sifting.abreast(index) for index in moved))
        waiting = sorted(near.difference(range(kept)))
    return sifting.order


class _Sifting:
    def __init__(self, columns: Sequence[Column], strokes: Strokes, order: Sequence[float]) -> None:
        self.order = list(order)
        self._columns = columns
        self._gaps = [_Gap(gap) for gap in strokes]
        self._rows: list[set[int]] = [set() for _ in strokes]
        for index, column in enumerate(columns):
            for rank in range(column.low, column.high + 1):
                self._rows[rank].add(index)

    def abreast(self, index: int) -> set[int]:
        """Return the columns that share a row with this one, itself included."""
        column = self._columns[index]
        return set().union(*self._rows[column.low : column.high + 1])

    def sift(self, index: int) -> bool:
        """Move a column to where it has fewest crossings; say whether it has moved."""
        gains = self._gains(index)
        if not any(gains.values()):
            return False
        others = sorted(self.abreast(index) - {index}, key=lambda i: (self.order[i], i))
        here = sum(self.order[other] < self.order[index] for other in others)
        _, place = min(_sums(gains, others, here), key=lambda pair: pair[0])
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
        for gap in self._gaps[max(0, column.low - 1) : column.high + 1]:
            if gap.aslant:
                gap.add_gains(index, self.order, gains)
        return gains


class _Gap:
    """The lines between two rows, by the columns that they lead from and to."""

    def __init__(self, strokes: Mapping[tuple[int, int], int]) -> None:
        self._strokes = strokes
        self.aslant = [(a, b, count) for (a, b), count in strokes.items() if a != b]
        self._leaving: dict[int, list[tuple[int, int]]] = {}
        self._arriving: dict[int, list[tuple[int, int]]] = {}
        for a, b, count in self.aslant:
            self._leaving.setdefault(a, []).append((b, count))
            self._arriving.setdefault(b, []).append((a, count))

    def add_gains(self, index: int, order: Sequence[float], gains: dict[int, int]) -> None:
        """Add how the crossings in this gap change as a column moves to the right of each other."""
        straight = self._strokes.get((index, index), 0)
        if straight:
            for a, b, count in self.aslant:
                if index not in (a, b):
                    change = straight * count if order[b] > order[a] else -straight * count
                    gains[a] = gains.get(a, 0) + change
                    gains[b] = gains.get(b, 0) - change
        leaving, arriving = self._leaving.get(index, ()), self._arriving.get(index, ())
        if not leaving and not arriving:
            return
        # Where the column stands beside another, what leads to it leads as if to that one.
        for (a, b), count in self._strokes.items():
            if leaving and a != index:
                end = order[b] if b != index else order[a]
                change = sum(n * _sign(end - order[to]) for to, n in leaving if to != b)
                gains[a] = gains.get(a, 0) + count * change
            if arriving and b != index:
                end = order[a] if a != index else order[b]
                change = sum(n * _sign(end - order[of]) for of, n in arriving if of != a)
                gains[b] = gains.get(b, 0) + count * change


def _sums(gains: Mapping[int, int], others: Sequence[int], here: int) -> Iterator[tuple[int, int]]:
    """Yield each place and how many crossings more there are in it: this one, then near ones."""
    yield 0, here
    rightward = itertools.accumulate(gains.get(other, 0) for other in others[here:])
    leftward = itertools.accumulate(-gains.get(other, 0) for other in reversed(others[:here]))
    yield from zip(rightward, range(here + 1, len(others) + 1), strict=True)
    yield from zip(leftward, range(here - 1, -1, -1), strict=True)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
