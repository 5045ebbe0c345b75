"""Dataset: images of your own, here of four channels, and a network that takes them.

    cnnwalk walk examples/03_dataset.py:build --images examples/03_dataset.py:Balls

Any map-style PyTorch dataset can be walked. Its items are an image, (image, label), or a mapping
with 'image' and 'label'; an image is a PIL image, a tensor (C, H, W) or an array (H, W, C), uint8
or floating point in 0..1. People see the first three channels, the network gets all.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

import cnnwalk

SIZE = 64
CLASSES = ("one ball", "two balls", "three balls")


class Balls(Dataset[dict[str, Tensor | int]]):
    """Coloured balls, with a fourth channel for how near what one sees is."""

    classes = CLASSES

    def __len__(self) -> int:
        return 300

    def __getitem__(self, index: int) -> dict[str, Tensor | int]:
        random = torch.Generator().manual_seed(index)
        label = index % len(CLASSES)
        image = torch.full((4, SIZE, SIZE), 0.1)
        for _ in range(label + 1):
            self._add_ball(image, random)
        return {"image": image, "label": label}

    @staticmethod
    def _add_ball(image: Tensor, random: torch.Generator) -> None:
        y, x, radius, near = torch.rand(4, generator=random)
        radius = SIZE * (0.1 + 0.15 * radius)
        rows, columns = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
        squared = ((rows - SIZE * y) ** 2 + (columns - SIZE * x) ** 2) / radius**2
        height = (1 - squared).clamp(min=0).sqrt()
        depth = (near + height) / 2
        is_seen = (squared < 1) & (depth > image[3])
        colour = torch.rand(3, 1, generator=random)
        image[:3, is_seen] = colour * (0.3 + 0.7 * height[is_seen])
        image[3, is_seen] = depth[is_seen]


def build() -> cnnwalk.Network:
    """Return a network of four channels; its weights are random, what matters here is its input."""
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(4, 16, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, len(CLASSES)),
    )
    spec = cnnwalk.InputSpec(channels=4, height=SIZE, width=SIZE, mean=(0.5,), std=(0.5,))
    return cnnwalk.Network("four channels", module, spec, CLASSES)


if __name__ == "__main__":
    with cnnwalk.walk(build(), images=Balls()) as walk:
        print(walk.url)
        walk.wait()
