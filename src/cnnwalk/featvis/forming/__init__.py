"""The ways in which pictures form; each begins a batch of `Order`s of its own settings.

`begin` chooses by the type of the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import torch
from torch import Tensor

from cnnwalk.featvis.order import Order
from cnnwalk.networks import InputSpec

See: TypeAlias = Callable[[Tensor], Tensor]
"""Takes inputs (N, C, H, W), normalized as the network takes them, and returns how strongly each
target responds to its own, shape (N,), float32, with the graph for a backward pass."""


class Forming(Protocol):
    """The pictures of a batch while they form; one for each order, none knows of the others."""

    def step(self, see: See) -> Tensor:
        """Improve all pictures once.

        Returns:
            (N,), detached: how strongly the targets responded to what was seen in this step.
        """

    def pictures(self) -> Tensor:
        """Return the pictures as they would be saved now: (N, C, H, W), float32 in 0..1."""


class Begin(Protocol):
    """Begins a batch of orders of one type of settings and one size."""

    def __call__(
        self, orders: Sequence[Order], spec: InputSpec, device: torch.device
    ) -> Forming: ...
