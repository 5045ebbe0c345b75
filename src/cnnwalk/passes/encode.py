"""Feature maps -> codes, one byte for a value, as `cnnwalk.wire.frames` describes them.

The ways to compute were chosen by measurement on one CPU thread (ns a value): rounding and a
conversion to int8 0.2, where the conversion to uint8 is not vectorised and takes 1.1; means by
sums of slices 0.2 to 0.3, where avg_pool2d takes 0.8 to 3.2; where the size does not divide, by
two matrix products, 0.6 to 1.1.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cnnwalk.passes.maps import Ranges
from cnnwalk.wire.frames import (
    BASE_SIDE,
    NON_FINITE,
    SIGNED_STEPS,
    SIGNED_ZERO,
    UNSIGNED_STEPS,
    Encoding,
)

# Below this, the reciprocal of a scale may overflow float32.
_SMALLEST_SCALE = 1e-35


@dataclasses.dataclass(frozen=True, slots=True)
class Coded:
    """The codes of a layer's maps at one level.

    Attributes:
        encoding: how the codes stand for values.
        scales: float32 of shape (C,), all above 0.
        codes: uint8 of shape (C, h, w), or (2, C, h, w) where split.
    """

    encoding: Encoding
    scales: npt.NDArray[np.float32]
    codes: npt.NDArray[np.uint8]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, h, w) of the codes."""
        channels, height, width = self.codes.shape[-3:]
        return channels, height, width


@dataclasses.dataclass(frozen=True, slots=True)
class Levels:
    """A layer's maps at both levels; no detail where the base already has the full size."""

    base: Coded
    detail: Coded | None


def base_size(height: int, width: int) -> tuple[int, int]:
    """Return the size of the base level of maps with this size."""
    halvings = 0
    while max(height, width) > BASE_SIDE << halvings:
        halvings += 1
    return -(-height >> halvings), -(-width >> halvings)


def encode(maps: Tensor, found: Ranges) -> Levels:
    """Return the codes of float32 `maps` of shape (C, h, w) whose `ranges` are `found`."""
    scales = np.maximum(-found.low, found.high)
    scales[scales == 0] = 1
    signed = bool(found.low.min() < 0)
    steps = SIGNED_STEPS if signed else UNSIGNED_STEPS
    usual = found.finite is None and scales.min() >= _SMALLEST_SCALE
    values = maps if usual else maps.double()
    if found.finite is not None:
        values = values.where(found.finite, 0)
    factors = torch.from_numpy(steps / scales.astype(np.float64)).to(values.dtype)
    values = values * factors.view(-1, 1, 1)

    size = base_size(*maps.shape[1:])
    base = None if size == maps.shape[1:] else _base(values, signed, size, found.finite)
    encoding: Encoding = "signed" if signed else "unsigned"
    codes = _codes(values, SIGNED_ZERO if signed else 0)
    if found.finite is not None:
        codes.masked_fill_(~found.finite, NON_FINITE[encoding])
    full = Coded(encoding, scales, codes.numpy())
    if base is None:
        return Levels(full, None)
    return Levels(Coded("split" if signed else "unsigned", full.scales, base.numpy()), full)


def _base(values: Tensor, signed: bool, size: tuple[int, int], finite: Tensor | None) -> Tensor:
    """Return the codes of the means, split where signed; `values` count in steps."""
    if signed:
        positive = _means(values.clamp(min=0), size)
        negative = positive - _means(values, size)
        means = torch.stack([positive, negative]) * (UNSIGNED_STEPS / SIGNED_STEPS)
    else:
        means = _means(values, size)
    codes = _codes(means, 0)
    if finite is not None:
        codes.masked_fill_(_means((~finite).float(), size) > 0, NON_FINITE["split"])
    return codes


def _codes(steps: Tensor, zero: int) -> Tensor:
    """Return `steps` rounded, plus `zero`, as uint8; the sums lie in 0..255. Spends `steps`."""
    if zero != SIGNED_ZERO:
        steps.sub_(SIGNED_ZERO - zero)
    return steps.round_().to(torch.int8).view(torch.uint8).bitwise_xor_(0x80)


def _means(values: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the area means of (C, H, W) maps in a grid of this size."""
    return _means_along(2, _means_along(1, values, size[0]), size[1])


def _means_along(axis: int, values: Tensor, parts: int) -> Tensor:
    """Return the means of equal parts of one axis, 1 or 2, of (C, H, W) maps."""
    length = values.shape[axis]
    each, rest = divmod(length, parts)
    if rest:
        shares = _shares(length, parts).to(values.dtype)
        return shares.matmul(values) if axis == 1 else values.matmul(shares.T)
    parted = values.view(*values.shape[:axis], parts, each, *values.shape[axis + 1 :])
    total = parted.select(axis + 1, 0).clone()
    for number in range(1, each):
        total += parted.select(axis + 1, number)
    return total.div_(each)


@functools.lru_cache(maxsize=256)
def _shares(length: int, parts: int) -> Tensor:
    """Return what every value contributes to the mean of every part, of shape (parts, length).

    The parts have equal length; a value across a boundary counts by its share on either side.
    """
    edges = torch.arange(parts + 1, dtype=torch.float64) * length / parts
    starts, ends = edges[:-1, None], edges[1:, None]
    at = torch.arange(length, dtype=torch.float64)
    overlap = torch.minimum(ends, at + 1) - torch.maximum(starts, at)
    return overlap.clamp(min=0) * (parts / length)
