"""Where panels stand and edges run: the result of a layout, plain data.

Right-handed metres: x to the right, y up from the floor, and the walk goes along -z,
from the input frame at the front (largest z) to the outputs. A panel with yaw 0 faces
+z, towards a visitor who comes from the input.
"""

from __future__ import annotations

import dataclasses
import typing
from typing import Literal

Course = Literal["straight", "spiral"]
"""How the walk runs: straight ahead, or wound up so that the far end is near."""

COURSES: tuple[Course, ...] = typing.get_args(Course)


@dataclasses.dataclass(frozen=True, slots=True)
class Panel:
    """A layer as it stands in space: a grid of cells, row by row from the upper left.

    Attributes:
        layer: id of the layer.
        x, y, z: of the panel's centre, in m.
        yaw: turn about the vertical axis through the centre, in rad.
        columns, rows: of the grid; the last row may be short.
        cell_width, cell_height: of one cell with its gap, in m.
    """

    layer: str
    x: float
    y: float
    z: float
    yaw: float
    columns: int
    rows: int
    cell_width: float
    cell_height: float


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """An edge on the floor.

    Attributes:
        source, target: ids of the layers it connects.
        label: what happens on the way, None when the target's own label says it.
        points: (x, z) in m, from the source to the target; drawn as a smooth ribbon.
        label_at: (x, z) in m where the label lies.
        label_yaw: turn of the label about the vertical, in rad; 0 is read by who walks along -z.
    """

    source: str
    target: str
    label: str | None
    points: tuple[tuple[float, float], ...]
    label_at: tuple[float, float]
    label_yaw: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Sign:
    """The marker that stands where a block begins, or where the network's own code sets one.

    Attributes:
        block: id of the block, None for a landmark of the network's own code.
        text: what it says, such as ``layer1.0 · Bottleneck``.
        depth: nesting of the block, 0 for the outermost that has a sign.
        x, z: of its foot, in m.
        yaw: turn about its foot, in rad.
    """

    block: str | None
    text: str
    depth: int
    x: float
    z: float
    yaw: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class InputFrame:
    """The canvas in front of the network that takes the input image: centre and size in m.

    It faces +z in every arrangement.
    """

    x: float
    y: float
    z: float
    width: float
    height: float


@dataclasses.dataclass(frozen=True, slots=True)
class Bounds:
    """The floor that the network covers, in m."""

    min_x: float
    max_x: float
    min_z: float
    max_z: float


@dataclasses.dataclass(frozen=True, slots=True)
class Arrangement:
    """A graph laid out in space; panels in the graph's order of layers."""

    panels: tuple[Panel, ...]
    routes: tuple[Route, ...]
    signs: tuple[Sign, ...]
    input_frame: InputFrame
    bounds: Bounds
