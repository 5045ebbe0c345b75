"""Images as a network takes them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from cnnwalk.study.imageset import ImageSet, Indices
from cnnwalk.study.trained import About

# Noise is drawn batch by batch, so that another number would draw other noise.
_BATCH = 32


def drawn(images: ImageSet, count: int | None, seed: int) -> Indices:
    """Return `count` images of the test part, or all where it has fewer or `count` is None.

    The order is drawn, so that fewer images are the first of more.
    """
    order = np.random.default_rng(seed).permutation(np.sort(images.parts["test"]))
    return order[:count]


def batches(images: ImageSet, rows: Indices, about: About) -> Iterator[tuple[Indices, Tensor]]:
    """Yield some rows and their images, normalized, float32 (N, C, H, W) with channels last."""
    mean = torch.tensor(about.mean)[:, None, None]
    std = torch.tensor(about.std)[:, None, None]
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        pixels = torch.from_numpy(np.ascontiguousarray(images.pixels[part]))
        values = (pixels.permute(0, 3, 1, 2).float() / 255 - mean) / std
        yield part, values.contiguous(memory_format=torch.channels_last)


def labels_of(images: ImageSet, rows: Indices) -> Tensor:
    """Return what images show, int64 (N,)."""
    return torch.from_numpy(np.asarray(images.labels[rows], np.int64))
