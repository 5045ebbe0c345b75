"""What the bounded modes share: free values become pictures, and pictures are seen in views."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from cnnwalk.featvis.forming import See
from cnnwalk.featvis.forming.colors import Colors
from cnnwalk.featvis.forming.draws import Draws
from cnnwalk.featvis.forming.views import draw_views
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import ViewSettings
from cnnwalk.networks import InputSpec


class Painting(ABC):
    """A batch of pictures whose pixels cannot leave 0..1; a mode says what they are made of.

    Args:
        orders: at least one; all with the same settings.
        spec: of the network's input; its size is that of the pictures.
        device: where they form.
    """

    def __init__(self, orders: Sequence[Order], spec: InputSpec, device: torch.device) -> None:
        self._settings = cast(ViewSettings, orders[0].settings)
        self._draws = Draws(orders, device)
        self._colors = Colors(spec.channels, device)
        self._shape = (spec.channels, spec.height, spec.width)
        self._mean = torch.tensor(spec.mean, device=device)[:, None, None]
        self._std = torch.tensor(spec.std, device=device)[:, None, None]
        self._done = 0

    @abstractmethod
    def _values(self) -> Tensor:
        """Return the free values of the pictures, (N, C, H, W), with the graph for a gradient."""

    @abstractmethod
    def _improve(self, responses: Tensor) -> None:
        """Make the responses, of shape (N,), greater by what the pictures are made of."""

    @property
    def _arrival(self) -> float:
        """How far the pictures are from what they began with to what the mode is, in 0..1."""
        return min(1.0, 2 * self._done / self._settings.steps)

    def step(self, see: See) -> Tensor:
        """See `Forming.step`."""
        settings = self._settings
        left = 1 - self._done / settings.steps
        strength = min(1.0, left / settings.settle) if settings.settle else 1.0
        pictures = self._colors.to_pictures(self._values())
        seen = draw_views(self._draws, settings, strength).of(pictures)
        seen = seen + strength * settings.noise * self._draws.normal(*self._shape)
        responses = see((seen - self._mean) / self._std)
        self._improve(responses)
        self._done += 1
        return responses.detach()

    def pictures(self) -> Tensor:
        """See `Forming.pictures`."""
        with torch.no_grad():
            return self._colors.to_pictures(self._values())


def start_pictures(
    orders: Sequence[Order], shape: tuple[int, int, int], device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return the images that pictures begin with.

    Args:
        orders: with or without such an image.
        shape: (C, H, W) of each.
        device: where they go.

    Returns:
        (N, C, H, W), float32 in 0..1, mid-grey for an order without; and bool (N,), which have
        one.
    """
    given = torch.tensor([order.start is not None for order in orders])
    pictures = torch.full((len(orders), *shape), 0.5)
    for place, order in enumerate(orders):
        if order.start is not None:
            pixels = torch.tensor(order.start).permute(2, 0, 1)
            pictures[place] = pixels if pixels.is_floating_point() else pixels / 255
    return pictures.to(device), given.to(device)
