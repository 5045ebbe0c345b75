"""Images that change in every epoch, a whole batch at once, on the device where it is."""

from __future__ import annotations

import torch
from torch import Generator, Tensor
from torch.nn import functional

_SCALES = (0.75, 1.05)
_SHIFT = 0.15
_CONTRASTS = (0.7, 1.3)
_BRIGHTNESS = 0.3
_NOISE = 0.3


def move(batch: Tensor, generator: Generator) -> Tensor:
    """Return images of which each shows another part, maybe mirrored, in another light.

    The part has .75 to 1.05 times the image's sides and lies up to 15 % of half a side off its
    middle; what lies beyond the edge is as the edge. Half of the images are mirrored. Values are
    scaled by .7 to 1.3, and up to .3 is added or taken away.

    Args:
        batch: normalized, float32 (B, C, H, W).
        generator: of the batch's device.
    """
    count, device = len(batch), batch.device
    draws = torch.rand((6, count), generator=generator, device=device)
    scales = _between(_SCALES, draws[0])
    mirrors = torch.where(draws[1] < 0.5, -1.0, 1.0)
    places = torch.zeros((count, 2, 3), device=device)
    places[:, 0, 0] = scales * mirrors
    places[:, 1, 1] = scales
    places[:, :, 2] = _between((-_SHIFT, _SHIFT), draws[2:4]).T
    grid = functional.affine_grid(places, list(batch.shape), align_corners=False)
    parts = functional.grid_sample(batch, grid, padding_mode="border", align_corners=False)
    contrasts = _between(_CONTRASTS, draws[4])[:, None, None, None]
    lights = _between((-_BRIGHTNESS, _BRIGHTNESS), draws[5])[:, None, None, None]
    return parts.mul_(contrasts).add_(lights)


def add_noise(batch: Tensor, generator: Generator) -> Tensor:
    """Return images with white noise, of a strength (sigma) of 0 to .3 that is drawn for each.

    Args:
        batch: normalized, float32 (B, C, H, W).
        generator: of the batch's device.
    """
    sigmas = torch.rand((len(batch), 1, 1, 1), generator=generator, device=batch.device)
    noise = torch.empty_like(batch).normal_(generator=generator)
    return noise.mul_(sigmas.mul_(_NOISE)).add_(batch)


def _between(limits: tuple[float, float], draws: Tensor) -> Tensor:
    """Return what lies as far from the first limit to the second as draws from 0 to 1."""
    return limits[0] + (limits[1] - limits[0]) * draws
