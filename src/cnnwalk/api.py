"""``cnnwalk.walk`` and ``cnnwalk.visualize``: from Python, for scripts and notebooks."""

from __future__ import annotations

import contextlib
import dataclasses
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from torch import nn

from cnnwalk.featvis.asking import find_layer, orders_for
from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.making import make_pictures
from cnnwalk.featvis.numerics import Precision
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.pool import LocalPool
from cnnwalk.featvis.progress import Meter, OnProgress, Progress
from cnnwalk.featvis.progressbar import progress_bar
from cnnwalk.featvis.settings import Mode
from cnnwalk.featvis.target import Measure
from cnnwalk.graph import Granularity, TrackerMode
from cnnwalk.images import Dataset, MapDataset, find_images, samples
from cnnwalk.layout import Course
from cnnwalk.networks import (
    InputSpec,
    Network,
    NetworkError,
    load_network,
    network_from_module,
    try_out,
)
from cnnwalk.pixels import AnyImage
from cnnwalk.server.place import Place
from cnnwalk.server.run import RunningWalk
from cnnwalk.server.showing import Showing
from cnnwalk.server.walk import Walk

Model: TypeAlias = nn.Module | Network | str
"""What can be walked: a module, a network, or what ``cnnwalk walk`` takes."""


def walk(  # noqa: PLR0913 - all but the model by name
    model: Model | list[Model] | tuple[Model, ...],
    *,
    images: Dataset | MapDataset | Path | str | None = None,
    classes: Sequence[str] | None = None,
    input_size: tuple[int, int] | None = None,
    granularity: Granularity = "layers",
    trackers: TrackerMode = "merge",
    depth: int | None = None,
    course: Course = "straight",
    host: str | None = None,
    port: int | None = None,
    lan: bool = False,
    cert: Path | str | None = None,
    key: Path | str | None = None,
) -> RunningWalk:
    """Serve a walk through networks from a thread of its own; returns as soon as it answers.

    In a script, call `wait` on what is returned, since the walk ends with the process.

    Args:
        model: a module, a `Network`, or what ``cnnwalk walk`` takes, such as
            ``torchvision:resnet50``; several stand side by side. A bare module gets ImageNet's
            mean and standard deviation.
        images: a map-style PyTorch dataset, a folder, or a reference such as
            ``module.path:dataset``; None for photographs that come along.
        classes: names of the output's values, in every network, and of the dataset's labels,
            in order.
        input_size: height and width in pixels of the input, for modules and references.
        granularity: how fine the layers are.
        trackers: whether trackers name the layers of the other granularities.
        depth: levels of blocks that are open on arrival; None for all.
        course: how the walk runs on arrival, ``straight`` or ``spiral``.
        host: address to listen at; None for this machine alone, with `lan` for its address
            in the network.
        port: None for 8765 or the next free one, 0 for any free one.
        lan: serve over https, for a headset: it opens `pairing_url` of what is returned and
            enters the code that `pairing.new_code()` gives.
        cert: PEM file of your own certificate, in place of one that is made; as `lan`.
        key: PEM file of its key.

    Raises:
        NetworkError: the network cannot be had.
        ImageError: the images cannot be had.
        CaptureError: the network cannot be recorded.
        ListenError: the port is in use, or the certificate cannot be used.
    """
    models = model if isinstance(model, list | tuple) else [model]
    networks = [_network(each, classes, input_size) for each in models]
    dataset = samples() if images is None else find_images(images, classes)
    files = [None if file is None else Path(file) for file in (cert, key)]
    listener = Place(host, port, lan, *files).listen()
    try:
        showing = Showing(granularity, trackers, depth, course)
        return RunningWalk(Walk(networks, [dataset], showing=showing), listener)
    except BaseException:
        listener.socket.close()
        raise


