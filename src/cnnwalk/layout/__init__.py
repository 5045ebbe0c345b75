"""Graph -> places of panels and routes of edges; pure functions, no torch."""

from cnnwalk.layout.arrange import PLATE_WIDTH, TITLE_HEIGHT, arrange
from cnnwalk.layout.places import Arrangement, Bounds, InputFrame, Panel, Route, Sign

__all__ = [
    "PLATE_WIDTH",
    "TITLE_HEIGHT",
    "Arrangement",
    "Bounds",
    "InputFrame",
    "Panel",
    "Route",
    "Sign",
    "arrange",
]
