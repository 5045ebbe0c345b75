"""The halls of a walk: each network with some of its blocks collapsed, on a course."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Collection, Iterable
from http import HTTPStatus

from cnnwalk.collapse import blocks_at, collapse, layers_in
from cnnwalk.graph import Graph
from cnnwalk.layout import Course
from cnnwalk.layout.arrange import arrange
from cnnwalk.passes.cache import ByteCache
from cnnwalk.server.messages import Hall
from cnnwalk.server.problems import ProblemError, not_found

_CAPACITY = 64 * 2**20


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """How a network is shown.

    Attributes:
        collapsed: ids of blocks in the graph's order, none of them inside another one.
        course: how the walk runs.
    """

    collapsed: tuple[str, ...] = ()
    course: Course = "straight"


def view_of(
    graph: Graph,
    collapsed: Collection[str] = (),
    *,
    depth: int | None = None,
    course: Course = "straight",
) -> View:
    """Return the view that is asked for: by the ids of blocks, or by how deep blocks are open.

    Raises:
        ProblemError: 404, there is no such block; 422, both ways are used.
    """
    if depth is not None:
        if collapsed:
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"Both depth={depth} and collapsed={next(iter(collapsed))!r} say which blocks "
                "are collapsed; give one of them.",
            )
        collapsed = blocks_at(graph, depth)
    known = {block.id for block in graph.blocks}
    for block in collapsed:
        if block not in known:
            raise not_found("block", block, f"{graph.name} has {len(known)} others")
    return View(_outermost(graph, collapsed), course)


class Halls:
    """Arranges halls when they are asked for, and keeps what was asked for last.

    For use by several threads. Halls are kept as the bytes that the page is sent, within
    `capacity_bytes`.
    """

    def __init__(self, capacity_bytes: int = _CAPACITY) -> None:
        self._kept: ByteCache[tuple[str, View], bytes] = ByteCache(capacity_bytes)
        # One at a time: to arrange takes a whole core, which the passes need as well.
        self._arranging = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return self._kept.size

    def read(self, network: str, graph: Graph, view: View) -> bytes:
        """Return the hall of a network as the JSON of a `Hall`.

        Args:
            network: id that names the graph.
            graph: with nothing collapsed.
            view: of this graph.
        """
        key = (network, view)
        with self._arranging:
            kept = self._kept.get(key)
            if kept is None:
                kept = _hall(network, graph, view).model_dump_json().encode()
                self._kept.put(key, kept, len(kept))
            return kept


def _hall(network: str, graph: Graph, view: View) -> Hall:
    shown = collapse(graph, view.collapsed)
    return Hall(
        network=network,
        graph=shown,
        arrangement=arrange(shown, course=view.course),
        collapsed=list(view.collapsed),
        course=view.course,
        layers_in={block: len(layers) for block, layers in layers_in(graph).items()},
    )


def _outermost(graph: Graph, blocks: Iterable[str]) -> tuple[str, ...]:
    """Return the blocks that lie in no other of them, in the graph's order."""
    chosen = set(blocks)
    parents = {block.id: block.parent for block in graph.blocks}

    def is_covered(block: str) -> bool:
        parent = parents[block]
        return parent is not None and (parent in chosen or is_covered(parent))

    return tuple(
        block.id for block in graph.blocks if block.id in chosen and not is_covered(block.id)
    )
