"""Mode ``paper``: the algorithm of section 3.3.5.

Each step transforms the images, `papersteps.transform`, and then adds to each the gradient of its
target's response, scaled to a fixed length. The images are optimized as they are: no other
parameters stand behind the pixels, and nothing keeps them in the range of an image. What the text
leaves open, the rate of 20 and the start from normal noise among it, is as in the published code
(github.com/Criscraft/DeepVisionVRServer, FeatureVisualizerRobust.py).
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.forming import See
from cnnwalk.featvis.forming.draws import Draws
from cnnwalk.featvis.forming.papersteps import draw, transform
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import PaperSettings
from cnnwalk.featvis.target import Target
from cnnwalk.networks import InputSpec

_LOG = logging.getLogger(__name__)
_LEAST_LENGTH = 1e-6  # added to a gradient's length, so that a zero gradient moves nothing


class PaperForming:
    """A batch of pictures that form in mode ``paper``; see `cnnwalk.featvis.forming.Begin`.

    An image of one colour, which has no spread to be scaled, begins as noise, and that is logged.

    Attributes:
        images: (N, C, H, W), float32, as the network takes them, of any values.

    Raises:
        FeatureVisualizationError: the settings name a mean or a standard deviation for another
            number of channels than the network's.
    """

    def __init__(self, orders: Sequence[Order], spec: InputSpec, device: torch.device) -> None:
        self._settings = cast("PaperSettings", orders[0].settings)
        self._steps = 0
        self._input_mean = _per_channel(spec.mean, "mean", spec).to(device)
        self._input_std = _per_channel(spec.std, "std", spec).to(device)
        mean = _per_channel(self._settings.mean or spec.mean, "mean", spec).to(device)
        std = _per_channel(self._settings.std or spec.std, "std", spec).to(device)
        self._mean = (mean - self._input_mean) / self._input_std
        self._std = std / self._input_std
        self._draws = Draws(_drawn_for(orders, self._settings), torch.device("cpu"))
        self.images = self._first(orders, spec).to(device)

    def step(self, see: See) -> Tensor:
        settings, images = self._settings, self.images
        if self._steps < settings.steps - settings.plain_steps:
            chances = draw(self._draws, settings)
            images = transform(images, chances, settings, self._mean, self._std)
        self._steps += 1
        images = images.detach().requires_grad_()
        values = see(images)
        (gradient,) = torch.autograd.grad(values.sum(), images)
        length = gradient.square().sum((1, 2, 3), keepdim=True).sqrt()
        # In this order: another one differs in the last bit, and soon in the whole picture.
        self.images = images.detach() + gradient / (length + _LEAST_LENGTH) * settings.rate
        return values.detach()

    def pictures(self) -> Tensor:
        if self._settings.export == "stretch":
            lowest = self.images.amin((1, 2, 3), keepdim=True)
            highest = self.images.amax((1, 2, 3), keepdim=True)
            spread = highest - lowest
            return (self.images - lowest) / spread.masked_fill(spread == 0, 1)
        return (self.images * self._input_std + self._input_mean).clamp(0, 1)

    def _first(self, orders: Sequence[Order], spec: InputSpec) -> Tensor:
        """Return the images that are begun with, on the CPU."""
        noise = self._draws.normal(spec.channels, spec.height, spec.width)
        plain = []
        for row, order in enumerate(orders):
            if order.start is None:
                continue
            start = torch.from_numpy(np.array(order.start)).permute(2, 0, 1)
            if start.amin() == start.amax():
                plain.append(str(order.target.channel))
                continue
            values = start.float() / (255 if start.dtype == torch.uint8 else 1)
            noise[row] = (values - self._input_mean[0].cpu()) / self._input_std[0].cpu()
        if plain:
            _LOG.warning(
                "the start image has a single value, which mode paper cannot scale to the data "
                "set's spread: layer %s, channel %s begins from noise",
                orders[0].target.layer,
                ", ".join(plain),
            )
        return noise


def _drawn_for(orders: Sequence[Order], settings: PaperSettings) -> list[Order]:
    """Return the orders whose draws are taken: where they are shared, of the same target."""
    if settings.draws == "own":
        return list(orders)
    anyone = Target(orders[0].target.layer, channel=0)
    return [dataclasses.replace(order, target=anyone) for order in orders]


def _per_channel(values: tuple[float, ...], name: str, spec: InputSpec) -> Tensor:
    """Return a value for each channel, (1, C, 1, 1); one value is for all of them."""
    if len(values) not in {1, spec.channels}:
        raise FeatureVisualizationError(
            f"{name} has {len(values)} values, but the network's input has {spec.channels} "
            "channels: give one for each, or one for all."
        )
    return torch.tensor(values).expand(spec.channels).reshape(1, -1, 1, 1)
