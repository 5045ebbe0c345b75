"""The transformations of mode ``paper``: what section 3.3.5 does to the images between updates.

They change the images themselves and add up over the steps; no gradient passes through them. Each
takes images (N, C, H, W), float, normalized as the network takes them, and a number for each of
them, of shape (N,), on any device; each returns images of the same type.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from cnnwalk.featvis.forming.draws import Draws
from cnnwalk.featvis.settings import PaperSettings

_RADIUS = 2
_NARROWEST = 1e-3  # a Gaussian of this sigma has all its weight in one pixel


@dataclasses.dataclass(frozen=True)
class Chances:
    """What is drawn for one step, on the CPU; each of shape (N,).

    Attributes:
        degrees: of the rotation, counterclockwise; 0 for none.
        factors: of the scale; 1 for none.
        sigmas: of the blur in pixels, from 0.
        down: how many pixels the roll goes down; int64, 0 for none.
        right: how many pixels the roll goes to the right, as `down`.
    """

    degrees: Tensor
    factors: Tensor
    sigmas: Tensor
    down: Tensor
    right: Tensor


def draw(draws: Draws, settings: PaperSettings) -> Chances:
    """Draw for one step; every step takes as many numbers, so that none depends on another."""
    rotated = draws.chance(settings.rotation_probability)
    degrees = draws.uniform(*settings.rotation)
    clockwise = draws.chance(0.5)
    scaled = draws.chance(settings.scale_probability)
    factors = draws.uniform(*settings.scale)
    sigmas = draws.uniform(*settings.blur)
    rolled = draws.chance(settings.roll_probability, 2)
    if settings.roll_together:
        rolled = rolled[:, :1].expand(-1, 2)
    nearest, farthest = settings.roll
    ways = [way for way in range(-farthest, farthest + 1) if abs(way) >= nearest]
    pixels = torch.tensor(ways)[draws.integers(0, len(ways) - 1, 2)] * rolled
    return Chances(
        degrees=degrees * rotated * torch.where(clockwise, -1, 1),
        factors=torch.where(scaled, factors, 1.0),
        sigmas=sigmas,
        down=pixels[:, 0],
        right=pixels[:, 1],
    )


def transform(
    images: Tensor, chances: Chances, settings: PaperSettings, mean: Tensor, std: Tensor
) -> Tensor:
    """Apply all of them in the order of the paper.

    Args:
        images: keep their size.
        chances: of this step.
        settings: the padding, and how the distribution is drawn near.
        mean: as of `drawn_near`.
        std: as of `drawn_near`.
    """
    padding = settings.padding
    images = functional.pad(images, (padding,) * 4, mode="replicate")
    images = rotate(images, chances.degrees)
    images = scale(images, chances.factors)
    images = blur(images, chances.sigmas)
    images = images[:, :, padding or None : -padding or None, padding or None : -padding or None]
    images = roll(images, chances.down, chances.right)
    over = (2, 3) if settings.statistics == "channel" else (1, 2, 3)
    return drawn_near(images, mean, std, share=settings.blend, over=over)


def rotate(images: Tensor, degrees: Tensor) -> Tensor:
    """Rotate each image about its centre, counterclockwise; 0, the mean, comes in from outside.

    Each pixel takes the value of the one that is nearest to where it comes from, as in the
    published code.
    """
    radians = torch.deg2rad(degrees.double())
    cosine, sine = torch.cos(radians), torch.sin(radians)
    rows = torch.stack([torch.stack([cosine, -sine], 1), torch.stack([sine, cosine], 1)], 1)
    return _only(
        degrees != 0, images, lambda part, chosen: _sample(part, rows[chosen], mode="nearest")
    )


def scale(images: Tensor, factors: Tensor) -> Tensor:
    """Enlarge each image about its centre, with bilinear interpolation."""
    rows = torch.eye(2, dtype=torch.float64) / factors.double()[:, None, None]
    return _only(
        factors != 1, images, lambda part, chosen: _sample(part, rows[chosen], mode="bilinear")
    )


def blur(images: Tensor, sigmas: Tensor) -> Tensor:
    """Blur each image with a Gaussian of 5x5 pixels; beyond the edge its last pixel goes on."""
    number, channels, height, width = images.shape
    offsets = torch.arange(-_RADIUS, _RADIUS + 1, dtype=torch.float64)
    spread = sigmas.double().clamp(min=_NARROWEST)[:, None]
    weights = torch.exp(-(offsets**2) / (2 * spread**2))
    weights = weights / weights.sum(1, keepdim=True)
    # At once, because two passes over the pixels take more than the products they save.
    kernels = (weights[:, :, None] * weights[:, None]).repeat_interleave(channels, 0).to(images)
    planes = functional.pad(images, (_RADIUS,) * 4, mode="replicate")
    planes = planes.reshape(1, number * channels, height + 2 * _RADIUS, width + 2 * _RADIUS)
    planes = functional.conv2d(planes, kernels[:, None], groups=number * channels)
    return planes.reshape(images.shape)


def roll(images: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """Move each image; what leaves it on one side comes in on the other."""
    ways = zip(images, down.tolist(), right.tolist(), strict=True)
    return torch.stack([torch.roll(image, way, dims=(1, 2)) for image, *way in ways])


def drawn_near(
    images: Tensor, mean: Tensor, std: Tensor, *, share: float, over: tuple[int, ...]
) -> Tensor:
    """Blend each image with itself shifted and scaled to a mean and a standard deviation.

    Args:
        images: what has no spread, such as an image of one colour, stays as it is.
        mean: that the values shall have; goes with the images by broadcasting.
        std: as `mean`.
        share: of the shifted and scaled image in the blend, 0..1.
        over: the axes over which an image's own mean and standard deviation are taken.
    """
    number = math.prod(images.shape[axis] for axis in over)
    if number < 2:
        return images
    own_mean = images.mean(over, keepdim=True)
    # Not by torch.std, which takes twenty times as long over these axes.
    length = torch.linalg.vector_norm(images - own_mean, dim=over, keepdim=True)
    own_std = length / (number - 1) ** 0.5
    flat = own_std <= torch.finfo(images.dtype).eps * own_mean.abs()
    gain = std / own_std.masked_fill(flat, 1)
    factor = torch.where(flat, 1, 1 - share + share * gain)
    term = torch.where(flat, 0, share * (mean - own_mean * gain))
    return torch.addcmul(term, images, factor)


def _only(chosen: Tensor, images: Tensor, change: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Return the images with those that are chosen changed; the others keep their very bits."""
    if not chosen.any():
        return images
    changed = images.clone()
    changed[chosen] = change(images[chosen], chosen)
    return changed


def _sample(images: Tensor, rows: Tensor, *, mode: str) -> Tensor:
    """Return images that take the value of each pixel from elsewhere; 0 where that is outside.

    Args:
        images: (N, C, H, W).
        rows: (N, 2, 2), float64: takes the offset (right, down) of a pixel from the centre, in
            pixels, to that of where its value comes from.
        mode: of the interpolation, ``nearest`` or ``bilinear``.
    """
    height, width = images.shape[2:]
    # `affine_grid` counts each side from -1 to 1, so that in it a rotation of an image that is
    # not square is no rotation.
    sides = torch.tensor([width, height], dtype=torch.float64)
    theta = functional.pad(rows * sides / sides[:, None], (0, 1)).to(images)
    grid = functional.affine_grid(theta, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, mode=mode, align_corners=False)
