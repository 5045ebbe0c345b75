"""From what a PyTorch dataset gives to an image: which axis is which, and which value is white."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnwalk.images.decode import ImageError, to_rgb
from cnnwalk.pixels import AnyImage, Pixels

_PICTURES = (1, 3, 4)
# Scaling with antialiasing overshoots a little.
_OVERSHOOT = 0.05
_NORMALIZED = 20

_Values = npt.NDArray[Any]


def image_of(found: object, name: str) -> AnyImage:
    """Return an image of a dataset.

    Args:
        found: a PIL image; a tensor (C, H, W) or (H, W); or an array (H, W, C) or (H, W).
        name: of the item, for people.

    Raises:
        ImageError: it is none of these, or its values are not in the range of its type.
    """
    import torch

    if isinstance(found, Image.Image):
        return to_rgb(found)
    if isinstance(found, torch.Tensor):
        tensor = found.detach().cpu()
        values = tensor.float().numpy() if tensor.is_floating_point() else tensor.numpy()
        return _scaled(_channels_last(values, name, from_front=True), name)
    if isinstance(found, np.ndarray):
        return _scaled(_channels_last(found, name, from_front=False), name)
    raise ImageError(
        f"{name} is of type {type(found).__name__}: expected a PIL image, a tensor (C, H, W) or "
        "an array (H, W, C), alone, first in a tuple as in (image, label), or in a mapping under "
        "'image'."
    )


def _channels_last(values: _Values, name: str, *, from_front: bool) -> _Values:
    """Return (H, W, C).

    The channels of tensors are in front and those of arrays at the end, unless that is plainly
    not so: where only the other end is of 1, 3 or 4, as colour pictures are, or where only with
    the channels at the other end the image is square.
    """
    if values.ndim == 2:
        return values[:, :, None]
    if values.ndim != 3 or values.size == 0:
        raise ImageError(
            f"{name} is of shape {values.shape}: expected a tensor (C, H, W), an array (H, W, C), "
            "or (H, W), without an axis for the batch."
        )
    front = values.transpose(1, 2, 0)
    written, other = (front, values) if from_front else (values, front)
    return other if _says_more(other.shape) > _says_more(written.shape) else written


def _says_more(shape: tuple[int, ...]) -> int:
    """Return how much (H, W, C) looks like an image."""
    height, width, channels = shape
    return 2 * (channels in _PICTURES) + (height == width)


def _scaled(values: _Values, name: str) -> Pixels:
    """Return uint8, or float32 in 0..1 where 8 bits do not hold the values exactly."""
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    if values.dtype == np.bool_:
        return np.where(values, 255, 0).astype(np.uint8)
    if values.dtype == np.uint16:
        return values.astype(np.float32) / 65535
    _check_range(values, name)
    exact = np.clip(values, 0, 1).astype(np.float32)
    rounded = np.rint(exact * 255).astype(np.uint8)
    return rounded if np.array_equal(rounded.astype(np.float32) / 255, exact) else exact


def _check_range(values: _Values, name: str) -> None:
    if values.dtype.kind not in "iuf":
        raise ImageError(f"{name} has values of type {values.dtype}: expected numbers.")
    low, high = float(values.min()), float(values.max())
    floating = values.dtype.kind == "f"
    if floating and low >= -_OVERSHOOT and high <= 1 + _OVERSHOOT:
        return
    if not floating and low >= 0 and high <= 255:
        advice = "Give it as uint8: .to(torch.uint8) or .astype(numpy.uint8)."
    elif not np.isfinite([low, high]).all():
        advice = "Replace what is no number, for example by numpy.nan_to_num."
    elif floating and max(-low, high) < _NORMALIZED and low < 0:
        advice = (
            "Give the dataset without normalization (without transforms.Normalize); cnnwalk "
            "normalizes as the network's input specification says."
        )
    else:
        largest = 255 if low >= 0 and high <= 255 else "the largest value that the data can have"
        advice = f"Divide it by {largest}, in the dataset's __getitem__ or transform."
    raise ImageError(
        f"{name} has {values.dtype} values from {low:.4g} to {high:.4g}: expected uint8, uint16, "
        f"or floating point in 0..1. {advice}"
    )
