"""Activations as feature maps, and the range of every channel."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
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
    values = values.to("cpu", torch.float32).contiguous()
    if values.numel() == 0:
        return torch.full((1, 1, 1), torch.nan)
    if values.ndim < 3:
        return values.reshape(-1, 1, 1)
    if values.ndim == 3:
        return values
    channels = values.shape[0] * values.shape[1]
    return values.reshape(channels, -1, values.shape[-1])


@dataclasses.dataclass(frozen=True, slots=True)
class Ranges:
    """The range of every channel, over its finite values; 0 to 0 for a channel without any.

    Attributes:
        low, high: float32 of shape (C,), in the unit of the values.
        finite: where the values are finite, bool in their shape; None when all are.
    """

    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    finite: Tensor | None


def ranges(values: Tensor) -> Ranges:
    """Return the range of every channel of float32 `values` of shape (C, ...), not empty.

    What has one figure for each channel is a numpy array here and in what follows from it: on
    arrays that small an operation of numpy takes a tenth of one of torch.
    """
    rows = values.reshape(len(values), -1)
    # aminmax(dim=1) takes 20 times as long as these two.
    low, high = rows.amin(1).numpy(), rows.amax(1).numpy()
    # NaN and infinity show in a channel's extremes, so all values need not be looked at.
    if np.isfinite(low).all() and np.isfinite(high).all():
        return Ranges(low, high, None)
    finite = rows.isfinite()
    some = finite.any(1).numpy()
    low = torch.where(finite, rows, torch.inf).amin(1).numpy()
    high = torch.where(finite, rows, -torch.inf).amax(1).numpy()
    return Ranges(np.where(some, low, 0), np.where(some, high, 0), finite.view_as(values))
