"""Weights: the same architecture before and after it was trained, side by side.

    cnnwalk walk examples/01_weights.py:untrained examples/01_weights.py:trained \
        --images examples/01_weights.py:Stripes

Look at the kernels of the first convolution, then insert the same stripes into both networks.
A network of your own takes its weights from a file as you would load them anywhere,
``model.load_state_dict(torch.load("weights.pt"))``, or with ``--weights weights.pt``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

import cnnwalk

SIZE = 32


class Stripes(Dataset[tuple[Tensor, int]]):
    """Coloured stripes in four directions; each index has its own, the same at every start."""

    classes = ("upright", "falling", "level", "rising")

    def __len__(self) -> int:
        return 800

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        random = torch.Generator().manual_seed(index)
        label = index % len(self.classes)
        phase, density = torch.rand(2, generator=random)
        y, x = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
        angle = label * math.pi / 4
        along = x * math.cos(angle) + y * math.sin(angle)
        wave = torch.sin(along * (0.6 + density) + phase * 2 * math.pi)
        colour = 0.3 + 0.7 * torch.rand(3, 1, 1, generator=random)
        noise = 0.15 * torch.randn(3, SIZE, SIZE, generator=random)
        return ((wave + 1) / 2 * colour + noise).clamp(0, 1), label


def module() -> nn.Module:
    """Return the architecture, with the same random weights every time."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 16, 7, padding=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, len(Stripes.classes)),
    )


def untrained() -> cnnwalk.Network:
    return network("untrained", module())


def trained() -> cnnwalk.Network:
    model = module()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for images, labels in DataLoader(Stripes(), batch_size=32, shuffle=True):
        optimizer.zero_grad()
        torch.autograd.backward(nn.functional.cross_entropy(model(normalized(images)), labels))
        optimizer.step()
    return network("trained", model)


def normalized(images: Tensor) -> Tensor:
    """Return images in 0..1 as the network below gets them."""
    return (images - 0.5) / 0.5


def network(name: str, model: nn.Module) -> cnnwalk.Network:
    """Say what the model takes, as it was trained, and what its outputs mean."""
    spec = cnnwalk.InputSpec(3, SIZE, SIZE, mean=(0.5,), std=(0.5,))
    return cnnwalk.Network(name, model, spec, Stripes.classes)


if __name__ == "__main__":
    with cnnwalk.walk([untrained(), trained()], images=Stripes()) as walk:
        print(walk.url)
        walk.wait()
