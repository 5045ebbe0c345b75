"""Types, modes and copies: what networks do to tensors that leaves the dataflow as it is."""

from __future__ import annotations

import copy
import warnings
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from hard.case import BOTH, SEPARATE, Branches, Hard, image
from hard.wrapped import Sum


def half() -> nn.Module:
    return Sum().half()


def double() -> nn.Module:
    return Sum().double()


class InferenceInside(Branches):
    """A part that runs without autograd: tensors there have no versions."""

    def forward(self, x: Tensor) -> Tensor:
        with torch.inference_mode():
            y = self.a(x)
            y[:, :2] += self.b(x)[:, :2]
            y.relu_()
            total = torch.empty(1, 4, 8, 8)
            torch.add(y, x, out=total)
        out: Tensor = self.last(total.clone())
        return out


class InferenceThroughout(Branches):
    @torch.inference_mode()
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y += self.b(x)
        out: Tensor = self.last(y)
        return out


class Copies(Branches):
    """The image is copied, and looked at through another tensor on its memory."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.a(copy.deepcopy(x)) + self.b(copy.copy(x))
        out: Tensor = self.last(y)
        return out


class NormsOfTheOldKind(Branches):
    """Hooks that compute the weight before each call, in training mode."""

    def __init__(self) -> None:
        super().__init__()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            nn.utils.weight_norm(self.a)
            nn.utils.spectral_norm(self.b)
        self.train()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.a(x) + self.b(x))
        return out


class AllWeightsFromOutside(nn.Module):
    """A whole network called with weights that are another module's parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Sum()
        pairs = dict(self.inner.named_parameters()).items()
        self.other = nn.ParameterList(nn.Parameter(2 * value) for _, value in pairs)
        self.names = [name for name, _ in pairs]

    def forward(self, x: Tensor) -> Tensor:
        weights: dict[str, Any] = dict(zip(self.names, self.other, strict=True))
        return cast(Tensor, torch.func.functional_call(self.inner, weights, (x,)))


class CompiledParts(Branches):
    """A module and a function that are compiled, inside one that is not."""

    def __init__(self) -> None:
        super().__init__()
        self.part = torch.compile(self.a, backend="eager")
        self.step = torch.compile(lambda x: x.relu() + 1, backend="eager")

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.step(self.part(x)) + self.b(x))
        return out


class ParallelInside(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.DataParallel(Sum()), nn.Conv2d(2, 2, 1))


class BothCheckpoints(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = checkpoint(self.a, x, use_reentrant=True) + checkpoint(self.b, x, use_reentrant=False)
        out: Tensor = self.last(y)
        return out


class SparseInput(Branches):
    """A tensor that is made sparse, gathered where it is gathered already, and dense again."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x).to_sparse().coalesce()
        out: Tensor = self.last(y.to_dense() + self.b(x))
        return out


def frozen_script() -> nn.Module:
    script = torch.jit.script(nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4)).eval())
    return nn.Sequential(torch.jit.freeze(script), nn.Conv2d(4, 2, 1))


class ScriptedWrite(nn.Module):
    """A script that writes in place and throws the result away."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(4, 4, 1)
        self.write = torch.jit.script(_add_in_place)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.a(x)
        self.write(y, x)
        return y


def _add_in_place(x: Tensor, y: Tensor) -> None:
    x.add_(y)


class CellsUnrolled(nn.Module):
    """Recurrent cells, called for each row."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(4, 4, 1)
        self.cell = nn.LSTMCell(32, 6)
        self.head = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        state = (torch.zeros(1, 6), torch.zeros(1, 6))
        for row in self.stem(x).permute(2, 0, 1, 3).flatten(2):
            state = self.cell(row, state)
        out: Tensor = self.head(functional.relu(state[0]))
        return out


class ConditionalOperator(Branches):
    """Control flow that is an operator of torch, with both ways inside."""

    def forward(self, x: Tensor) -> Tensor:
        y = torch.cond(x.mean() > 0, self.a, self.b, (x,))
        out: Tensor = self.last(y)
        return out


_NO_AUTOGRAD = "autograd is off, or takes no writes into views"
MODELS = (
    Hard(half, 3, adds=1, example_input=image().half(), leads=BOTH, apart=SEPARATE),
    Hard(double, 3, adds=1, example_input=image().double(), leads=BOTH, apart=SEPARATE),
    Hard(InferenceInside, 3, adds=2, leads=BOTH, apart=SEPARATE, limit=_NO_AUTOGRAD),
    Hard(InferenceThroughout, 3, adds=1, leads=BOTH, apart=SEPARATE, limit=_NO_AUTOGRAD),
    Hard(Copies, 3, adds=1, leads=BOTH, apart=SEPARATE, limit="copies are made of leaves only"),
    Hard(NormsOfTheOldKind, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(AllWeightsFromOutside, 3, adds=1),
    Hard(CompiledParts, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(ParallelInside, 4, adds=1),
    Hard(BothCheckpoints, 3, adds=1, leads=BOTH, apart=SEPARATE, limit="hidden from autograd"),
    Hard(SparseInput, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(frozen_script, 2, limit="a script may be one node", warns="scripted"),
    Hard(ScriptedWrite, 1, adds=1, limit="a script may be one node", warns="scripted"),
    Hard(CellsUnrolled, 1, leads=(("stem", "head"),), limit="the joins are inside one operation"),
    Hard(ConditionalOperator, 1, limit="nobody sees inside", warns="inside cond is not known"),
)
