"""Where networks come from: the demo, torchvision, timm, trained files, a user's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnwalk.networks.load import load_network, network_from_module
from cnnwalk.networks.network import InputSpec, Network, NetworkError
from cnnwalk.networks.trial import try_out

if TYPE_CHECKING:
    from cnnwalk.networks.covid import CovidDenseNet, CovidResNet

__all__ = [
    "CovidDenseNet",
    "CovidResNet",
    "InputSpec",
    "Network",
    "NetworkError",
    "load_network",
    "network_from_module",
    "try_out",
]


def __getattr__(name: str) -> object:
    if name not in ("CovidDenseNet", "CovidResNet"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # They need torchvision, whose import takes seconds: who walks another network need not wait.
    from cnnwalk.networks import covid

    return getattr(covid, name)
