"""Batches of examples on their way from the images' file to the device."""

from __future__ import annotations

import collections
import itertools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from cnnwalk.study.examples import Examples, Shown
from cnnwalk.study.imageset import Indices

_AHEAD = 3
_ROOM = 0.5
"""Of a GPU's free memory, which images may take; the rest is the network's."""


class Batch(NamedTuple):
    """Examples on the device.

    Attributes:
        images: normalized, float32 (B, C, H, W).
        labels: int64 (B,), what the network is told.
    """

    images: Tensor
    labels: Tensor


class Feed:
    """Gives batches of examples, a few ahead of who takes them.

    On a GPU that has room for them the pixels lie there. Else a thread reads them from their
    file, where most of a large set may still be on disk, while the network works.

    Args:
        examples: all there are.
        device: where batches are wanted.

    Attributes:
        waited: seconds for which who takes batches had to wait for the file.
    """

    def __init__(self, examples: Examples, device: torch.device) -> None:
        self._examples = examples
        self._device = device
        self._shown = Shown(examples, device)
        self._labels = examples.labels.to(device)
        self.waited = 0.0
        self._pixels = self._resident() if device.type == "cuda" else None

    def batches(self, order: Sequence[Indices]) -> Iterator[Batch]:
        """Yield batches.

        Args:
            order: the numbers of the examples in each.
        """
        if self._pixels is not None:
            for numbers in order:
                there = torch.from_numpy(numbers).to(self._device, non_blocking=True)
                originals = there % self._examples.originals
                yield self._batch(self._pixels.index_select(0, originals), there)
            return
        with ThreadPoolExecutor(1, "images") as pool:
            rest = iter(order)
            ahead = collections.deque(
                pool.submit(self._read, numbers) for numbers in itertools.islice(rest, _AHEAD)
            )
            while ahead:
                begin = time.perf_counter()
                pixels, places = ahead.popleft().result()
                self.waited += time.perf_counter() - begin
                ahead.extend(pool.submit(self._read, more) for more in itertools.islice(rest, 1))
                yield self._batch(
                    pixels.to(self._device, non_blocking=True),
                    places.to(self._device, non_blocking=True),
                )

    def _batch(self, pixels: Tensor, numbers: Tensor) -> Batch:
        return Batch(self._shown.show(pixels, numbers), self._labels[numbers])

    def _read(self, numbers: Indices) -> tuple[Tensor, Tensor]:
        pixels = torch.from_numpy(self._examples.pixels(numbers))
        places = torch.from_numpy(numbers)
        if self._device.type == "cuda":  # from pinned memory the GPU fetches them by itself
            return pixels.pin_memory(), places.pin_memory()
        return pixels, places

    def _resident(self) -> Tensor | None:
        images = self._examples.images
        size = images.pixels[:1].nbytes * self._examples.originals
        free, _ = torch.cuda.mem_get_info(self._device)
        if size > _ROOM * free:
            return None
        originals = np.arange(self._examples.originals, dtype=np.int64)
        return torch.from_numpy(self._examples.pixels(originals)).to(self._device)
