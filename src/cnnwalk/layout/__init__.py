"""Graph -> places of panels and routes of edges; pure functions, no torch."""

from cnnwalk.layout.arrange import PLATE_WIDTH, TITLE_HEIGHT, arrange
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
