"""An image with noise on it, to see what a network makes of it still."""

from __future__ import annotations

import math

import numpy as np

from cnnwalk.images.datasets import generator
from cnnwalk.images.decode import MAX_PIXELS, ImageError
from cnnwalk.pixels import Pixels

STRONGEST = 1.0
_SEED = 0


def noisy(pixels: Pixels, sigma: float) -> Pixels:
    """Return an image with Gaussian noise added to each value, independently.

    The draws depend on the image's shape alone: twice the sigma is twice the same noise. What
    leaves 0..1 is cut, since no picture can show it; so on black and white half of the noise is
    lost. What strategies add while they train is added to normalized values and not cut: in
    their unit this sigma is sigma / std, with the network's std.

    Args:
        pixels: of the image.
        sigma: standard deviation where 1 is white, above 0 and at most `STRONGEST`.

    Returns:
        Shape and type of `pixels`.

    Raises:
        ImageError: the sigma is out of its range, or the image of more than 64 megapixels.
    """
    if not (math.isfinite(sigma) and 0 < sigma <= STRONGEST):
        raise ImageError(
            f"Noise of sigma {sigma} cannot be added: give one above 0, and at most "
            f"{STRONGEST:g}, which is the way from black to white."
        )
    height, width, channels = pixels.shape
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"Noise cannot be added to {width}×{height} pixels: take an image that is less long, "
            f"so that it has at most {MAX_PIXELS // 10**6} megapixels at the network's size."
        )
    random = generator(_SEED)
    planes = [_with_noise(pixels[:, :, channel], random, sigma) for channel in range(channels)]
    return np.stack(planes, axis=2)


def _with_noise(plane: Pixels, random: np.random.Generator, sigma: float) -> Pixels:
    """Return one channel (H, W) with the generator's next draws on it."""
    white = 255 if plane.dtype == np.uint8 else 1
    values = random.standard_normal(plane.shape, np.float32)
    values *= sigma * white
    values += plane
    np.clip(values, 0, white, out=values)
    return np.rint(values).astype(np.uint8) if plane.dtype == np.uint8 else values
