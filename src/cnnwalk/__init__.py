"""Take a walk inside your CNN: every feature map of any PyTorch CNN, in the browser and in VR.

These names are the public API. Each is imported when it is first used, so that
``import cnnwalk`` loads neither torch nor the server.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnwalk.api import visualize, walk
    from cnnwalk.capture import CaptureError, capture
    from cnnwalk.graph import Graph
    from cnnwalk.networks import InputSpec, Network, NetworkError, load_network
    from cnnwalk.server.run import RunningWalk
    from cnnwalk.trackers import Marker, TrackerModule
    from cnnwalk.version import __version__

__all__ = [
    "CaptureError",
    "Graph",
    "InputSpec",
    "Marker",
    "Network",
    "NetworkError",
    "RunningWalk",
    "TrackerModule",
    "__version__",
    "capture",
    "load_network",
    "visualize",
    "walk",
]

_MODULES = {
    "CaptureError": "cnnwalk.capture",
    "Graph": "cnnwalk.graph",
    "InputSpec": "cnnwalk.networks",
    "Marker": "cnnwalk.trackers",
    "Network": "cnnwalk.networks",
    "NetworkError": "cnnwalk.networks",
    "RunningWalk": "cnnwalk.server.run",
    "TrackerModule": "cnnwalk.trackers",
    "__version__": "cnnwalk.version",
    "capture": "cnnwalk.capture",
    "load_network": "cnnwalk.networks",
    "visualize": "cnnwalk.api",
    "walk": "cnnwalk.api",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
