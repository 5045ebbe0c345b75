"""What an arrangement covers of the floor."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from cnnwalk.layout.panels import PLATE_WIDTH
from cnnwalk.layout.places import Bounds, InputFrame, Panel, Route, Sign

Point = tuple[float, float]

SIGN_WIDTH = 0.92
"""A sign's board, from its foot to the right, in m."""

_MARGIN = 1.0


def panel_ends(panel: Panel) -> tuple[Point, Point]:
    """Return (x, z) of a panel's left end, its plate included, and of its right end."""
    half = panel.columns * panel.cell_width / 2
    return _beside(panel, -half - PLATE_WIDTH), _beside(panel, half)


def sign_ends(sign: Sign) -> tuple[Point, Point]:
    """Return (x, z) of a sign's foot and of its board's other end."""
    return (sign.x, sign.z), _beside(sign, SIGN_WIDTH)


def bounds_of(
    panels: Sequence[Panel], routes: Sequence[Route], signs: Sequence[Sign], frame: InputFrame
) -> Bounds:
    """Return the floor that all of it covers, with a margin of 1 m."""
    half = frame.width / 2
    points: list[Point] = [(frame.x - half, frame.z), (frame.x + half, frame.z)]
    points += (end for panel in panels for end in panel_ends(panel))
    points += (end for sign in signs for end in sign_ends(sign))
    points += (point for route in routes for point in route.points)
    return _around(points)


def _around(points: Iterable[Point]) -> Bounds:
    xs, zs = zip(*points, strict=True)
    return Bounds(min(xs) - _MARGIN, max(xs) + _MARGIN, min(zs) - _MARGIN, max(zs) + _MARGIN)


def _beside(place: Panel | Sign, right: float) -> Point:
    return place.x + right * math.cos(place.yaw), place.z - right * math.sin(place.yaw)
