"""Trackers' own positions, against the rows and columns that they ask for."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from cnnwalk.graph import Graph
from cnnwalk.layout import PLATE_WIDTH, Arrangement, arrange

Build = Callable[[str], object]
Clear = Callable[[Arrangement], None]


def residual(build: Build) -> Graph:
    """A block with a branch to the right in rows 2 and 3, as the paper's grid has it."""
    b = build("tracked")
    x = b.layer("input", shape=(3, 64, 64))
    x = b.layer("conv", x, position=(0, 0))
    left = b.layer("conv", x, position=(1, 0))
    left = b.layer("conv", left, position=(2, 0))
    right = b.layer("conv", x, position=(1.5, 1), shape=(2048, 7, 7))
    b.layer("add", left, right, position=(3, 0))
    return b.graph()


def test_rows_are_depths_and_columns_stand_side_by_side(build: Build, clear: Clear):
    result = arrange(residual(build))
    image, stem, one, two, aside, join = result.panels
    assert image.z > stem.z > one.z > aside.z > two.z > join.z
    assert {p.x for p in (image, stem, one, two, join)} == {0.0}
    assert aside.x > aside.columns * aside.cell_width / 2
    clear(result)


def test_columns_are_as_wide_as_their_panels(build: Build, clear: Clear):
    b = build("columns")
    x = b.layer("input")
    for column, channels in ((-1, 2048), (0, 8), (1, 2048), (2, 8)):
        b.layer("conv", x, shape=(channels, 7, 7), position=(0, column))
    result = arrange(b.graph())
    row = result.panels[1:]
    assert len({panel.z for panel in row}) == 1
    for left, right in itertools.pairwise(row):
        room = right.x - left.x - (left.columns + right.columns) / 2 * left.cell_width
        assert right.x > left.x
        assert room < PLATE_WIDTH + 3
    clear(result)


def test_layers_on_one_cell_move_apart(build: Build, clear: Clear):
    b = build("one cell")
    x = b.layer("input")
    x = b.layer("conv", x, position=(0, 0))
    twins = [b.layer("conv", x, position=(1, 0)) for _ in range(3)]
    b.layer("add", *twins, position=(2, 0))
    result = arrange(b.graph())
    abreast = result.panels[2:5]
    assert len({panel.z for panel in abreast}) == 1
    assert len({panel.x for panel in abreast}) == 3
    clear(result)


@pytest.mark.parametrize("row", [0, 1, 2])
def test_an_edge_that_leads_back_is_led_around(build: Build, clear: Clear, row: int):
    b = build("back")
    x = b.layer("conv", b.layer("input"), position=(0, 0))
    x = b.layer("conv", x, position=(1, 0))
    x = b.layer("conv", x, position=(2, 0))
    y = b.layer("conv", x, position=(row, 1))
    result = arrange(b.graph(y))
    clear(result)
    panels = {panel.layer: panel for panel in result.panels}
    (route,) = [route for route in result.routes if route.target == y]
    assert route.points[0][1] < panels[x].z
    assert route.points[-1][1] > panels[y].z
    assert max(z for _, z in route.points) > panels[y].z + 0.4


def test_a_long_edge_passes_what_stands_in_its_column(build: Build, clear: Clear):
    b = build("past")
    x = b.layer("conv", b.layer("input"), position=(0, 0))
    y = b.chain(x, [])
    for row in range(1, 5):
        y = b.layer("conv", y, position=(row, 0))
    b.layer("add", y, x, position=(5, 0))
    clear(arrange(b.graph()))


def test_positions_are_left_out_of_account_where_a_layer_has_none(build: Build):
    b = build("partly")
    x = b.layer("conv", b.layer("input"), position=(5, 3))
    x = b.layer("conv", x)
    x = b.layer("conv", x, position=(0, -2))
    panels = arrange(b.graph()).panels
    assert {panel.x for panel in panels} == {0.0}
    assert [panel.z for panel in panels] == sorted((p.z for p in panels), reverse=True)


def test_a_tracked_walk_winds_up_too(build: Build):
    panels = arrange(residual(build), "spiral").panels
    assert len({panel.yaw for panel in panels}) == 6
