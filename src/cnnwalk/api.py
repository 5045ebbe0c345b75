"""``cnnwalk.walk``: a walk from Python, for scripts and notebooks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from torch import nn

from cnnwalk.graph import Granularity, TrackerMode
from cnnwalk.images import Dataset, MapDataset, find_images, samples
from cnnwalk.layout import Course
from cnnwalk.networks import Network, NetworkError, load_network, network_from_module, try_out
from cnnwalk.server.listen import DEFAULT_HOST, listen
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
    host: str = DEFAULT_HOST,
    port: int | None = None,
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
        host: address to listen at.
        port: None for 8765 or the next free one, 0 for any free one.

    Raises:
        NetworkError: the network cannot be had.
        ImageError: the images cannot be had.
        CaptureError: the network cannot be recorded.
        ListenError: the port is in use.
    """
    models = model if isinstance(model, list | tuple) else [model]
    networks = [_network(each, classes, input_size) for each in models]
    dataset = samples() if images is None else find_images(images, classes)
    listener = listen(host, port)
    try:
        showing = Showing(granularity, trackers, depth, course)
        return RunningWalk(Walk(networks, [dataset], showing=showing), listener)
    except BaseException:
        listener.socket.close()
        raise


def _network(
    model: nn.Module | Network | str,
    classes: Sequence[str] | None,
    input_size: tuple[int, int] | None,
) -> Network:
    if isinstance(model, nn.Module):
        return network_from_module(model, classes=classes, input_size=input_size)
    network = load_network(model, input_size=input_size) if isinstance(model, str) else model
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
