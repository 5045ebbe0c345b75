"""Datasets: where the images of the dataset panel come from."""

from __future__ import annotations

import dataclasses
import functools
from typing import Protocol, runtime_checkable

import numpy as np
from PIL import Image

from cnnwalk.images.decode import ImageError


@dataclasses.dataclass(frozen=True)
class Item:
    """One image of a dataset: RGB pixels, a name for people, and its class where it has one."""

    image: Image.Image
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
def draw(count: int, seed: int) -> tuple[int, ...]:
    """Return the indices 0 to `count` - 1 in a random order, the same for the same seed.

    Args:
        count: length of the dataset.
        seed: 0 or more.

    Raises:
        ImageError: the seed is negative.
    """
    return tuple(generator(seed).permutation(count).tolist())


def generator(seed: int) -> np.random.Generator:
    """Return a random generator; raises ImageError when the seed is negative."""
    if seed < 0:
        raise ImageError(f"The seed is {seed}: give a whole number from 0.")
    return np.random.Generator(np.random.PCG64(seed))
