"""Noise as an input image."""

from __future__ import annotations

import typing
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnwalk.images.datasets import generator
from cnnwalk.images.decode import MAX_PIXELS, ImageError
from cnnwalk.pixels import Pixels

NoiseKind = Literal["gaussian", "uniform", "clouds"]
NOISE_KINDS: tuple[NoiseKind, ...] = typing.get_args(NoiseKind)

_Values = npt.NDArray[np.float64]


def noise(kind: NoiseKind, seed: int, width: int, height: int, channels: int = 3) -> Pixels:
    """Return noise, the same for the same arguments; channels are independent of each other.

    Args:
        kind: ``gaussian`` has mean 1/2 and standard deviation 1/6, of which what lies
            outside 0..1 is cut; ``uniform`` has every value equally often; ``clouds`` is a sum of
            smooth random fields of which each has half the grain and half the height of the
            one before, like the 1/f spectrum of photographs.
        seed: 0 or more.
        width: in pixels, from 1.
        height: in pixels, from 1.
        channels: from 1.

    Returns:
        uint8 of shape (H, W, C).

    Raises:
        ImageError: an argument is out of its range.
    """
    if kind not in NOISE_KINDS:
        raise ImageError(f"There is no noise {kind!r}: give one of {', '.join(NOISE_KINDS)}.")
    if min(width, height, channels) < 1 or width * height > MAX_PIXELS:
        raise ImageError(
            f"Noise of {width}×{height} pixels and {channels} channels cannot be made: give sides "
            f"and channels from 1, and at most {MAX_PIXELS // 10**6} megapixels."
        )
    random = generator(seed)
    if kind == "uniform":
        values = random.random((height, width, channels))
    elif kind == "gaussian":
        values = 0.5 + random.standard_normal((height, width, channels)) / 6
    else:
        values = np.stack([_clouds(random, width, height) for _ in range(channels)], axis=2)
    pixels: Pixels = np.clip(np.floor(values * 256), 0, 255).astype(np.uint8)
    return pixels


def _clouds(random: np.random.Generator, width: int, height: int) -> _Values:
    total = np.zeros((height, width))
    grain, weight = max(width, height) / 2, 1.0
    while grain >= 1:
        # Two more points than cells, so that the field has no edge inside the image.
        shape = (int(height / grain) + 2, int(width / grain) + 2)
        coarse = Image.fromarray(random.standard_normal(shape).astype(np.float32), "F")
        box = (0.5, 0.5, 0.5 + width / grain, 0.5 + height / grain)
        total += weight * np.asarray(
            coarse.resize((width, height), Image.Resampling.BICUBIC, box=box)
        )
        grain, weight = grain / 2, weight / 2
    spread = float(np.ptp(total))
    return (total - total.min()) / spread if spread > 0 else np.full_like(total, 0.5)
