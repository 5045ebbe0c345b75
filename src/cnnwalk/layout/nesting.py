"""A first order of the columns: nested, as the tree of branches is.

Branches and lanes are packed outward from the strand they stand beside, the short ones
first, so that nested branches do not cross. What a strand and all that belongs to it
need to the left and right, rank by rank, is its profile; profiles are packed as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnwalk.layout.columns import Column

Profile = dict[int, tuple[float, float]]
"""By rank, what is taken to the left and to the right of a column's line, in m."""

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
        for child in sorted(children[index], key=turn):
            shifts[child] = _place(whole[index], whole[child])
    for index, column in enumerate(columns):
        if column.beside is not None:
            shifts[index] += shifts[column.beside]
    return shifts


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
