"""Architecture: change a line of the model and see the hall change with it.

    cnnwalk walk examples/02_architecture.py:plain examples/02_architecture.py:residual

Both networks have the same layers. The second adds each block's input to its output, so that
its hall has an edge around every block.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

import cnnwalk


class Block(nn.Module):
    """Two convolutions, with a way around them or without."""

    def __init__(self, channels: int, *, has_skip: bool) -> None:
        super().__init__()
        self.has_skip = has_skip
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        if self.has_skip:
            y = y + x
        return y.relu()


class Classifier(nn.Module):
    """A stem, blocks at two sizes, and a head."""

    def __init__(self, *, has_skip: bool) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 7, stride=2, padding=3), nn.ReLU())
        self.fine = nn.Sequential(*(Block(16, has_skip=has_skip) for _ in range(2)))
        self.down = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.coarse = nn.Sequential(*(Block(32, has_skip=has_skip) for _ in range(2)))
        self.head = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.coarse(self.down(self.fine(self.stem(x))))
        scores: Tensor = self.head(x.mean((2, 3)))
        return scores


def plain() -> cnnwalk.Network:
    return network("plain", has_skip=False)


def residual() -> cnnwalk.Network:
    return network("residual", has_skip=True)


def network(name: str, *, has_skip: bool) -> cnnwalk.Network:
    torch.manual_seed(0)
    return cnnwalk.Network(name, Classifier(has_skip=has_skip), cnnwalk.InputSpec(3, 96, 96))


if __name__ == "__main__":
    with cnnwalk.walk([plain(), residual()]) as walk:
        print(walk.url)
        walk.wait()
