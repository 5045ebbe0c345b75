"""Control flow that depends on the data, recomputation, and Python that gets in the way."""

from __future__ import annotations

import functools
import operator

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

from hard.case import BOTH, SEPARATE, Branches, Hard, image


class BranchOnData(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x) if x.mean() > 0 else self.b(x)
        out: Tensor = self.last(y)
        return out


class LoopUntilSmall(Branches):
    """As many steps as the data wants: the shape decides, and so does a value."""

    def forward(self, x: Tensor) -> Tensor:
        steps = 0
        while x.shape[-1] > 2 and (steps == 0 or bool(x.isfinite().all())):
            x = F.avg_pool2d(x + self.a(x), 2)
            steps += 1
        out: Tensor = self.last(x)
        return out


class TriesAndFallsBack(Branches):
    """An operation that fails and is caught; what ran before it is used."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        try:
            y = torch.cat([y, x.new_zeros(3)], 1)
        except RuntimeError:
            y = y + self.b(x)
        out: Tensor = self.last(y)
        return out


class Experts(Branches):
    """Each image of a batch goes to the expert that a gate chooses."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(4, 2)
        with torch.no_grad():
            self.gate.weight.zero_()
            self.gate.bias.copy_(torch.tensor([1.0, 0.0]))

    def forward(self, x: Tensor) -> Tensor:
        weights, chosen = self.gate(x.mean((2, 3))).softmax(1).topk(1)
        y = torch.zeros_like(x)
        for number, expert in enumerate((self.a, self.b)):
            rows = (chosen[:, 0] == number).nonzero()[:, 0]
            if len(rows):
                y = y.index_add(0, rows, expert(x[rows]))
        out: Tensor = self.last(y * weights[..., None, None])
        return out


class Checkpointed(Branches):
    def forward(self, x: Tensor) -> Tensor:
        def inside(y: Tensor) -> Tensor:
            out: Tensor = self.a(y) + self.b(y)
            return out

        y = checkpoint(inside, x, use_reentrant=False)
        out: Tensor = self.last(y)
        return out


class CheckpointedReentrant(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = checkpoint_sequential(  # type: ignore[no-untyped-call]  # torch's is untyped
            nn.Sequential(self.a, nn.ReLU(), self.b, nn.ReLU()), 2, x, use_reentrant=True
        )
        out: Tensor = self.last(y)
        return out


class GradientsInside(Branches):
    """Runs under its own gradient modes, and asks for gradients on the way."""

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            y = self.a(x)
        with torch.enable_grad():
            y = y.detach().requires_grad_()
            z = self.b(y)
        out: Tensor = self.last(z.detach())
        return out


class ManyWaysToAdd(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.ModuleList(nn.Conv2d(4, 4, 1) for _ in range(6))

    def forward(self, x: Tensor) -> Tensor:
        a, b, c, d, e, f = (step(x) for step in self.steps)
        y = functools.reduce(operator.add, [a, b])
        y = torch.add(y, c, alpha=2)
        y += d
        y = y.__radd__(e)
        y = sum([y, f])
        out: Tensor = y + 1 + torch.ones(1)
        return out


class StackedAndReduced(Branches):
    """Branches joined without any addition or concatenation."""

    def forward(self, x: Tensor) -> Tensor:
        y = torch.stack([self.a(x), self.b(x)]).amax(0)
        out: Tensor = self.last(torch.where(y > 0, y, self.a(x)).lerp(x, 0.5))
        return out


class Ways(nn.Module):
    """Selective kernels: branches weighed by attention over them."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(4, 4, 3, padding=1)
        self.b = nn.Conv2d(4, 4, 3, padding=2, dilation=2)
        self.weigh = nn.Conv2d(4, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        both = torch.stack([self.a(x), self.b(x)], dim=1)
        weights = self.weigh(both.sum(1).mean((2, 3), keepdim=True))
        weights = weights.view(1, 2, 4, 1, 1).softmax(1)
        return torch.einsum("nkchw,nkcij->nchw", both, weights)


class Exchanging(nn.Module):
    """Two resolutions that exchange what they know, twice."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(nn.Conv2d(4, 4, 3, 2, 1) for _ in range(3))
        self.up = nn.ModuleList(nn.Conv2d(4, 4, 1) for _ in range(2))

    def forward(self, x: Tensor) -> list[Tensor]:
        y: Tensor = self.down[2](x)
        for down, up in zip(self.down, self.up, strict=False):
            x, y = x + F.interpolate(up(y), scale_factor=2), y + down(x)
        return [x, y]


class DropsItsInput(Branches):
    """Reads an image of integers and changes type and device on its way."""

    def forward(self, x: Tensor) -> Tensor:
        y = x.to(torch.float64).cpu().div(255).float().contiguous().clone()
        out: Tensor = self.last(self.a(y))
        return out


MODELS = (
    Hard(BranchOnData, 2, leads=(("a", "last"),)),
    Hard(LoopUntilSmall, 3, adds=2),
    Hard(TriesAndFallsBack, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(
        Experts,
        2,
        leads=(("a", "last"), ("gate", "a"), ("gate", "last")),
        limit="autograd ends at indices",
    ),
    Hard(Checkpointed, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(CheckpointedReentrant, 3, leads=(*BOTH, ("a", "b")), limit="hidden from autograd"),
    Hard(GradientsInside, 3, leads=(*BOTH, ("a", "b")), limit="autograd is cut by detach"),
    Hard(ManyWaysToAdd, 6, adds=5),
    Hard(StackedAndReduced, 4, leads=BOTH, apart=SEPARATE),
    Hard(Ways, 3, leads=(("a", "weigh"), ("b", "weigh"), ("weigh", "einsum"))),
    Hard(Exchanging, 5, adds=4, outputs=2),
    Hard(
        DropsItsInput,
        2,
        leads=(("a", "last"),),
        example_input=image().mul(255).to(torch.uint8),
        limit="an image of integers has no gradient",
    ),
)
