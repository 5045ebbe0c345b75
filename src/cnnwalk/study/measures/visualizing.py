"""Feature visualizations that can be compared: raw pixels, and the same start for all networks.

They are made by the product's own engine in mode ``paper`` without what hides high frequencies: no
blur, no rotation, no scaling, no drawing to the data set's colours. Mode ``natural`` would not do:
it makes pictures of waves of which short ones count less, so that those of any network are smooth.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from cnnwalk.featvis.asking import find_layer
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.making import make_pictures
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.pool import LocalPool
from cnnwalk.featvis.settings import PaperSettings
from cnnwalk.featvis.target import Target
from cnnwalk.graph import Graph
from cnnwalk.networks import InputSpec, Network
from cnnwalk.pixels import Pixels
from cnnwalk.server.showing import Showing
from cnnwalk.study.errors import StudyError
from cnnwalk.study.measures.maps import brightness, high_frequencies
from cnnwalk.study.measures.measurements import PictureMeasures, PicturePlace
from cnnwalk.study.measures.places import MODULES
from cnnwalk.study.measures.settings import MeasureSettings
from cnnwalk.study.trained import About

LIVE = 1.3
"""A picture counts whose contrast is above the start noise's times this: others are that noise."""

_START_NOISE = 0.05  # standard deviation of pixels in 0..1, about a mean picture
_STEP = 0.06  # root mean square of what a step adds to the values of a normalized picture


def visualize_places(
    module: nn.Module,
    about: About,
    settings: MeasureSettings,
    on_picture: Callable[[], None],
) -> dict[PicturePlace, tuple[PictureMeasures, Pixels]]:
    """Make feature visualizations of each place, and measure them.

    Args:
        module: in eval mode.
        about: the network.
        settings: how many, how large and how long.
        on_picture: called after each picture.

    Returns:
        By place; the pictures as of `Measurements.pictures`.

    Raises:
        StudyError: pictures cannot be made.
    """
    spec = InputSpec(about.channels, settings.side, settings.side, about.mean, about.std)
    network = Network(about.name, module, spec, about.classes)
    graph = Showing(granularity="modules").record(network)
    start = start_noise(about, settings)
    orders = {
        place: _orders(graph, path, settings, start)
        for place, path in MODULES[about.network].pictures.items()
    }
    with LocalPool(network, graph, precision="float32") as pool:
        try:
            made = make_pictures(
                [order for place in orders.values() for order in place],
                pool,
                None,
                on_picture=lambda _order, _picture: on_picture(),
            )
        except FeatureVisualizationError as error:
            raise StudyError(f"{about.name} cannot be visualized. {error}") from error
    pictures = iter(made)
    return {
        place: _measured(about, place, wanted, [next(pictures) for _ in wanted], start)
        for place, wanted in orders.items()
    }


def start_noise(about: About, settings: MeasureSettings) -> npt.NDArray[np.float32]:
    """Return what every picture begins with, (H, W, C) in 0..1: weak noise on the mean colour."""
    shape = (settings.side, settings.side, about.channels)
    noise = np.random.default_rng(settings.seed).standard_normal(shape)
    start = np.asarray(about.mean) + _START_NOISE * noise
    return start.clip(0, 1).astype(np.float32)


def plain_settings(steps: int, size: int) -> PaperSettings:
    """Return settings of mode ``paper`` that leave all frequencies alone.

    What is left of its transformations is the roll, which moves pictures by whole pixels.

    Args:
        steps: of each picture.
        size: how many values a picture has: contrast grows as quickly at any size.
    """
    return PaperSettings(
        steps=steps,
        rate=_STEP * size**0.5,
        padding=0,
        rotation_probability=0.0,
        scale_probability=0.0,
        blur=(0.0, 0.0),
        roll=(1, 4),
        roll_probability=0.8,
        blend=0.0,
    )


def _orders(graph: Graph, path: str, settings: MeasureSettings, start: Pixels) -> list[Order]:
    layer = find_layer(graph, path)
    plain = plain_settings(settings.steps, start.size)
    return [
        Order(Target(layer.id, channel=channel), plain, settings.seed, start)
        for channel in spread_out(layer.shape[0], settings.channels)
    ]


def spread_out(count: int, wanted: int) -> list[int]:
    """Return `wanted` of the numbers below `count`, evenly spread; all where there are not more."""
    return sorted({round(at) for at in np.linspace(0, count - 1, min(count, wanted)).tolist()})


def _measured(
    about: About,
    place: PicturePlace,
    orders: list[Order],
    pictures: list[Picture],
    start: npt.NDArray[np.float32],
) -> tuple[PictureMeasures, Pixels]:
    channels = [order.target.channel or 0 for order in orders]
    pixels = np.zeros((len(pictures), *start.shape), np.uint8)
    for row, picture in zip(pixels, pictures, strict=True):
        if picture.pixels is not None:
            row[:] = picture.pixels
    values = pixels.astype(np.float32) / 255
    contrasts = values.std((1, 2, 3)) / start.std()
    shares = high_frequencies(brightness(torch.from_numpy(values).permute(0, 3, 1, 2))).tolist()
    silences = tuple(picture.silence for picture in pictures)
    measures = PictureMeasures(
        place=place,
        layer=MODULES[about.network].pictures[place],
        channels=tuple(channels),
        names=tuple(
            about.classes[channel] if place == "class" else f"channel {channel}"
            for channel in channels
        ),
        silences=silences,
        contrasts=tuple(contrasts.tolist()),
        high_frequencies=tuple(None if math.isnan(share) else share for share in shares),
        live=tuple(
            silence is None and contrast > LIVE
            for silence, contrast in zip(silences, contrasts.tolist(), strict=True)
        ),
    )
    return measures, pixels
