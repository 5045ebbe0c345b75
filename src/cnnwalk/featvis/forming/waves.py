"""Waves: images of any size and their spectra, and the spectrum that photographs have."""

from __future__ import annotations

import torch
from torch import Tensor


def to_waves(values: Tensor) -> Tensor:
    """Return the spectrum of images.

    Args:
        values: (N, C, H, W), float32.

    Returns:
        (N, C, H, W // 2 + 1), complex64, of the same energy (that of both halves together): the
        half that the other mirrors.
    """
    waves: Tensor = torch.fft.rfft2(values, norm="ortho")
    return waves


def from_waves(waves: Tensor, height: int, width: int) -> Tensor:
    """Return the images (N, C, H, W) of a spectrum that `to_waves` could have made."""
    values: Tensor = torch.fft.irfft2(waves, s=(height, width), norm="ortho")
    return values


def frequencies(height: int, width: int) -> Tensor:
    """Return the cycles per pixel of each wave of `to_waves`: (H, W // 2 + 1), float32."""
    down = torch.fft.fftfreq(height)[:, None]
    right = torch.fft.rfftfreq(width)[None, :]
    return torch.hypot(down, right)


def falling(height: int, width: int, decay: float) -> Tensor:
    """Return amplitudes that fall with the frequency f as 1 / f^decay.

    Waves that are longer than the image, its mean, have the amplitude of the longest one.

    Returns:
        (H, W // 2 + 1), float32, such that images of these amplitudes and any phases have a mean
        square of 1.
    """
    shortest = 1 / max(height, width)
    amplitudes = frequencies(height, width).clamp(min=shortest) ** -decay
    return amplitudes / energy(amplitudes, width).sqrt()


def energy(amplitudes: Tensor, width: int) -> Tensor:
    """Return the mean square of images with these amplitudes (..., H, W // 2 + 1): shape (...)."""
    counts = torch.full((amplitudes.shape[-1],), 2.0, device=amplitudes.device)
    counts[0] = 1
    if width % 2 == 0:
        counts[-1] = 1
    height = amplitudes.shape[-2]
    return (amplitudes.square() * counts).sum((-2, -1)) / (height * width)
