"""Find the graph of any PyTorch network by running it once, its activations by running it again.

The op list of a `Recording` is the one truth; each granularity is a small pure function of it.

======================  ==========================================================================
while a network runs    calls and kernels see what it does, modules where, identity whose data a
                        tensor holds, state what must be put back; arguments, failure, trackercalls
one recorded pass       recorder makes a recording of operations; flow keeps what leads from an
                        input to an output; check says what does not agree
what is it called       kinds, labels, names, joins
granularities           ops, leaves, layers, trackers (with trackerflow and precursors), merge; each
                        is made into layers, edges and blocks by assemble and blocks
running it again        observe, and path where it takes another way
======================  ==========================================================================
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType

from torch import nn

from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.observe import observe
from cnnwalk.capture.recorder import record
from cnnwalk.capture.recording import Recording
from cnnwalk.graph import Granularity, Graph, TrackerMode

__all__ = ["CaptureError", "Recording", "capture", "observe", "record"]


def capture(  # noqa: PLR0913  # a forward call's arguments, and what to make of it
    model: nn.Module,
    example_input: object,
    kwargs: Mapping[str, object] | None = None,
    *,
    granularity: Granularity = "layers",
    trackers: TrackerMode = "merge",
    name: str | None = None,
) -> Graph:
    """Return the graph of a network; see `record` and `Recording.graph`."""
    return record(model, example_input, kwargs, name=name).graph(granularity, trackers=trackers)


class _CallablePackage(ModuleType):
    """Python binds `cnnwalk.capture` to this package as soon as any part of it is imported,
    in place of the function of that name in the public API: so the package is callable.
    """

    __call__ = staticmethod(capture)


sys.modules[__name__].__class__ = _CallablePackage
