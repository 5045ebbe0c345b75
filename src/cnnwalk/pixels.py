"""The pixels of an image of any number of channels, and what they become elsewhere."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels: TypeAlias = npt.NDArray[Any]
"""Shape (H, W, C), C >= 1: uint8, or float32 in 0..1."""

AnyImage: TypeAlias = Image.Image | Pixels
"""A PIL image, of which all but grayscale is taken as RGB, or pixels."""


class ChannelError(ValueError):
    """An image does not go into a network for its channels; the message is for people."""


def to_pixels(image: AnyImage) -> Pixels:
    """Return an image's pixels, without a copy where they are such already.

    Raises:
        ValueError: an array is not of the shape and type that `Pixels` says.
    """
    if isinstance(image, Image.Image):
        values = np.asarray(image if image.mode in {"L", "RGB"} else image.convert("RGB"))
        return values if values.ndim == 3 else values[:, :, None]
    if not isinstance(image, np.ndarray):
        raise ValueError(
            f"{image!r:.80} is of type {type(image).__name__}: give a PIL image or a numpy array "
            "(H, W, C), uint8 or float32 in 0..1"
        )
    if image.ndim != 3 or image.size == 0 or image.dtype not in (np.uint8, np.float32):
        raise ValueError(
            f"an array of shape {image.shape} and type {image.dtype} is no image: give (H, W, C), "
            "uint8 or float32 in 0..1"
        )
    return image


def with_channels(pixels: Pixels, channels: int) -> Pixels:
    """Return an image as a network of another number of channels takes it.

    Where the number is the same, nothing changes. A grayscale image goes into every channel,
    an RGB image as its luminance (0.299 R + 0.587 G + 0.114 B). Other images are measurements
    of which nobody but their owner knows what each channel means, so they go into networks of
    just as many channels.

    Args:
        pixels: of the image.
        channels: of the network.

    Raises:
        ChannelError: there is no such rule.
    """
    present = pixels.shape[2]
    if present == channels:
        return pixels
    if not goes_into(present, channels):
        raise ChannelError(
            f"The image has {present} channels, but the network takes {channels}: only grayscale "
            f"and RGB images go into any network, so take a network of {present} channels, or "
            f"images of {channels}."
        )
    gray = pixels if present == 1 else _luminance(pixels)
    return np.broadcast_to(gray, (*pixels.shape[:2], channels))


def goes_into(present: int, channels: int) -> bool:
    """Say whether an image of `present` channels goes into a network of `channels`."""
    return present in {1, 3, channels}


def preview(pixels: Pixels) -> Image.Image:
    """Return what people see of an image: its first three channels as RGB, or the first as gray."""
    shown = pixels[:, :, :3] if pixels.shape[2] >= 3 else pixels[:, :, 0]
    if shown.dtype != np.uint8:
        shown = np.rint(shown * 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(shown)).convert("RGB")


def _luminance(pixels: Pixels) -> Pixels:
    if pixels.dtype == np.uint8:  # by PIL, which rounds as other programs do
        return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).convert("L"))[:, :, None]
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return (pixels @ weights)[:, :, None]
