"""How accuracy falls when the input is disturbed."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnwalk.study.imageset import Indices
from cnnwalk.study.measures.measurements import Curve

_REACH = 4.0  # radius of the Gaussian in standard deviations: beyond it lies 6e-5 of its weight


def measure_robustness(
    module: nn.Module,
    batches: Iterable[tuple[Indices, Tensor, Tensor]],
    *,
    noises: tuple[float, ...],
    blurs: tuple[float, ...],
    seed: int,
) -> tuple[Curve, Curve]:
    """Measure accuracy under noise and under blur.

    Each image has noise of its own, the same for all networks and at all strengths.

    Args:
        module: in eval mode; returns scores (N, classes).
        batches: which images, normalized (N, C, H, W), and their classes (N,).
        noises: standard deviations.
        blurs: standard deviations in pixels.
        seed: of the noise.
    """
    right = {("noise", noise): 0 for noise in noises} | {("blur", blur): 0 for blur in blurs}
    count = 0
    for rows, images, classes in batches:
        noise = noise_for(rows, (images.shape[1], images.shape[2], images.shape[3]), seed)
        undisturbed = _right(module, images, classes)
        for kind, strength in right:
            if strength == 0:
                right[kind, strength] += undisturbed
            elif kind == "noise":
                right[kind, strength] += _right(module, images + strength * noise, classes)
            else:
                right[kind, strength] += _right(module, blurred(images, strength), classes)
        count += len(rows)
    return (
        Curve(noises, tuple(right["noise", noise] / count for noise in noises), count),
        Curve(blurs, tuple(right["blur", blur] / count for blur in blurs), count),
    )


def noise_for(rows: Indices, shape: tuple[int, int, int], seed: int) -> Tensor:
    """Return standard normal noise (N, C, H, W), float32, that depends on each image's row alone.

    Args:
        rows: N indices into an image set.
        shape: (C, H, W).
        seed: of the draws.
    """
    draws = [
        np.random.default_rng([seed, row]).standard_normal(shape, dtype=np.float32)
        for row in rows.tolist()
    ]
    return torch.from_numpy(np.stack(draws))


def blurred(images: Tensor, sigma: float) -> Tensor:
    """Return images (N, C, H, W) after a Gaussian blur; beyond the edge its last pixel goes on.

    Args:
        images: of any values.
        sigma: in pixels, above 0.
    """
    radius = math.ceil(_REACH * sigma)
    offsets = torch.arange(-radius, radius + 1, dtype=torch.float64)
    weights = torch.exp(-(offsets**2) / (2 * sigma**2))
    kernel = (weights / weights.sum()).to(images)
    planes = functional.pad(images, (radius,) * 4, mode="replicate").flatten(0, 1)[:, None]
    planes = functional.conv2d(planes, kernel[None, None, :, None])
    planes = functional.conv2d(planes, kernel[None, None, None, :])
    return planes.reshape(images.shape)


def _right(module: nn.Module, images: Tensor, classes: Tensor) -> int:
    with torch.inference_mode():
        scores = module(images.contiguous(memory_format=torch.channels_last))
    return int((scores.argmax(1) == classes).sum())
