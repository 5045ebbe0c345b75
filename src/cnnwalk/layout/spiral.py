"""The straight arrangement wound on a spiral, so that the far end of the walk is near.

The course is an Archimedean spiral that turns left and inward. A row of the straight
arrangement comes to stand on a ray from the spiral's centre: what stood to the left of the
trunk stands nearer to the centre, to the centimetre, and what led ahead leads around it.
In the spiral's own coordinates, the angle and the distance from the course, nothing has
moved, so what did not overlap or cross before does not now: rays meet in the centre only,
which no row reaches, and the turns are as far apart as the widest rows need.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import math
from collections.abc import Iterator, Sequence

from cnnwalk.layout.ground import Point, bounds_of, panel_ends, sign_ends
from cnnwalk.layout.places import Arrangement, Panel, Route, Sign

_AISLE = 1.0
_CORE = 3.0
_FRAME_ROOM = 4.0  # to the input frame's left, where the visitor picks images
_STEP = 0.8


@dataclasses.dataclass(frozen=True, slots=True)
class _Course:
    """The spiral through the rows of a straight arrangement.

    Attributes:
        depths: -z of each row, ascending, in m.
        angles: at which each row stands, ascending from 0, in rad.
        radius: of the course at the first row, in m.
        shrink: by how much the radius falls with the angle, in m/rad.
        centre: (x, z) of the spiral.
    """

    depths: tuple[float, ...]
    angles: tuple[float, ...]
    radius: float
    shrink: float
    centre: Point

    def angle(self, z: float) -> float:
        """Return the angle at which stands what stood at `z`."""
        last = max(1, len(self.depths) - 1)
        after = min(max(bisect.bisect_right(self.depths, -z), 1), last)
        if after >= len(self.depths):
            return (-z - self.depths[0]) / self.radius
        low, high = self.depths[after - 1], self.depths[after]
        share = (-z - low) / (high - low)
        return self.angles[after - 1] + share * (self.angles[after] - self.angles[after - 1])

    def place(self, x: float, z: float) -> tuple[Point, float]:
        """Return where what stood at (x, z) comes to stand, and how it is turned, in rad."""
        angle = self.angle(z)
        away = self.radius - self.shrink * angle + x
        at = self.centre[0] + away * math.cos(angle), self.centre[1] - away * math.sin(angle)
        return (round(at[0], 3), round(at[1], 3)), round(angle, 5)


def wound(straight: Arrangement) -> Arrangement:
    """Return a straight arrangement wound on a spiral.

    The first row and the input frame before it stay where they are. Rows are as far apart
    as before where the panels stand that are nearest to the centre, and farther outside.
    """
    course = _course_of(straight)
    panels = tuple(_turned_panel(panel, course) for panel in straight.panels)
    signs = tuple(_turned_sign(sign, course) for sign in straight.signs)
    routes = tuple(_turned_route(route, course) for route in straight.routes)
    frame = straight.input_frame
    return Arrangement(panels, routes, signs, frame, bounds_of(panels, routes, signs, frame))


def _course_of(straight: Arrangement) -> _Course:
    """Build the spiral from its end, where it is tightest, outward."""
    left, right = _reach(straight)
    inward: dict[float, float] = {}  # by depth, how far inside the course a panel stands
    for panel in straight.panels:
        inward[-panel.z] = max(inward.get(-panel.z, 0.0), -panel.x)
    depths = sorted(inward)
    shrink = (left + right + _AISLE) / math.tau
    radius = left + _CORE
    steps = [0.0]
    for ahead, behind in itertools.pairwise(reversed(depths)):
        step = (ahead - behind) / (radius - max(inward[ahead], inward[behind]))
        radius += shrink * step
        steps.append(step)
    angles = itertools.accumulate(reversed(steps[1:]), initial=0.0)
    centre = (-radius, -depths[0])
    return _Course(tuple(depths), tuple(angles), radius, shrink, centre)


def _reach(straight: Arrangement) -> Point:
    """Return how far anything reaches to the left and to the right of the course."""
    xs = [x for panel in straight.panels for x, _ in panel_ends(panel)]
    xs += [x for sign in straight.signs for x, _ in sign_ends(sign)]
    xs += [x for route in straight.routes for x, _ in route.points]
    return max(_FRAME_ROOM - straight.input_frame.x, -min(xs)), max(xs)


def _turned_panel(panel: Panel, course: _Course) -> Panel:
    (x, z), yaw = course.place(panel.x, panel.z)
    return dataclasses.replace(panel, x=x, z=z, yaw=yaw)


def _turned_sign(sign: Sign, course: _Course) -> Sign:
    (x, z), yaw = course.place(sign.x, sign.z)
    return dataclasses.replace(sign, x=x, z=z, yaw=yaw)


def _turned_route(route: Route, course: _Course) -> Route:
    at, yaw = course.place(*route.label_at)
    points = tuple(course.place(x, z)[0] for x, z in _finely(route.points, course))
    return dataclasses.replace(route, points=points, label_at=at, label_yaw=yaw)


def _finely(points: Sequence[Point], course: _Course) -> Iterator[Point]:
    """Yield the points and, where they come to lie far apart, points between them."""
    for (x0, z0), (x1, z1) in itertools.pairwise(points):
        apart = math.dist(course.place(x0, z0)[0], course.place(x1, z1)[0])
        count = max(1, math.ceil(max(apart, z0 - z1) / _STEP))
        for step in range(count):
            yield x0 + step / count * (x1 - x0), z0 + step / count * (z1 - z0)
    yield points[-1]
