"""A first order of the columns: nested, as the tree of branches is.

Branches and lanes are packed outward from the strand they stand beside, the short ones
first, so that nested branches do not cross, each where it first finds room. What a strand
and all that belongs to it need to the left and right, rank by rank, is its profile;
profiles are packed as they are.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from cnnwalk.layout.columns import Column

Profile = dict[int, tuple[float, float]]
"""By rank, what is taken to the left and to the right of a column's line, in m."""

_TINY = 1e-6  # what rounding may add up to
_SLIGHTLY = 0.01  # what the left must be better by, so that equal networks look equal


def nested(columns: Sequence[Column], profiles: Sequence[Profile]) -> list[float]:
    """Return for each column how far to the right of the trunk it would stand, in m.

    Args:
        columns: the trunk first, each after the one it stands beside.
        profiles: what each takes by itself.
    """
    whole = [dict(profile) for profile in profiles]
    first = [min(column.layers, default=min(column.edges, default=(0, 0))[0]) for column in columns]
    children: list[list[int]] = [[] for _ in columns]
    for index, column in enumerate(columns):
        if column.beside is not None:
            children[column.beside].append(index)
    shifts = [0.0] * len(columns)

    def turn(index: int) -> tuple[int, int, int]:
        low, high = min(whole[index]), max(whole[index])
        return high - low, low, first[index]

    for index in range(len(columns) - 1, -1, -1):
        beside = _Beside(whole[index])
        for child in sorted(children[index], key=turn):
            shifts[child] = beside.place(whole[child])
    for index, column in enumerate(columns):
        if column.beside is not None:
            shifts[index] += shifts[column.beside]
    return shifts


class _Beside:
    """What stands beside a column already, by rank, from left to right."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._taken = {rank: [(-left, right)] for rank, (left, right) in profile.items()}

    def place(self, item: Profile) -> float:
        """Put an item where there is room, on the side where it ends nearer.

        Adds it to the profile, too, and returns how far it is shifted, negative to the left.
        """
        right, left = self._shift(item, 1), self._shift(item, -1)
        far_right = right + max(room[1] for room in item.values())
        far_left = -left + max(room[0] for room in item.values())
        shift = right if far_right <= far_left + _SLIGHTLY else left
        for rank, room in item.items():
            before = self._profile.get(rank, (0.0, 0.0))
            after = max(before[0], room[0] - shift), max(before[1], room[1] + shift)
            self._profile[rank] = after
            bisect.insort(self._taken.setdefault(rank, []), (shift - room[0], shift + room[1]))
        return shift

    def _shift(self, item: Profile, side: int) -> float:
        """Return the smallest shift to a side at which the item meets nothing."""
        inner, outer = (0, 1) if side > 0 else (1, 0)
        shift = max(room[inner] for room in item.values())
        moved = True
        while moved:
            moved = False
            for rank, room in item.items():
                for taken in self._taken.get(rank, ())[::side]:
                    ends = taken if side > 0 else (-taken[1], -taken[0])
                    near, far = shift - room[inner], shift + room[outer]
                    if ends[0] < far - _TINY and near < ends[1] - _TINY:
                        shift, moved = ends[1] + room[inner], True
        return side * shift
