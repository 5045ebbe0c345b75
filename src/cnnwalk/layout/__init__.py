"""Graph -> places of panels and routes of edges; pure functions, no torch."""

from cnnwalk.layout.arrange import arrange
from cnnwalk.layout.panels import PLATE_WIDTH, TITLE_HEIGHT
from cnnwalk.layout.places import (
    COURSES,
    Arrangement,
    Bounds,
    Course,
    InputFrame,
    Panel,
    Route,
    Sign,
)

__all__ = [
    "COURSES",
    "PLATE_WIDTH",
    "TITLE_HEIGHT",
    "Arrangement",
    "Bounds",
    "Course",
    "InputFrame",
    "Panel",
    "Route",
    "Sign",
    "arrange",
]
