"""A U-Net, for the tests of the layout and for its benchmark."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class UNet(nn.Module):
    """Three levels down and up again, with skips from each level to its like."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(self._two(a, b) for a, b in ((3, 8), (8, 16), (16, 32)))
        self.bottom = self._two(32, 64)
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * a, a, 2, 2) for a in (32, 16, 8))
        self.join = nn.ModuleList(self._two(2 * a, a) for a in (32, 16, 8))

    def _two(self, before: int, after: int) -> nn.Module:
        first = nn.Conv2d(before, after, 3, padding=1)
        return nn.Sequential(first, nn.ReLU(), nn.Conv2d(after, after, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for down in self.down:
            x = down(x)
            skips.append(x)
            x = nn.functional.max_pool2d(x, 2)
        x = self.bottom(x)
        for up, join, skip in zip(self.up, self.join, reversed(skips), strict=True):
            x = join(torch.cat([skip, up(x)], 1))
        return x
