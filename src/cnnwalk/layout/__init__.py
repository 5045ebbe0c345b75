"""Graph -> places of panels and routes of edges; pure functions, no torch."""

from cnnwalk.layout.places import Arrangement, Bounds, InputFrame, Panel, Route, Sign

__all__ = ["Arrangement", "Bounds", "InputFrame", "Panel", "Route", "Sign"]
