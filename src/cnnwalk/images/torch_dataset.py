"""Any map-style PyTorch dataset as a dataset of the walk."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnwalk.images.datasets import Dataset, Item
from cnnwalk.images.decode import ImageError, to_rgb
from cnnwalk.images.folder import dataset_id
from cnnwalk.references import explain

_IMAGE_KEYS = ("image", "img", "pixel_values")
_LABEL_KEYS = ("label", "labels", "target", "class")
_CHANNELS = (1, 3)
# Scaling with antialiasing overshoots a little.
_OVERSHOOT = 0.05

_Values = npt.NDArray[Any]


@runtime_checkable
class MapDataset(Protocol):
    """What PyTorch calls a map-style dataset."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> object: ...


class _TorchDataset:
    def __init__(self, dataset: MapDataset, classes: Sequence[str] | None, name: str) -> None:
        self._dataset = dataset
        self._classes = _class_names(dataset) or list(classes or ())
        self.id = dataset_id(name, name)
        self.name = name
        self.description = f"{type(dataset).__name__}, a PyTorch dataset"

    def __len__(self) -> int:
        return len(self._dataset)

    def item(self, index: int) -> Item:
        name = f"{self.name} {index}"
        try:
            found = self._dataset[index]
        except Exception as error:
            raise ImageError(
                f"{name} cannot be read, the dataset raises {explain(error)}."
            ) from error
        image, label = _split(found)
        return Item(_to_image(image, name), name, self._label(label))

    def _label(self, label: object) -> str | None:
        if label is None or isinstance(label, str):
            return label
        try:
            number = operator.index(label)  # type: ignore[arg-type]  # to find out is the point
        except (TypeError, ValueError):
            return None  # several labels, boxes, a mask
        return self._classes[number] if 0 <= number < len(self._classes) else str(number)


def from_torch(
    dataset: MapDataset, classes: Sequence[str] | None = None, name: str | None = None
) -> Dataset:
    """Return a map-style PyTorch dataset as a dataset of the walk.

    Its items are ``(image, label, ...)``, a mapping with the keys ``image`` and ``label``,
    or an image alone. An image is a PIL image, a tensor (C, H, W) or (H, W), or an array
    (H, W, C) or (H, W), of 1 or 3 channels, uint8 or floating point in 0..1. A label is
    a number or a name.

    Args:
        dataset: has ``__len__`` and ``__getitem__``.
        classes: names of the labels, where the dataset has no attribute ``classes``.
        name: for people; None for the dataset's class.

    Raises:
        ImageError: the dataset is empty, or its first item cannot be shown.
    """
    name = name or type(dataset).__name__
    if len(dataset) == 0:
        raise ImageError(f"The dataset {name} is empty: give one with at least one image.")
    found = _TorchDataset(dataset, classes, name)
    found.item(0)
    return found


def _class_names(dataset: object) -> list[str]:
    classes = getattr(dataset, "classes", None)
    return [str(name) for name in classes] if isinstance(classes, list | tuple) else []


def _split(found: object) -> tuple[object, object]:
    """Return the image and the label of a dataset's item."""
    if isinstance(found, Mapping):
        image = next((found[key] for key in _IMAGE_KEYS if key in found), None)
        return image, next((found[key] for key in _LABEL_KEYS if key in found), None)
    if isinstance(found, tuple | list) and found:
        return found[0], found[1] if len(found) > 1 else None
    return found, None


def _to_image(found: object, name: str) -> Image.Image:
    import torch

    if isinstance(found, Image.Image):
        return to_rgb(found)
    if isinstance(found, torch.Tensor):
        tensor = found.detach().cpu()
        values = tensor.float().numpy() if tensor.is_floating_point() else tensor.numpy()
        return Image.fromarray(_to_bytes(_channels_last(values, name, from_front=True), name))
    if isinstance(found, np.ndarray):
        return Image.fromarray(_to_bytes(_channels_last(found, name, from_front=False), name))
    raise ImageError(
        f"{name} is of type {type(found).__name__}: expected a PIL image, a tensor (C, H, W) or "
        "an array (H, W, C), alone, as (image, label), or in a mapping under 'image'."
    )


def _channels_last(values: _Values, name: str, *, from_front: bool) -> _Values:
    """Return (H, W, 3); where both ends could be the channels, `from_front` decides."""
    if values.ndim == 2:
        values = values[:, :, None]
    elif values.ndim == 3:
        front, back = values.shape[0] in _CHANNELS, values.shape[2] in _CHANNELS
        if front and (from_front or not back):
            values = values.transpose(1, 2, 0)
    if values.ndim != 3 or values.shape[2] not in _CHANNELS or values.size == 0:
        raise ImageError(
            f"{name} is of shape {values.shape}: expected (C, H, W) or (H, W, C) with 1 or 3 "
            "channels, or (H, W)."
        )
    return np.broadcast_to(values, (*values.shape[:2], 3))


def _to_bytes(values: _Values, name: str) -> npt.NDArray[np.uint8]:
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    if values.dtype == np.bool_:
        return np.where(values, 255, 0).astype(np.uint8)
    low, high = float(values.min()), float(values.max())
    if not np.issubdtype(values.dtype, np.floating) or not (
        low >= -_OVERSHOOT and high <= 1 + _OVERSHOOT
    ):
        raise ImageError(
            f"{name} has {values.dtype} values from {low:.4g} to {high:.4g}: expected uint8, or "
            "floating point in 0..1. Give the dataset without normalization; cnnwalk normalizes "
            "as the network's input specification says."
        )
    pixels: npt.NDArray[np.uint8] = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return pixels
