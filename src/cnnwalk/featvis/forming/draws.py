"""Random draws: each picture has its own, whatever else is in its batch."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor

from cnnwalk.featvis.order import Order


class Draws:
    """One random generator for each order of a batch.

    Numbers are drawn on the CPU, so that a seed means the same on every device.

    Args:
        orders: each is drawn for by its seed, target and attempt alone.
        device: where the drawn tensors go.
    """

    def __init__(self, orders: Sequence[Order], device: torch.device) -> None:
        self._generators = [Generator().manual_seed(_seed_of(order)) for order in orders]
        self._device = device

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Return float32 (N, *shape), each value evenly from `low` to `high`."""
        drawn = self._draw(lambda generator: torch.rand(shape, generator=generator))
        return low + (high - low) * drawn

    def normal(self, *shape: int) -> Tensor:
        """Return float32 (N, *shape) of mean 0 and standard deviation 1."""
        return self._draw(lambda generator: torch.randn(shape, generator=generator))

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Return int64 (N, *shape), each value evenly from `low` to `high`, both included."""
        return self._draw(
            lambda generator: torch.randint(low, high + 1, shape, generator=generator)
        )

    def chance(self, share: float, *shape: int) -> Tensor:
        """Return bool (N, *shape), each value true with probability `share`, in 0..1."""
        return self.uniform(0, 1, *shape) < share

    def _draw(self, one: Callable[[Generator], Tensor]) -> Tensor:
        return torch.stack([one(generator) for generator in self._generators]).to(self._device)


def _seed_of(order: Order) -> int:
    """Return 63 bits that differ where the seed, the target or the attempt does."""
    told = [order.seed, order.attempt, dataclasses.asdict(order.target)]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
