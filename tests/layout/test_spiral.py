"""The spiral against rectangles turned and told apart here, from the panels alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest

from cnnwalk.graph import Graph
from cnnwalk.layout import PLATE_WIDTH, Arrangement, Panel, arrange

Build = Callable[[str], object]
Point = tuple[float, float]


def corners(panel: Panel) -> list[Point]:
    """The floor under a panel and its plate, 0.3 m deep, turned as the panel is."""
    half = panel.columns * panel.cell_width / 2
    cos, sin = math.cos(panel.yaw), math.sin(panel.yaw)
    ends = [(-half - PLATE_WIDTH, -0.15), (half, -0.15), (half, 0.15), (-half - PLATE_WIDTH, 0.15)]
    return [(panel.x + a * cos + b * sin, panel.z - a * sin + b * cos) for a, b in ends]


def apart(one: list[Point], other: list[Point]) -> bool:
    """Whether a line along one of their sides parts two rectangles."""
    for corner in (one, other):
        for (x0, z0), (x1, z1) in itertools.pairwise(corner[:3]):
            across = [(x - x0) * (x1 - x0) + (z - z0) * (z1 - z0) for x, z in (*one, *other)]
            if max(across[:4]) < min(across[4:]) or max(across[4:]) < min(across[:4]):
                return True
    return False


def overlaps(panels: tuple[Panel, ...]) -> list[tuple[str, str]]:
    return [
        (one.layer, other.layer)
        for one, other in itertools.combinations(panels, 2)
        if math.hypot(one.x - other.x, one.z - other.z) < 20
        and not apart(corners(one), corners(other))
    ]


def long(build: Build, length: int, width: int) -> Graph:
    """Blocks of `width` branches, again and again."""
    b = build(f"{length} x {width}")
    x = b.layer("input", shape=(3, 64, 64))
    for _ in range(length):
        branches = [b.chain(x, ["conv", "conv"]) for _ in range(width)]
        x = b.layer("add", *branches) if width > 1 else branches[0]
    return b.graph()


def spiral_of(graph: Graph) -> Arrangement:
    return arrange(graph, "spiral")


def test_panels_do_not_overlap(graph: Graph):
    assert overlaps(spiral_of(graph).panels) == []


@pytest.mark.parametrize(("length", "width"), [(1, 1), (40, 1), (40, 3), (25, 11), (2, 12)])
def test_panels_do_not_overlap_at_any_length_and_width(build: Build, length: int, width: int):
    panels = spiral_of(long(build, length, width)).panels
    assert overlaps(panels) == []


def test_the_oracle_finds_overlaps(build: Build):
    panels = spiral_of(long(build, 40, 3)).panels
    middle = panels[len(panels) // 2]
    moved = Panel("moved", middle.x + 0.2, 1.0, middle.z, middle.yaw + 0.3, 8, 8, 0.2, 0.2)
    assert ("moved", middle.layer) in overlaps((moved, *panels))


def test_a_long_walk_winds_up(build: Build):
    graph = long(build, 40, 1)
    straight, spiral = arrange(graph).bounds, spiral_of(graph).bounds
    length = straight.max_z - straight.min_z
    assert spiral.max_z - spiral.min_z < length / 3
    assert spiral.max_x - spiral.min_x < length / 3
    assert max(panel.yaw for panel in spiral_of(graph).panels) > 2 * math.pi


def test_it_winds_inward_from_the_input(build: Build):
    panels = spiral_of(long(build, 60, 1)).panels
    first, last = panels[0], panels[-1]
    middle_x = sum(p.x for p in panels) / len(panels)
    middle_z = sum(p.z for p in panels) / len(panels)
    away = [math.hypot(p.x - middle_x, p.z - middle_z) for p in (first, last)]
    assert away[0] > 1.5 * away[1]


def test_the_beginning_is_as_in_the_straight_arrangement(graph: Graph):
    straight, spiral = arrange(graph), spiral_of(graph)
    assert spiral.input_frame == straight.input_frame
    assert spiral.panels[0] == straight.panels[0]
    assert min(panel.yaw for panel in spiral.panels) == 0


def test_panels_face_who_comes_from_the_input(graph: Graph):
    straight, spiral = arrange(graph), spiral_of(graph)
    panels = {panel.layer: panel for panel in spiral.panels}
    on_trunk = {panel.layer for panel in straight.panels if panel.x == 0}
    for route in spiral.routes:
        if {route.source, route.target} <= on_trunk and route.label != "skip":
            source, target = panels[route.source], panels[route.target]
            before = (source.x - target.x) * math.sin(target.yaw)
            before += (source.z - target.z) * math.cos(target.yaw)
            assert before > 0


def test_routes_lead_from_panel_to_panel(graph: Graph):
    spiral = spiral_of(graph)
    panels = {panel.layer: panel for panel in spiral.panels}
    for route in spiral.routes:
        for end, panel in zip((0, -1), (route.source, route.target), strict=True):
            x, z = route.points[end]
            assert math.hypot(x - panels[panel].x, z - panels[panel].z) < 0.5
        steps = [math.dist(a, b) for a, b in itertools.pairwise(route.points)]
        assert max(steps) < 1.5


def test_nothing_crosses(build: Build, crossed: Callable[[Arrangement], list[object]]):
    assert crossed(spiral_of(long(build, 30, 5))) == []


def test_routes_pass_no_panel_but_their_ends(build: Build):
    spiral = spiral_of(long(build, 30, 5))
    panels = {panel.layer: corners(panel) for panel in spiral.panels}
    for route in spiral.routes:
        for (x0, z0), (x1, z1) in itertools.pairwise(route.points):
            piece = [(x0, z0), (x1, z1), (x1 + 0.01, z1 + 0.01), (x0 + 0.01, z0 + 0.01)]
            for layer, around in panels.items():
                near = math.dist(around[0], piece[0]) < 6
                if near and layer not in (route.source, route.target):
                    assert apart(around, piece), (route.source, route.target, layer)


def test_labels_and_signs_turn_with_what_they_stand_at(graph: Graph):
    spiral = spiral_of(graph)
    panels = {panel.layer: panel for panel in spiral.panels}
    for route in spiral.routes:
        yaws = panels[route.source].yaw, panels[route.target].yaw
        assert yaws[0] <= route.label_yaw <= yaws[1]
    for sign in spiral.signs:
        nearest = min(
            spiral.panels, key=lambda panel: math.hypot(panel.x - sign.x, panel.z - sign.z)
        )
        assert sign.yaw == pytest.approx(nearest.yaw, abs=0.2)


def test_bounds_hold_everything(graph: Graph):
    spiral = spiral_of(graph)
    bounds = spiral.bounds
    points = [point for panel in spiral.panels for point in corners(panel)]
    points += [point for route in spiral.routes for point in route.points]
    for x, z in points:
        assert bounds.min_x < x < bounds.max_x
        assert bounds.min_z < z < bounds.max_z


def test_an_unknown_course_is_refused(graph: Graph):
    with pytest.raises(ValueError, match="no course 'zigzag'; expected one of straight, spiral"):
        arrange(graph, "zigzag")
