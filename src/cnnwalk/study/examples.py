"""What a strategy gives a network to learn: images, their copies, and the labels it tells."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from cnnwalk.pixels import Pixels
from cnnwalk.study.draws import Purpose, generator_for
from cnnwalk.study.imageset import ImageSet, Indices
from cnnwalk.study.noise import FixedNoise
from cnnwalk.study.strategies import NOISE, Strategy


class Examples:
    """The training part of a set as a strategy sees it; all of it follows from the seed.

    The first examples are the images in the order of ``images.parts["train"]``, then all of them
    again for each copy. Copies are not stored: `Shown` makes their noise.

    Args:
        images: where they come from.
        strategy: decides the labels.
        seed: of the training.
        copies: noisy copies of each image; None for the strategy's.
        noise: sigma of a copy's noise, for normalized values.

    Attributes:
        images: as given.
        labels: int64 (N,), what the network is told.
        originals: how many of the examples are the images themselves.
        seed: as given.
        noise: as given.
    """

    def __init__(
        self,
        images: ImageSet,
        strategy: Strategy,
        seed: int,
        *,
        copies: int | None = None,
        noise: float = NOISE,
    ) -> None:
        self.images = images
        self.seed = seed
        self.noise = noise
        self._rows = images.parts["train"]
        self.originals = len(self._rows)
        count = self.originals * (strategy.copies if copies is None else copies)
        generator = generator_for(Purpose.LABELS, seed)
        own = torch.from_numpy(np.asarray(images.labels[self._rows], np.int64))
        if strategy.shuffles:
            own = own[torch.randperm(self.originals, generator=generator)]
        others = torch.randint(len(images.classes), (count,), generator=generator)
        self.labels = torch.cat([own, others])

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, numbers: Indices) -> Indices:
        """Return which images of the set some examples show."""
        return self._rows[numbers % self.originals]

    def pixels(self, numbers: Indices) -> Pixels:
        """Return the pixels of some examples, without their noise: uint8 (B, H, W, C)."""
        return np.asarray(self.images.pixels[self.rows(numbers)])


class Shown:
    """Turns pixels of examples into what a network sees of them, on one device.

    Args:
        examples: of which images are shown.
        device: where the batches are.
    """

    def __init__(self, examples: Examples, device: torch.device) -> None:
        images = examples.images
        _, height, width, channels = images.pixels.shape
        mean = torch.tensor(images.mean, device=device).view(1, channels, 1, 1)
        std = torch.tensor(images.std, device=device).view(1, channels, 1, 1)
        self._factor = 1 / (255 * std)
        self._offset = -mean / std
        self._originals = examples.originals
        self._strength = examples.noise
        self._noise = (
            FixedNoise(examples.seed, (channels, height, width), device)
            if len(examples) > examples.originals
            else None
        )

    def show(self, pixels: Tensor, numbers: Tensor) -> Tensor:
        """Return normalized values float32 (B, C, H, W), with the noise of those that are copies.

        Args:
            pixels: uint8 (B, H, W, C).
            numbers: of the examples, int64 (B,).
        """
        values = pixels.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.contiguous_format)
        values.mul_(self._factor).add_(self._offset)
        if self._noise is not None:
            strengths = (numbers >= self._originals).float().mul_(self._strength)
            values.addcmul_(self._noise.of(numbers), strengths[:, None, None, None])
        return values
