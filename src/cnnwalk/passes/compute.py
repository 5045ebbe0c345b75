"""One forward pass: activations become frames as they are computed, then comes the result."""

from __future__ import annotations

import time
from collections.abc import Callable

from torch import Tensor

from cnnwalk.capture import CaptureError, observe
from cnnwalk.graph import Graph, Layer
from cnnwalk.networks import Network
from cnnwalk.passes.encode import Coded, encode
from cnnwalk.passes.maps import ranges, to_maps
from cnnwalk.passes.predictions import predictions
from cnnwalk.passes.run import Run
from cnnwalk.passes.statistics import statistics
from cnnwalk.pixels import AnyImage, ChannelError
from cnnwalk.wire import (
    LayerHeader,
    Level,
    ProblemHeader,
    ResultHeader,
    Statistics,
    encode_frame,
)


class PassError(RuntimeError):
    """A pass could not be computed; the message is a sentence for people."""


class _CancelledError(Exception):
    pass


def compute(
    network: Network, graph: Graph, load: Callable[[], AnyImage], run: Run
) -> ResultHeader | ProblemHeader | None:
    """Run an image through a network, adding each layer's frames to `run`.

    Returns:
        What ends the pass, whatever the network raised; None when the run was cancelled.
    """

    def on_activation(layer: Layer, activation: Tensor) -> None:
        if not run.goes_on():
            raise _CancelledError
        try:
            frames = layer_frames(layer.id, activation)
        except Exception as error:
            raise PassError(f"Layer {layer.id} cannot be shown: {_text(error)}") from error
        run.add(layer.id, *frames)

    if not run.goes_on():
        return None
    try:
        prepared = prepare(network, load)
        started = time.perf_counter()
        output = forward(network, graph, prepared, on_activation)
        seconds = time.perf_counter() - started
        return ResultHeader(predictions=predictions(output, network.classes), seconds=seconds)
    except _CancelledError:
        return None
    except PassError as error:
        return ProblemHeader(detail=str(error))
    # A network's code may even try to end the process.
    except (Exception, SystemExit) as error:
        return ProblemHeader(detail=f"The pass of {network.name} stopped: {_text(error)}")


def prepare(network: Network, load: Callable[[], AnyImage]) -> Tensor:
    """Load an image and make the network's input of it.

    Raises:
        PassError: the image could not be had.
    """
    try:
        return network.prepare(load())
    except ChannelError as error:
        raise PassError(f"{network.name} cannot take this image. {error}") from error
    except Exception as error:
        raise PassError(
            f"The image could not be prepared for {network.name}: {_text(error)}. "
            "Insert it again, or take another image."
        ) from error


def forward(
    network: Network,
    graph: Graph,
    prepared: Tensor,
    on_activation: Callable[[Layer, Tensor], None],
    *,
    stop_after: str | None = None,
) -> object:
    """Observe the network on an input, and return its output as `observe` does.

    Raises:
        PassError: the forward pass failed; says after which layer.
    """
    try:
        return observe(network.module, prepared, graph, on_activation, stop_after=stop_after)
    except CaptureError as error:
        raise PassError(f"The forward pass stopped: {error}") from error


def layer_frames(layer: str, activation: Tensor) -> tuple[bytes, bytes | None]:
    """Return a layer's base frame and its detail frame, None where the base has the full size."""
    maps = to_maps(activation)
    found = ranges(maps)
    levels = encode(maps, found)
    base = _frame(layer, "base", levels.base, statistics(maps, found))
    return base, None if levels.detail is None else _frame(layer, "detail", levels.detail, None)


def _frame(layer: str, level: Level, coded: Coded, stats: Statistics | None) -> bytes:
    header = LayerHeader(
        layer=layer, level=level, encoding=coded.encoding, shape=coded.shape, statistics=stats
    )
    return encode_frame(header, coded.scales.data, coded.codes.data)


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
