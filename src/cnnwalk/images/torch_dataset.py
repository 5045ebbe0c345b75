"""Any map-style PyTorch dataset as a dataset of the walk."""

from __future__ import annotations

import logging
import operator
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from cnnwalk.images.datasets import MOST_ITEMS, Dataset, Item, first_readable
from cnnwalk.images.decode import ImageError
from cnnwalk.images.folder import dataset_id
from cnnwalk.images.values import image_of
from cnnwalk.references import explain

_IMAGE_KEYS = ("image", "img", "pixel_values")
_LABEL_KEYS = ("label", "labels", "target", "class")

_LOG = logging.getLogger(__name__)


@runtime_checkable
class MapDataset(Protocol):
    """What PyTorch calls a map-style dataset."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> object: ...


class _TorchDataset:
    def __init__(
        self, dataset: MapDataset, count: int, classes: Sequence[str] | None, name: str
    ) -> None:
        self._dataset = dataset
        self._count = count
        self._classes = _class_names(dataset) or list(classes or ())
        self._has_warned = False
        self.id = dataset_id(name, name)
        self.name = name
        self.description = f"{type(dataset).__name__}, a PyTorch dataset"

    def __len__(self) -> int:
        return self._count

    def item(self, index: int) -> Item:
        name = f"{self.name} {index}"
        try:
            found = self._dataset[index]
        except Exception as error:
            raise ImageError(
                f"{name} cannot be read, the dataset raises {explain(error)}."
            ) from error
        image, label = _split(found, name)
        return Item(image_of(image, name), name, self._label(label, name))

    def _label(self, label: object, name: str) -> str | None:
        if label is None or isinstance(label, str):
            return label
        try:
            number = operator.index(label.item() if _is_single(label) else label)  # type: ignore[attr-defined,arg-type]  # to find out is the point
        except (TypeError, ValueError):
            return None  # several labels, boxes, a mask
        if 0 <= number < len(self._classes):
            return self._classes[number]
        if self._classes and not self._has_warned:
            self._has_warned = True
            _LOG.warning(
                "%s has the label %d, but the dataset %s has %d class names, for 0 to %d: such "
                "labels are shown as numbers. Give the names of all classes.",
                *(name, number, self.name, len(self._classes), len(self._classes) - 1),
            )
        return f"label {number}"


def from_torch(
    dataset: MapDataset, classes: Sequence[str] | None = None, name: str | None = None
) -> Dataset:
    """Return a map-style PyTorch dataset as a dataset of the walk.

    Its items are ``(image, label, ...)``, a mapping with the keys ``image`` and ``label``,
    or an image alone. An image is a PIL image, a tensor (C, H, W) or (H, W), or an array
    (H, W, C) or (H, W), of any number of channels; of type uint8, uint16 (65535 is white) or
    floating point in 0..1. A label is a number or a name.

    Args:
        dataset: has ``__len__`` and ``__getitem__``.
        classes: names of the labels, where the dataset has no attribute ``classes``.
        name: for people; None for the dataset's class.

    Raises:
        ImageError: the dataset is empty or far too long, or none of its first items can be
            shown.
    """
    name = name or type(dataset).__name__
    found = _TorchDataset(dataset, _count(dataset, name), classes, name)
    first_readable(found)
    return found


def _count(dataset: MapDataset, name: str) -> int:
    import torch

    # It inherits a __getitem__ that raises, and may have a __len__.
    if isinstance(dataset, torch.utils.data.IterableDataset):
        raise ImageError(without_numbers(dataset))
    try:
        count = len(dataset)
    except Exception as error:
        raise ImageError(
            f"The dataset {name} does not say how many images it has, its __len__ raises "
            f"{explain(error)}: let it return that number."
        ) from error
    if count == 0:
        raise ImageError(f"The dataset {name} is empty: give one with at least one image.")
    if count > MOST_ITEMS:
        raise ImageError(
            f"The dataset {name} says that it has {count:,} images, and at most {MOST_ITEMS:,} can "
            "be drawn from: give a part of it, such as torch.utils.data.Subset(dataset, "
            "range(10_000))."
        )
    return count


def without_numbers(given: object) -> str:
    """Return a sentence on something that gives images, but not by number."""
    kind = type(given).__name__
    if hasattr(given, "dataset"):  # a DataLoader
        return f"A {kind} gives batches: give its dataset, loader.dataset."
    if not hasattr(given, "__iter__"):
        return f"{kind} does not say how many images it has: give it a method __len__(self)."
    return (
        f"{kind} gives one image after the other, but the walk asks for images by number: give a "
        "map-style dataset, which has __len__ and __getitem__, such as the list of the first: "
        "list(itertools.islice(dataset, 100))."
    )


def _class_names(dataset: object) -> list[str]:
    """Return the names that a dataset has, or what it is a part of, as `Subset` is."""
    classes = getattr(dataset, "classes", None)
    if isinstance(classes, list | tuple):
        return [str(name) for name in classes]
    whole = getattr(dataset, "dataset", None)
    return [] if whole is None else _class_names(whole)


def _is_single(label: object) -> bool:
    """Whether a label is an array of one number, as of MedMNIST."""
    return isinstance(label, np.ndarray) and label.size == 1


def _split(found: object, name: str) -> tuple[object, object]:
    """Return the image and the label of a dataset's item."""
    if isinstance(found, Mapping):
        image = next((found[key] for key in _IMAGE_KEYS if key in found), None)
        if image is None:
            raise ImageError(
                f"{name} is a mapping with the keys {', '.join(map(repr, found))}: its image is "
                "expected under 'image'."
            )
        return image, next((found[key] for key in _LABEL_KEYS if key in found), None)
    if isinstance(found, tuple | list) and found:
        return found[0], found[1] if len(found) > 1 else None
    return found, None
