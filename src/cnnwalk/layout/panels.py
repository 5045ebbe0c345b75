"""How large a panel is: the grid of a layer's maps and the size of its cells.

A cell's side grows with the 0.43rd power of the map's side, so that large maps are looked
at from afar and small ones from near without either filling the hall: 112 texels stand on
0.33 m, 7 texels on 0.10 m, single values on 0.08 m. The grid is about 1.5 times as wide
as tall, and is scaled as a whole where that would make the panel smaller or larger than
what a visitor of human size can take in.
"""

from __future__ import annotations

import dataclasses
import math

from cnnwalk.graph import maps_shape

FLOOR_CLEARANCE = 0.55
"""Height of every panel's lower edge above the floor, in m."""

PLATE_WIDTH = 1.1
"""Kept free to the left of every panel, for the plate with its statistics, in m."""

TITLE_HEIGHT = 0.45
"""Kept free above every panel, for its title, in m."""

MIN_WIDTH, MAX_WIDTH, MAX_HEIGHT = 1.2, 4.6, 3.4

_GRID_ASPECT = 1.5
_MIN_CELL, _MAX_CELL = 0.08, 0.9
_REFERENCE_CELL, _REFERENCE_MAP, _GROWTH = 0.1, 7, 0.43
_FEW_MAPS = 4
_MAX_MAP_ASPECT = 8.0
_COST_OF_EMPTY_CELLS = 2.0


@dataclasses.dataclass(frozen=True, slots=True)
class Grid:
    """Columns and rows of cells; the size of one cell with its gap, in m."""

    columns: int
    rows: int
    cell_width: float
    cell_height: float

    @property
    def width(self) -> float:
        return self.columns * self.cell_width

    @property
    def height(self) -> float:
        return self.rows * self.cell_height


def grid_of(shape: tuple[int, ...]) -> Grid:
    """Return the grid for an activation of this shape.

    Args:
        shape: without the batch axis; see `maps_shape`.

    Returns:
        A grid at most 4.6 m wide and 3.4 m tall, and at least 1.2 m wide unless its maps
        are so tall that the height's limit comes first. Maps keep their aspect up to 8:1.
    """
    channels, height, width = maps_shape(shape)
    aspect = min(max(height / width, 1 / _MAX_MAP_ASPECT), _MAX_MAP_ASPECT)
    columns = _columns(channels, aspect)
    rows = math.ceil(channels / columns)
    side = _cell_side(channels, math.sqrt(height * width))
    cell_width = side / math.sqrt(aspect)
    cell_width = max(cell_width, MIN_WIDTH / columns)
    cell_width = min(cell_width, MAX_WIDTH / columns, MAX_HEIGHT / (rows * aspect))
    return Grid(columns, rows, cell_width, cell_width * aspect)


def _cell_side(channels: int, map_side: float) -> float:
    side = max(_MIN_CELL, _REFERENCE_CELL * math.pow(map_side / _REFERENCE_MAP, _GROWTH))
    if channels <= _FEW_MAPS:
        side *= 2  # a row of pictures, such as the three channels of the input
    return min(side, _MAX_CELL)


def _columns(channels: int, aspect: float) -> int:
    """Return the number of columns nearest to the wanted aspect with few empty cells."""
    if channels <= _FEW_MAPS and aspect <= 2:
        return channels
    ideal = math.sqrt(_GRID_ASPECT * channels * aspect)
    candidates = range(max(1, math.ceil(ideal * 0.85)), min(channels, math.ceil(ideal * 1.3)) + 1)

    def cost(columns: int) -> float:
        rows = math.ceil(channels / columns)
        off = abs(math.log(columns / (rows * aspect) / _GRID_ASPECT))
        return off + _COST_OF_EMPTY_CELLS * (columns * rows - channels) / channels

    return min(candidates, key=cost, default=channels)
