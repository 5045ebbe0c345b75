"""Panels stay human in size for every shape a network can have."""

from __future__ import annotations

import pytest

from cnnwalk.layout.panels import MAX_HEIGHT, MAX_WIDTH, MIN_WIDTH, grid_of

CHANNELS = (1, 3, 5, 64, 1000, 2048, 4096)
SIDES = (1, 7, 14, 56, 112, 299)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("side", SIDES)
def test_size_is_human_and_holds_all_maps(channels: int, side: int):
    grid = grid_of((channels, side, side))
    assert grid.columns * grid.rows >= channels
    assert grid.columns * (grid.rows - 1) < channels, "a row is empty"
    assert MIN_WIDTH - 1e-9 <= grid.width <= MAX_WIDTH + 1e-9
    assert grid.height <= MAX_HEIGHT + 1e-9
    assert grid.cell_width == pytest.approx(grid.cell_height)


@pytest.mark.parametrize("channels", [16, 24, 32, 64, 96, 192, 255, 257, 1000, 1280, 2048, 4096])
@pytest.mark.parametrize("side", SIDES)
def test_grid_is_wider_than_tall(channels: int, side: int):
    grid = grid_of((channels, side, side))
    assert 1.15 <= grid.width / grid.height <= 2.1


@pytest.mark.parametrize(
    ("shape", "smallest", "largest"),
    [
        ((32, 112, 112), 0.31, 0.35),
        ((64, 112, 112), 0.31, 0.35),
        ((1280, 7, 7), 0.085, 0.105),
        ((2048, 7, 7), 0.08, 0.105),
        ((1000,), 0.07, 0.09),
        ((3, 224, 224), 0.85, 0.9),
    ],
)
def test_cells_have_the_size_of_their_maps(shape: tuple[int, ...], smallest: float, largest: float):
    assert smallest <= grid_of(shape).cell_width <= largest


def test_cells_shrink_with_the_map():
    widths = [grid_of((128, side, side)).cell_width for side in (56, 28, 14, 7)]
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == len(widths)


def test_three_channels_stand_in_a_row():
    assert (grid_of((3, 224, 224)).columns, grid_of((3, 224, 224)).rows) == (3, 1)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize(("height", "width"), [(64, 128), (480, 640), (100, 30), (40, 300)])
def test_maps_keep_their_aspect(channels: int, height: int, width: int):
    grid = grid_of((channels, height, width))
    assert grid.cell_width / grid.cell_height == pytest.approx(width / height)
    assert grid.width <= MAX_WIDTH + 1e-9
    assert grid.height <= MAX_HEIGHT + 1e-9


@pytest.mark.parametrize("shape", [(), (0,), (5, 7), (2, 3, 8, 8), (1, 1, 20000), (1, 20000, 1)])
def test_odd_shapes_have_a_panel_too(shape: tuple[int, ...]):
    grid = grid_of(shape)
    assert grid.columns * grid.rows >= 1
    assert 0 < grid.width <= MAX_WIDTH + 1e-9
    assert 0 < grid.height <= MAX_HEIGHT + 1e-9
