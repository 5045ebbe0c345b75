"""Datasets: where the images of the dataset panel come from."""

from __future__ import annotations

import dataclasses
import functools
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from cnnwalk.images.decode import ImageError
from cnnwalk.pixels import AnyImage

MOST_ITEMS = 10_000_000
_FIRST_TRIES = 16

Order: TypeAlias = npt.NDArray[np.uint32]


@dataclasses.dataclass(frozen=True)
class Item:
    """One image of a dataset, a name for people, and its class where it has one."""

    image: AnyImage
    name: str
    label: str | None


@runtime_checkable
class Dataset(Protocol):
    """A numbered set of images; whoever uses it from several threads takes turns.

    Attributes:
        id: letters, digits and hyphens; the same at every start.
        name: for people.
        description: where the images come from and their licence, for people.
    """

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str: ...

    def __len__(self) -> int: ...

    def item(self, index: int) -> Item:
        """Return an image, read anew.

        Args:
            index: from 0, below the length.

        Raises:
            ImageError: this image cannot be read. Who shows a draw leaves it out and goes on.
            IndexError: there is no such index.
        """
        ...


@functools.lru_cache(maxsize=8)
def draw(count: int, seed: int) -> Order:
    """Return the indices 0 to `count` - 1 in a random order, the same for the same seed.

    Args:
        count: length of the dataset, at most `MOST_ITEMS`.
        seed: 0 or more.

    Returns:
        uint32 of shape (count,), not to be written to.

    Raises:
        ImageError: the seed is negative.
    """
    order = generator(seed).permutation(count).astype(np.uint32)
    order.setflags(write=False)
    return order


def first_readable(dataset: Dataset) -> int:
    """Return the index of the first image that can be read.

    Raises:
        ImageError: none of the first few can; says why not the very first.
    """
    tried = min(len(dataset), _FIRST_TRIES)
    reasons = []
    for index in range(tried):
        try:
            dataset.item(index)
        except ImageError as error:
            reasons.append(str(error))
        else:
            return index
    several = f"None of the first {tried} images of {dataset.name} can be read. "
    raise ImageError((several if tried > 1 else "") + reasons[0])


def generator(seed: int) -> np.random.Generator:
    """Return a random generator; raises ImageError when the seed is negative."""
    if seed < 0:
        raise ImageError(f"The seed is {seed}: give a whole number from 0.")
    return np.random.Generator(np.random.PCG64(seed))
