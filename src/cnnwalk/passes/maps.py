"""Activations as feature maps, and the range of every channel."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cnnwalk.graph import maps_shape


def to_maps(activation: Tensor) -> Tensor:
    """Return an activation as feature maps: float32 of shape (C, h, w), on the CPU, contiguous.

    The shape is that of `maps_shape`. Of a batch axis longer than 1 (windows, regions of
    interest) the first is shown. Complex values are shown by their magnitude. An activation
    without values becomes one map with one NaN.

    Args:
        activation: of any type, with its batch axis.

    Returns:
        The maps, which may share memory with the activation.
    """
    values = activation.detach()
    if values.numel() == 0:
        return torch.full((1, 1, 1), torch.nan)
    if values.ndim > 0:
        values = values[0]
    if values.is_complex():
        values = values.abs()
    shape = maps_shape(values.shape)
    return values.to("cpu", torch.float32).contiguous().view(shape)


def fit(maps: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Return maps in the shape that their layer has in the graph.

    They have it, but where an activation's size depends on the image, such as on how many boxes
    are found. Then what is more is left out, and what is missing is NaN.

    Args:
        maps: float32 of shape (C, h, w).
        shape: (C, h, w).
    """
    if maps.shape == shape:
        return maps
    fitted = torch.full(shape, torch.nan)
    common = tuple(slice(min(pair)) for pair in zip(maps.shape, shape, strict=True))
    fitted[common] = maps[common]
    return fitted


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
