"""Activations as feature maps, and the range of every channel."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor


def to_maps(activation: Tensor) -> Tensor:
    """Return an activation as feature maps: float32 of shape (C, h, w), on the CPU, contiguous.

    ==========================  ===================================================
    activation                  maps
    ==========================  ===================================================
    (1, C, H, W)                (C, H, W)
    (1, C, T, ..., W)           (C, T * ..., W): the slices one below the other
    (1, N, D)                   (1, N, D): one map
    (1, C), (C,) and scalars    (C, 1, 1)
    ==========================  ===================================================

    A first axis that is longer than 1 (windows, regions of interest) is taken as further
    channels. Complex values are shown by their magnitude. An activation without values becomes
    one map with one NaN.

    The result may share memory with the activation.
    """
    values = activation.detach()
    if values.is_complex():
        values = values.abs()
    values = values.to("cpu", torch.float32)
    if values.numel() == 0:
        return torch.full((1, 1, 1), torch.nan)
    if values.ndim < 3:
        return values.reshape(-1, 1, 1)
    if values.ndim == 3:
        return values.contiguous()
    channels = values.shape[0] * values.shape[1]
    return values.reshape(channels, -1, values.shape[-1]).contiguous()


@dataclasses.dataclass(frozen=True, slots=True)
class Ranges:
    """The range of every channel, over its finite values; 0 to 0 for a channel without any.

    Attributes:
        low, high: of shape (C,), in the unit and type of the values.
        finite: where the values are finite, bool in their shape; None when all are.
    """

    low: Tensor
    high: Tensor
    finite: Tensor | None

    @property
    def magnitude(self) -> Tensor:
        """The largest finite magnitude of every channel, of shape (C,)."""
        return torch.maximum(self.low.abs(), self.high.abs())


def ranges(values: Tensor) -> Ranges:
    """Return the range of every channel; `values` are floats of shape (C, ...), not empty."""
    rows = values.reshape(len(values), -1)
    low, high = rows.amin(1), rows.amax(1)
    # NaN and infinity show in a channel's extremes, so all values need not be looked at.
    if bool(low.isfinite().all()) and bool(high.isfinite().all()):
        return Ranges(low, high, None)
    finite = rows.isfinite()
    some = finite.any(1)
    low = torch.where(finite, rows, torch.inf).amin(1).where(some, 0)
    high = torch.where(finite, rows, -torch.inf).amax(1).where(some, 0)
    return Ranges(low, high, finite.view_as(values))
