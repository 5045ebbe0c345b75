"""An image through a network: activations as frames, statistics, predictions; the bounded cache."""

from cnnwalk.passes.compute import PassError
from cnnwalk.passes.passes import Pass, Passes

__all__ = ["Pass", "PassError", "Passes"]
