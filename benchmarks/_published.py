"""What the paper's authors published, plainly: feature visualizations that benchmarks run beside.

Own code after what github.com/Criscraft/DeepVisionVRServer (FeatureVisualizerRobust.py) does: the
whole network runs forward in every step, one draw holds for the whole batch, which begins with one
image of noise, and pictures are stretched to 8 bits.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import affine, center_crop, pad, rotate

_ROLL = 5


class Published:
    """Pictures of a network's channels as the published code makes them.

    Args:
        module: takes (N, C, H, W), in eval mode; its parameters are frozen, as theirs are.
        target: module, whose output (N, K, ...) has the channels; a path within `module`.
        shape: (C, H, W) of the input.
        rate: length of a step.
        plain_steps: how many, at the end, are without transformations.
    """

    def __init__(
        self,
        module: nn.Module,
        target: str,
        shape: tuple[int, int, int],
        *,
        rate: float = 20.0,
        plain_steps: int = 10,
    ) -> None:
        self.module = module.requires_grad_(False)
        self.shape = shape
        self.rate = rate
        self.plain_steps = plain_steps
        self._random = random.Random()  # noqa: S311
        self._output: Tensor | None = None
        module.get_submodule(target).register_forward_hook(self._keep)

    def run(
        self, channels: Sequence[int], *, steps: int = 200, seed: int = 0, batch: int = 32
    ) -> tuple[Tensor, npt.NDArray[np.uint8]]:
        """Make the pictures of some channels.

        Returns:
            The images as they were optimized, (N, C, H, W) float32, normalized as the network
            takes them, and the 8-bit pictures that are shown of them, (N, H, W, C).
        """
        torch.manual_seed(seed)
        self._random.seed(seed)
        device = next(self.module.parameters()).device
        noise = torch.randn(1, *self.shape, device=device)
        made = []
        for at in range(0, len(channels), batch):
            some = channels[at : at + batch]
            first = noise.repeat(len(some), 1, 1, 1)
            images = first
            for step in range(steps):
                moved = self.step(images, some, transformed=step < steps - self.plain_steps)
                images = first if moved is None else moved
            made.append(images)
        images = torch.cat(made)
        return images, export(images)

    def step(
        self, images: Tensor, channels: Sequence[int], *, transformed: bool = True
    ) -> Tensor | None:
        """Return the images after one step; None where the response is not a number."""
        if transformed:
            images = self.transform(images)
        images = images.detach().clone().requires_grad_()
        self.module(images)
        output = self._output
        assert output is not None
        loss = -torch.stack([output[row, channel].mean() for row, channel in enumerate(channels)])
        if torch.isnan(loss.sum()):
            return None
        torch.autograd.backward(loss.sum())
        gradient = images.grad
        assert gradient is not None
        length = torch.sqrt((gradient**2).sum((1, 2, 3), keepdim=True))
        return images.detach() - gradient / (length + 1e-6) * self.rate

    def transform(self, images: Tensor) -> Tensor:
        """Return the images after the transformations between two steps, alike for all."""
        height, width = images.shape[2:]
        images = pad(images, [2 * _ROLL] * 4, padding_mode="edge")
        if self._random.random() < 0.3:
            images = rotate(images, self._random.uniform(-10, 10))
        if self._random.random() < 0.05:
            factor = self._random.uniform(1.0, 1.05)
            bilinear = InterpolationMode.BILINEAR
            images = affine(images, 0.0, [0, 0], factor, [0.0, 0.0], interpolation=bilinear)
        images = center_crop(_blurred(images, 0.5), [height, width])
        if self._random.random() < 0.3:
            down, right = (self._random.randint(-_ROLL, _ROLL) for _ in "yx")
            images = torch.roll(images, (down, right), (2, 3))
        mean = images.mean((1, 2, 3), keepdim=True)
        std = images.std((1, 2, 3), keepdim=True)
        return 0.95 * images + 0.05 * (images - mean) / std

    def _keep(self, _module: nn.Module, _inputs: object, output: Tensor) -> None:
        # A copy, since an activation function behind it may write in place.
        self._output = output.clone()


def export(images: Tensor) -> npt.NDArray[np.uint8]:
    """Return each image stretched from its lowest to its highest value, as 8 bits, (N, H, W, C)."""
    lowest = images.amin((1, 2, 3), keepdim=True)
    highest = images.amax((1, 2, 3), keepdim=True)
    stretched = ((images - lowest) / (highest - lowest) * 255).to(torch.uint8)
    return stretched.permute(0, 2, 3, 1).cpu().numpy()


def _blurred(images: Tensor, sigma: float) -> Tensor:
    """Blur with a Gaussian of 5x5 pixels, in one convolution; zeros lie beyond the edge."""
    offsets = torch.arange(-2, 3, device=images.device, dtype=images.dtype)
    line = torch.exp(-(offsets**2) / (2 * sigma**2))
    line = line / line.sum()
    channels = images.shape[1]
    kernel = (line[:, None] * line).expand(channels, 1, 5, 5)
    return functional.conv2d(images, kernel, padding=2, groups=channels)
