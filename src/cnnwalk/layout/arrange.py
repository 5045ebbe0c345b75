"""Graph -> arrangement, step by step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from cnnwalk.graph import Graph, Layer
from cnnwalk.layout.across import Room, across_of
from cnnwalk.layout.flow import flow_of
from cnnwalk.layout.ground import SIGN_WIDTH, bounds_of
from cnnwalk.layout.panels import FLOOR_CLEARANCE, PLATE_WIDTH, TITLE_HEIGHT, Grid, grid_of
from cnnwalk.layout.places import COURSES, Arrangement, Course, InputFrame, Panel, Sign
from cnnwalk.layout.positions import skeleton_by_positions
from cnnwalk.layout.routes import gap_shifts, routes_of
from cnnwalk.layout.signs import Notice, notices
from cnnwalk.layout.skeleton import Skeleton, free_skeleton
from cnnwalk.layout.spiral import wound

_PANEL_MARGIN = 0.3
_SIGN_STEP = SIGN_WIDTH + 0.1
_SIGN_FORWARD = 0.5
_GAP, _GAP_AT_BLOCK, _MAX_GAP = 2.4, 3.0, 4.0
_GAP_PER_SHIFT = 0.15
# The client's camera sees 56 degrees of height; half the tangent's inverse is 0.94.
_VIEW_DISTANCE, _VIEW_ASPECT, _VIEW_ROOM = 0.94, 9 / 16, 0.6
_FRAME_SIDE, _FRAME_DISTANCE = 1.5, 2.4


def arrange(graph: Graph, course: Course = "straight") -> Arrangement:
    """Lay a graph out in space.

    The trunk, the path with most parameters and layers, stands at x = 0 straight ahead;
    branches stand beside it in straight lines; every edge leads deeper. Where all layers
    but the inputs have positions of their own, these say what stands where instead. Nothing
    overlaps: neither panels with the strips of 1.1 m to their left and 0.45 m above them,
    nor routes and panels that are not their ends. The result depends on nothing but the graph.

    Args:
        graph: with layers in order of execution.
        course: how the walk runs; a spiral is the straight arrangement wound up, which
            turns panels, signs and labels and leaves the input frame as it is.

    Returns:
        Panels in the graph's order of layers; routes by target. A cat that extends an
        earlier cat has a route from it in place of routes from its inputs.

    Raises:
        ValueError: the graph has no layers, or an edge that does not point forward, or
            there is no such course.
    """
    if course not in COURSES:
        message = f"there is no course {course!r}; expected one of {', '.join(COURSES)}"
        raise ValueError(message)
    if not graph.layers:
        message = f"graph {graph.name} has no layers; expected at least its input"
        raise ValueError(message)
    flow = flow_of(graph)
    number = {layer.id: index for index, layer in enumerate(graph.layers)}
    outputs = [number[i] for i in graph.outputs]
    skeleton = skeleton_by_positions(flow) or free_skeleton(flow, outputs)
    ranks = skeleton.ranks
    noted = notices(graph, _places(graph, skeleton))
    grids = [grid_of(layer.shape) for layer in graph.layers]
    rooms = [
        _room(grid, len(noted.get(layer.id, ())))
        for layer, grid in zip(graph.layers, grids, strict=True)
    ]
    across = across_of(flow, skeleton, rooms)
    gaps = _gaps(grids, ranks, {ranks[number[layer]] for layer in noted})
    rows = _rows(gaps, gap_shifts(flow, ranks, across))
    panels = tuple(
        _panel(layer, grid, across.layers[i], rows[ranks[i]])
        for i, (layer, grid) in enumerate(zip(graph.layers, grids, strict=True))
    )
    signs = tuple(
        itertools.chain.from_iterable(
            _signs(noted[panel.layer], panel) for panel in panels if panel.layer in noted
        )
    )
    frame = _input_frame(graph, panels, number)
    routes = routes_of(flow, ranks, across, rows, panels)
    bounds = bounds_of(panels, routes, signs, frame)
    straight = Arrangement(panels, routes, signs, frame, bounds)
    return straight if course == "straight" else wound(straight)


def _places(graph: Graph, skeleton: Skeleton) -> dict[str, tuple[int, ...]]:
    """Return by which order a block's first layer is found: rank, then nearness to the trunk.

    So its sign stands where a visitor passes who walks straight on.
    """
    places = zip(skeleton.ranks, skeleton.aside, range(len(graph.layers)), strict=True)
    return dict(zip((layer.id for layer in graph.layers), places, strict=True))


def _room(grid: Grid, signs: int) -> Room:
    half = grid.width / 2 + _PANEL_MARGIN
    return Room(half + PLATE_WIDTH, half + signs * _SIGN_STEP)


def _gaps(grids: Sequence[Grid], ranks: Sequence[int], at_block: set[int]) -> list[float]:
    """Return how much room each rank needs before it, so that its panels are seen whole.

    Who steps back farther would stand behind the panels of the rank before.
    """
    gaps = [_GAP_AT_BLOCK if rank in at_block else _GAP for rank in range(max(ranks) + 1)]
    for grid, rank in zip(grids, ranks, strict=True):
        tall = grid.height + TITLE_HEIGHT
        wide = (grid.width + PLATE_WIDTH) * _VIEW_ASPECT
        gaps[rank] = max(gaps[rank], _VIEW_DISTANCE * max(tall, wide) + _VIEW_ROOM)
    return gaps


def _rows(gaps: Sequence[float], shifts: Mapping[int, float]) -> list[float]:
    """Return z of each rank: gaps are deeper where lines move far."""
    rows = [0.0]
    for rank, gap in enumerate(gaps[1:]):
        bend = min(_MAX_GAP, 2.0 + _GAP_PER_SHIFT * shifts.get(rank, 0.0))
        rows.append(round(rows[-1] - max(gap, bend), 2))
    return rows


def _panel(layer: Layer, grid: Grid, x: float, z: float) -> Panel:
    return Panel(
        layer=layer.id,
        x=x,
        y=FLOOR_CLEARANCE + grid.height / 2,
        z=z,
        yaw=0.0,
        columns=grid.columns,
        rows=grid.rows,
        cell_width=grid.cell_width,
        cell_height=grid.cell_height,
    )


def _signs(said: Sequence[Notice], panel: Panel) -> Iterator[Sign]:
    """Yield the signs to the right of a panel and a step before it, side by side."""
    right = panel.x + panel.columns * panel.cell_width / 2 + _PANEL_MARGIN
    for index, notice in enumerate(said):
        x, z = round(right + index * _SIGN_STEP, 3), round(panel.z + _SIGN_FORWARD, 3)
        yield Sign(notice.block, notice.text, notice.depth, x, z)


def _input_frame(graph: Graph, panels: Sequence[Panel], number: Mapping[str, int]) -> InputFrame:
    first = number[graph.inputs[0]] if graph.inputs else 0
    shape = graph.layers[first].shape
    height, width = shape[-2:] if len(shape) > 2 else (1, 1)
    longest = max(height, width)
    size = _FRAME_SIDE * width / longest, _FRAME_SIDE * height / longest
    at = panels[first]
    return InputFrame(at.x, FLOOR_CLEARANCE + size[1] / 2, at.z + _FRAME_DISTANCE, *size)
