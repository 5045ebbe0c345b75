"""What an arrangement is built on before any width is known: rows, and columns in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from cnnwalk.layout.columns import Column, columns_in
from cnnwalk.layout.flow import Flow
from cnnwalk.layout.ranks import ranks_of
from cnnwalk.layout.strands import trunk_of


@dataclasses.dataclass(frozen=True, slots=True)
class Skeleton:
    """Where layers and edges stand relative to each other.

    Attributes:
        ranks: of each layer.
        aside: of each layer, how many columns lie between it and the trunk at most.
        columns: the trunk first.
        order: of the columns from left to right, a number each; None where it is free.
        kept: how many of the columns, from the first on, must keep their order.
    """

    ranks: Sequence[int]
    aside: Sequence[int]
    columns: Sequence[Column]
    order: Sequence[float] | None = None
    kept: int = 1


def free_skeleton(flow: Flow, outputs: Iterable[int]) -> Skeleton:
    """Return the skeleton that follows from the flow alone.

    Args:
        flow: the drawn flow.
        outputs: numbers of the layers that the network returns.
    """
    ranks = ranks_of(flow)
    trunk = trunk_of(flow, outputs)
    nesting = {i: strand.nesting() for strand in trunk.with_branches() for i in strand.layers}
    aside = [nesting[index] for index in range(len(ranks))]
    return Skeleton(ranks, aside, columns_in(flow, ranks, trunk))
