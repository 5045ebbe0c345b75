"""Data that leaves torch: nothing can follow it, and the graph must say so."""

from __future__ import annotations

import concurrent.futures

import numpy as np
import torch
from torch import Tensor

from hard.case import Branches, Hard


class ThroughNumpy(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x).detach().numpy()
        out: Tensor = self.last(torch.from_numpy(np.sqrt(np.abs(y))))
        return out


class ThroughLists(Branches):
    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(torch.tensor(self.a(x).tolist()))
        return out


class ThroughOneNumber(Branches):
    """A scale that was a Python number on its way."""

    def forward(self, x: Tensor) -> Tensor:
        scale = self.b(x).mean().item()
        out: Tensor = self.last(self.a(x) * scale)
        return out


class ThroughAnotherThread(Branches):
    """Recording sees one thread only."""

    def forward(self, x: Tensor) -> Tensor:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            y = pool.submit(lambda: self.b(x).detach()).result()
        out: Tensor = self.last(self.a(x) + y)
        return out


_LEAVES = "the data leaves torch"
MODELS = (
    Hard(ThroughNumpy, 1, outputs=0, limit=_LEAVES, warns="left torch"),
    Hard(ThroughLists, 1, outputs=0, limit=_LEAVES, warns="left torch"),
    Hard(ThroughOneNumber, 2, limit=_LEAVES, warns="left torch", leads=(("a", "last"),)),
    Hard(ThroughAnotherThread, 2, limit=_LEAVES, warns="thread", leads=(("a", "last"),)),
)
