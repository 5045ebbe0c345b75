"""The user's images, as the command line and Python name them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnnwalk.images.datasets import Dataset
from cnnwalk.images.decode import ImageError
from cnnwalk.images.folder import folder
from cnnwalk.images.torch_dataset import MapDataset, from_torch, without_numbers
from cnnwalk.references import ReferenceNotFoundError, make


def find_images(images: object, classes: Sequence[str] | None = None) -> Dataset:
    """Return the dataset that a user names or gives.

    ``path/to/file.py:NAME`` runs that file: give only code that you trust.

    Args:
        images: a folder; ``path/to/file.py:NAME`` or ``module.path:NAME``, where NAME is a
            dataset or a function that returns one when it is called without arguments; a
            map-style PyTorch dataset; or a `Dataset`.
        classes: names of a PyTorch dataset's labels, where it has no attribute ``classes``.

    Raises:
        ImageError: there is no such thing, it raises, is no dataset, is empty, or none of its
            first items can be shown.
    """
    name = None
    if isinstance(images, str) and ":" in images and not Path(images).exists():
        name = images.rpartition(":")[2]
        images = _made(images)
    if isinstance(images, str | Path):
        return folder(Path(images))
    if isinstance(images, Dataset):
        return images
    if isinstance(images, MapDataset):
        return from_torch(images, classes, name)
    if hasattr(images, "__iter__") or hasattr(images, "__getitem__"):
        raise ImageError(without_numbers(images))
    raise ImageError(
        f"{images!r:.80} of type {type(images).__name__} has no images: give a folder, or a "
        "map-style PyTorch dataset, which has __len__ and __getitem__."
    )


def _made(reference: str) -> object:
    try:
        return make(reference, "a dataset", _is_dataset)
    except ReferenceNotFoundError as error:
        raise ImageError(str(error)) from error


def _is_dataset(found: object) -> bool:
    return isinstance(found, Dataset | MapDataset) and not isinstance(found, type)
