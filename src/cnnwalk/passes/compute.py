"""One forward pass: activations become frames as they are computed, then comes the result."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch import Tensor

from cnnwalk.capture import CaptureError, observe
from cnnwalk.graph import Graph, Layer, maps_shape
from cnnwalk.networks import Network
from cnnwalk.networks.crop import Region
from cnnwalk.passes.encode import Coded, encode
from cnnwalk.passes.maps import fit, ranges, to_maps
from cnnwalk.passes.result import said
from cnnwalk.passes.run import Run
from cnnwalk.passes.statistics import statistics
from cnnwalk.pixels import AnyImage, ChannelError, to_pixels
from cnnwalk.wire import (
    LayerHeader,
    Level,
    Partial,
    ProblemHeader,
    ResultHeader,
    Statistics,
    encode_frame,
)


class PassError(RuntimeError):
    """A pass could not be computed; the message is a sentence for people."""


class _CancelledError(Exception):
    pass


class Prepared(NamedTuple):
    """A network's input made of an image.

    Attributes:
        values: (1, C, H, W).
        region: the part of the image that it shows.
    """

    values: Tensor
    region: Region


class Ending(NamedTuple):
    """The last frame of a pass."""

    header: ResultHeader | ProblemHeader
    payload: npt.NDArray[np.uint8] = np.empty(0, np.uint8)


def compute(
    network: Network, graph: Graph, load: Callable[[], AnyImage], run: Run
) -> Ending | None:
    """Run an image through a network, adding each layer's frames to `run`.

    Returns:
        What ends the pass, whatever the network raised; None when the run was cancelled.
    """
    missing = dict.fromkeys(layer.id for layer in graph.layers)
    partings: list[str] = []

    def on_activation(layer: Layer, activation: Tensor) -> None:
        if not run.goes_on():
            raise _CancelledError
        try:
            frames = layer_frames(layer, activation)
        except Exception as error:
            raise PassError(f"Layer {layer.id} cannot be shown: {_text(error)}") from error
        missing.pop(layer.id, None)
        run.add(layer.id, *frames)

    if not run.goes_on():
        return None
    try:
        prepared = prepare(network, load)
        started = time.perf_counter()
        output = forward(network, graph, prepared, on_activation, on_parting=partings.append)
        seconds = time.perf_counter() - started
        says = said(network, output, *prepared)
        result = ResultHeader(
            predictions=says.predictions,
            seconds=seconds,
            segmentation=says.segmentation,
            detections=says.detections,
            partial=_partial(list(missing), partings),
        )
        return Ending(result, says.places)
    except _CancelledError:
        return None
    except PassError as error:
        return Ending(ProblemHeader(detail=str(error)))
    # A network's code may even try to end the process.
    except (Exception, SystemExit) as error:
        return Ending(ProblemHeader(detail=f"The pass of {network.name} stopped: {_text(error)}"))


def prepare(network: Network, load: Callable[[], AnyImage]) -> Prepared:
    """Load an image and make the network's input of it.

    Raises:
        PassError: the image could not be had.
    """
    try:
        image = load()
        height, width, _ = to_pixels(image).shape
        return Prepared(network.prepare(image), network.crop((width, height)).region)
    except ChannelError as error:
        raise PassError(f"{network.name} cannot take this image. {error}") from error
    except Exception as error:
        raise PassError(
            f"The image could not be prepared for {network.name}: {_text(error)}. "
            "Insert it again, or take another image."
        ) from error


def forward(  # noqa: PLR0913 - what is observed, and by whom
    network: Network,
    graph: Graph,
    prepared: Prepared,
    on_activation: Callable[[Layer, Tensor], None],
    *,
    stop_after: str | None = None,
    on_parting: Callable[[str], None] = lambda _sentence: None,
) -> object:
    """Observe the network on an input, and return its output as `observe` does.

    Where the pass takes another path than the recorded one it goes on, and `on_parting` is told.

    Raises:
        PassError: the forward pass failed; says after which layer.
    """
    try:
        return observe(
            network.module,
            network.arguments(prepared.values),
            graph,
            on_activation,
            stop_after=stop_after,
            on_parting=on_parting,
        )
    except CaptureError as error:
        raise PassError(f"The forward pass stopped: {error}") from error


def layer_frames(layer: Layer, activation: Tensor) -> tuple[bytes, bytes | None]:
    """Return a layer's base frame and its detail frame, None where the base has the full size."""
    maps = maps_of(layer, activation)
    found = ranges(maps)
    levels = encode(maps, found)
    base = _frame(layer.id, "base", levels.base, statistics(maps, found))
    return base, None if levels.detail is None else _frame(layer.id, "detail", levels.detail, None)


def maps_of(layer: Layer, activation: Tensor) -> Tensor:
    """Return a layer's feature maps in the shape that the page expects, as `to_maps` does."""
    return fit(to_maps(activation), maps_shape(layer.shape))


def _partial(missing: list[str], partings: list[str]) -> Partial | None:
    if not missing:
        return None
    count = "1 layer has" if len(missing) == 1 else f"{len(missing)} layers have"
    return Partial(layers=missing, detail=" ".join([*partings, f"{count} no maps in this pass."]))


def _frame(layer: str, level: Level, coded: Coded, stats: Statistics | None) -> bytes:
    header = LayerHeader(
        layer=layer, level=level, encoding=coded.encoding, shape=coded.shape, statistics=stats
    )
    return encode_frame(header, coded.scales.data, coded.codes.data)


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