def visualize(  # noqa: PLR0913 - all but the first three by name
    model: Model,
    layer: str,
    channels: int | Iterable[int] | None = None,
    *,
    mode: Mode | None = None,
    steps: int | None = None,
    seed: int = 0,
    start: AnyImage | None = None,
    neuron: tuple[int, int] | None = None,
    direction: Iterable[float] | None = None,
    measure: Measure = "mean",
    quantile: float = 0.9,
    classes: Sequence[str] | None = None,
    input_size: tuple[int, int] | None = None,
    granularity: Granularity = "layers",
    trackers: TrackerMode = "merge",
    precision: Precision = "auto",
    devices: Sequence[str] | None = None,
    progress: bool | OnProgress = True,
    cache: bool = True,
    **parameters: object,
) -> npt.NDArray[np.float32]:
    """Make images that excite channels of a layer as much as images can (paper 3.3.5).

    Args:
        model: as for `walk`.
        layer: its id, or the path of a module or block such as ``layer3.0``.
        channels: 0-based; the classes, in the layer that has their scores; None for all.
        mode: ``natural``, ``texture``, ``maco`` or ``paper``; None for the first or second,
            which suits the layer.
        steps: how often each picture is improved; None for what suits the mode.
        seed: of all random draws; the same call makes the same pictures, to the last bit in any
            process with as many threads of torch on one machine, where none are in the cache.
        start: image to begin with, scaled and cropped as any for the network; None for noise.
        neuron: (row, column) of a single value of the feature maps.
        direction: a weight for each channel, in place of `channels`.
        measure: what of a map counts: its ``mean``, ``centre`` or ``quantile``.
        quantile: for that measure, in 0..1.
        classes: as for `walk`.
        input_size: as for `walk`; the pictures' height and width, too.
        granularity: as for `walk`.
        trackers: as for `walk`.
        precision: ``float32`` where the ascent may not compute faster and a little less exactly.
        devices: torch's, one for each worker, such as ``["cuda:0", "cuda:1"]``; None for one
            worker where the model is.
        progress: True for a bar in the terminal or notebook, or what is called with each
            `cnnwalk.featvis.progress.Progress`, from any thread.
        cache: whether pictures that were made before are taken from disk, and new ones put there.
        parameters: of the mode, by name, see docs/featvis.md.

    Returns:
        float32 (N, C, H, W), in the channels' order, values k/255 for whole k in 0..255: what a
        PNG file holds. NaN, with a warning, for a dead channel, from which no
        gradient comes back.

    Raises:
        FeatureVisualizationError: layer, channels or parameters do not fit the network, or
            `progress` is something else.
        NetworkError: the network cannot be had.
        CaptureError: the network cannot be recorded.
    """
    if not (isinstance(progress, bool) or callable(progress)):
        raise FeatureVisualizationError(
            f"progress is {progress!r:.80}: give True, False, or a function to be called with "
            "each step's progress."
        )
    network = _network(model, classes, input_size)
    graph = Showing(granularity, trackers).record(network)
    orders = orders_for(
        network,
        graph,
        find_layer(graph, layer),
        channels=channels,
        direction=direction,
        mode=mode,
        parameters=parameters if steps is None else parameters | {"steps": steps},
        seed=seed,
        start=start,
        neuron=neuron,
        measure=measure,
        quantile=quantile,
    )
    with (
        LocalPool(network, graph, devices, precision=precision) as pool,
        progress_bar(layer) if progress is True else contextlib.nullcontext(progress) as tell,
    ):
        meter = Meter(orders, tell or _ignore)
        pictures = make_pictures(
            orders,
            pool,
            PictureCache() if cache else None,
            on_moment=meter.on_moment,
            on_picture=meter.on_picture,
        )
    _warn_of_silence(orders, pictures)
    return _as_array(pictures, network.input)


def _ignore(_: Progress) -> None:
    pass


def _warn_of_silence(orders: Sequence[Order], pictures: Sequence[Picture]) -> None:
    for silence, sentence in (
        ("dead", "no gradient comes back from them, so that their pictures are NaN"),
        ("before_activation", "their pictures maximize the value before the activation function"),
    ):
        silent = [
            str(order.target.channel)
            for order, picture in zip(orders, pictures, strict=True)
            if picture.silence == silence
        ]
        if silent:
            named = f"Silent channels of layer {orders[0].target.layer}: {', '.join(silent)}"
            warnings.warn(f"{named}; {sentence}.", stacklevel=3)


def _as_array(pictures: Sequence[Picture], spec: InputSpec) -> npt.NDArray[np.float32]:
    shape = (len(pictures), spec.channels, spec.height, spec.width)
    array = np.full(shape, np.nan, np.float32)
    for row, picture in zip(array, pictures, strict=True):
        if picture.pixels is not None:
            row[:] = picture.pixels.transpose(2, 0, 1) / np.float32(255)
    return array


def _network(
    model: nn.Module | Network | str,
    classes: Sequence[str] | None,
    input_size: tuple[int, int] | None,
) -> Network:
    size = _size(input_size)
    if isinstance(model, nn.Module):
        return network_from_module(model, classes=classes, input_size=size)
    network = load_network(model, input_size=size) if isinstance(model, str) else model
    if not isinstance(network, Network):
        raise NetworkError(
            f"{model!r:.80} is of type {type(model).__name__}: give a torch.nn.Module, a "
            "cnnwalk.Network, or a name such as 'torchvision:resnet50'."
        )
    if classes is not None:
        network = dataclasses.replace(network, classes=tuple(classes))
    elif isinstance(model, str):
        return network  # was tried when it was loaded
    try_out(network)
    return network


def _size(given: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return an input's height and width as they are; other things are refused in words."""
    if given is None or (
        isinstance(given, Sequence)
        and len(given) == 2
        and all(isinstance(side, int) and side > 0 for side in given)
    ):
        return given
    raise NetworkError(
        f"input_size is {given!r:.80}: give the height and width in pixels, such as (224, 224)."
    )
