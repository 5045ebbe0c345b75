"""Modes ``natural`` and ``texture``: pictures as sums of waves.

Of each wave of a picture's free values the ascent moves an amplitude that counts the more the
longer the wave is, as in photographs: broad shapes form first, and single pixels hardly matter.
The free values are then brought to the mode's contrast, so that no picture fades or burns out.
Source of the parameterization: https://distill.pub/2018/differentiable-parameterizations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from cnnwalk.featvis.forming.optimizers import Adam
from cnnwalk.featvis.forming.painting import Painting, start_pictures
from cnnwalk.featvis.forming.waves import falling, from_waves, to_waves
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import FourierSettings
from cnnwalk.networks import InputSpec

_FLAT = 1e-3  # free values that spread less than this count as all the same


class FourierForming(Painting):
    """Pictures of mode ``natural`` or ``texture`` while they form."""

    def __init__(self, orders: Sequence[Order], spec: InputSpec, device: torch.device) -> None:
        super().__init__(orders, spec, device)
        settings = self._fourier = cast(FourierSettings, orders[0].settings)
        _, height, width = self._shape
        self._amplitudes = falling(height, width, settings.decay).to(device)
        noise = self._draws.normal(self._shape[0], height, width // 2 + 1, 2) * 0.5**0.5
        started, given = start_pictures(orders, self._shape, device)
        values = self._colors.to_values(started)
        spread, level = torch.std_mean(values, (1, 2, 3), correction=0, keepdim=True)
        # What begins with an image has its level and contrast, and comes to the mode's by steps.
        self._level = level
        self._contrast = torch.where(given[:, None, None, None], spread, settings.contrast)
        drawn = to_waves((values - level) / (spread + _FLAT)) / self._amplitudes
        begun = torch.where(given[:, None, None, None, None], torch.view_as_real(drawn), noise)
        self._waves = (begun * settings.freedom).requires_grad_()
        self._optimizer = Adam(self._waves, settings.rate)

    def _values(self) -> Tensor:
        waves = torch.view_as_complex(self._waves) * self._amplitudes
        values = from_waves(waves, *self._shape[1:])
        spread, mean = torch.std_mean(values, (1, 2, 3), correction=0, keepdim=True)
        contrast = torch.lerp(
            self._contrast, torch.full_like(self._contrast, self._fourier.contrast), self._arrival
        )
        return (values - mean) / (spread + _FLAT) * contrast + (1 - self._arrival) * self._level

    def _improve(self, responses: Tensor) -> None:
        (gradient,) = torch.autograd.grad(responses.sum(), [self._waves])
        self._optimizer.step(gradient)
