"""How smooth, how rough and how sparse feature maps are: the formulas, on tensors.

Sources are named in docs/study-measures.md.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

CUTOFF = 0.25
"""Cycles per pixel from which a frequency counts as high: half of what pixels can show."""

ACTIVE = 0.1
"""A channel is active whose greatest value exceeds this share of the layer's greatest."""

_SAME = 1e-6  # values that differ by less, as a share of the largest, differ by rounding


def constant(maps: Tensor) -> Tensor:
    """Return which maps (..., H, W) have no variance but what rounding gives: bool (...)."""
    flat = maps.flatten(-2)
    return flat.amax(-1) - flat.amin(-1) <= _SAME * flat.abs().amax(-1)


def geary(maps: Tensor) -> Tensor:
    """Return Geary's C of maps (..., H, W), for horizontal and vertical neighbours: (...).

    1 is the mean for white noise; NaN for constant maps, and those of a single pixel.
    """
    pairs = [maps.diff(dim=-1).flatten(-2), maps.diff(dim=-2).flatten(-2)]
    differences = torch.cat(pairs, -1).square().mean(-1)
    centred = maps.flatten(-2) - maps.mean((-2, -1))[..., None]
    variances = centred.square().sum(-1) / max(centred.shape[-1] - 1, 1)
    ratios: Tensor = differences / (2 * variances)
    return ratios.masked_fill(constant(maps), torch.nan)


def high_frequencies(maps: Tensor) -> Tensor:
    """Return the share of the energy of maps (..., H, W) above `CUTOFF`: (...).

    Without the mean, and in any direction. NaN for constant maps.
    """
    height, width = maps.shape[-2:]
    centred = maps - maps.mean((-2, -1), keepdim=True)
    energies = torch.fft.rfft2(centred).abs().square()
    across = torch.fft.rfftfreq(width, device=maps.device)
    # Half of the plane stands for the whole, but for what is its own mirror image.
    counts = torch.where((across == 0) | (across == 0.5), 1.0, 2.0)
    down = torch.fft.fftfreq(height, device=maps.device)
    high = torch.hypot(down[:, None], across[None, :]) > CUTOFF
    energies = energies * counts
    shares: Tensor = (energies * high).sum((-2, -1)) / energies.sum((-2, -1))
    return shares.masked_fill(constant(maps), torch.nan)


def hoyer(strengths: Tensor) -> Tensor:
    """Return Hoyer's sparsity of strengths (N, K), none negative: (N,).

    0 when all are equal, 1 when all but one are 0; NaN when all are 0 or there is but one.
    """
    root = math.sqrt(strengths.shape[1])
    ratio: Tensor = strengths.sum(1) / strengths.norm(dim=1)
    return (root - ratio) / (root - 1)


def strengths(maps: Tensor) -> Tensor:
    """Return of maps (N, K, H, W) the mean of each one's positive part: (N, K)."""
    return maps.relu().mean((2, 3))


def active_share(maps: Tensor) -> Tensor:
    """Return of maps (N, K, H, W) the share of channels that are active in each image: (N,).

    NaN where no value is positive.
    """
    peaks = maps.relu().amax((2, 3))
    greatest = peaks.amax(1, keepdim=True)
    shares = (peaks > ACTIVE * greatest).float().mean(1)
    return shares.masked_fill(greatest[:, 0] == 0, torch.nan)


def brightness(pictures: Tensor) -> Tensor:
    """Return pictures (N, C, H, W) without colour, as the mean of their channels: (N, H, W)."""
    return pictures.mean(1)
