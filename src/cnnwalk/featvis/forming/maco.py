"""Mode ``maco``: the waves of photographs, of which only the phases are free.

How strong each wave is stays what it is in photographs, by a rule or as measured of a data set.
What remains is where the waves meet: edges and shapes. So no picture can gather energy in waves
that no photograph has.
Source: https://arxiv.org/abs/2306.06805.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.forming.optimizers import NAdam
from cnnwalk.featvis.forming.painting import Painting, start_pictures
from cnnwalk.featvis.forming.waves import falling, from_waves, to_waves
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import MacoSettings
from cnnwalk.networks import InputSpec


class MacoForming(Painting):
    """Pictures of mode ``maco`` while they form.

    Raises:
        FeatureVisualizationError: the data set's spectrum is of images of another shape.
    """

    def __init__(self, orders: Sequence[Order], spec: InputSpec, device: torch.device) -> None:
        super().__init__(orders, spec, device)
        settings = cast(MacoSettings, orders[0].settings)
        channels, height, width = self._shape
        noise = torch.pi * self._draws.uniform(-1, 1, channels, height, width // 2 + 1)
        started, given = start_pictures(orders, self._shape, device)
        waves = to_waves(self._colors.to_values(started))
        has_image = given[:, None, None, None]
        # What begins with an image has its magnitudes, and comes to the mode's by steps.
        self._magnitudes = _magnitudes(settings, self._shape).to(device)
        self._begun = torch.where(has_image, waves.abs(), self._magnitudes)
        self._phases = torch.where(has_image, waves.angle(), noise).requires_grad_()
        self._optimizer = NAdam(self._phases, settings.rate)

    def _values(self) -> Tensor:
        magnitudes = torch.lerp(self._begun, self._magnitudes.expand_as(self._begun), self._arrival)
        return from_waves(torch.polar(magnitudes, self._phases), *self._shape[1:])

    def _improve(self, responses: Tensor) -> None:
        (gradient,) = torch.autograd.grad(responses.sum(), [self._phases])
        self._optimizer.step(gradient)


def _magnitudes(settings: MacoSettings, shape: tuple[int, int, int]) -> Tensor:
    """Return the magnitudes that pictures of a shape (C, H, W) keep to: (C, H, W // 2 + 1)."""
    channels, height, width = shape
    if settings.spectrum is None:
        fallen = falling(height, width, settings.decay) * settings.contrast
        return fallen.expand(channels, -1, -1)
    measured = settings.spectrum.magnitudes
    if measured.shape != (channels, height, width // 2 + 1):
        raise FeatureVisualizationError(
            f"The data set's spectrum has the shape {measured.shape}, but the pictures need "
            f"{(channels, height, width // 2 + 1)}: measure it at the size of the network's input."
        )
    return torch.from_numpy(measured) * settings.contrast
