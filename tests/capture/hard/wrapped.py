"""Networks behind wrappers, in scripts, with hooks and functions of the user's own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torchvision.tv_tensors import Image, wrap  # type: ignore[attr-defined]  # they are public

from hard.case import BOTH, SEPARATE, Branches, Hard, image


class Sum(Branches):
    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.a(x) + self.b(x))
        return out


class InDataParallel(nn.DataParallel[Sum]):
    def __init__(self) -> None:
        super().__init__(Sum())


def compiled() -> nn.Module:
    return cast(nn.Module, torch.compile(Sum(), backend="eager"))


class HooksThatReplace(Branches):
    """A hook that changes what goes in, and one that changes what comes out."""

    def __init__(self) -> None:
        super().__init__()
        self.a.register_forward_pre_hook(lambda _module, args: (args[0] * 2,))
        self.a.register_forward_hook(lambda _module, args, output: output + args[0])
        self.b.register_full_backward_hook(lambda *_: None)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.a(x) + self.b(x))
        return out


class HooksBypassed(Branches):
    def forward(self, x: Tensor) -> Tensor:
        return self.last.forward(self.a.forward(x) + self.b.forward(x))


class CallOverridden(Branches):
    class Doubled(nn.Conv2d):
        def __call__(self, x: Tensor) -> Tensor:
            return self.forward(x) + self.forward(-x)

    def __init__(self) -> None:
        super().__init__()
        self.a = self.Doubled(4, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.a(x))
        return out


class ForwardReplaced(nn.Sequential):
    """A forward method that was put on from outside, as tools that patch networks do."""

    def __init__(self) -> None:
        super().__init__(nn.Conv2d(4, 4, 1), nn.ReLU())
        first = self[0]
        before = first.forward
        first.forward = functools.partial(lambda call, x: call(x) + x, before)


class ScriptedFunction(nn.Module):
    """An activation in a script, as timm has several."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 1)
        self.swish = torch.jit.script(_swish)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.swish(self.conv(x))
        return y + x


def _swish(x: Tensor) -> Tensor:
    return x * x.sigmoid()


def scripted_child() -> nn.Module:
    return nn.Sequential(nn.Conv2d(4, 4, 1), torch.jit.script(Sum().eval()))


def traced_child() -> nn.Module:
    traced = torch.jit.trace(Sum().eval(), image())  # type: ignore[no-untyped-call]  # torch's
    return nn.Sequential(traced, nn.Conv2d(2, 2, 1))


class Gate(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, y: Tensor) -> Tensor:
        context.save_for_backward(x, y)
        return x * y.sigmoid()

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        x, y = context.saved_tensors
        return gradients[0] * y.sigmoid(), gradients[0] * x


class CustomFunction(Branches):
    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(Gate.apply(self.a(x), self.b(x)))
        return out


@torch.library.custom_op("cnnwalk_hard::blur", mutates_args=())
def _blur(x: Tensor) -> Tensor:
    kernel = torch.full((x.shape[1], 1, 3, 3), 1 / 9, dtype=x.dtype)
    return F.conv2d(x, kernel, padding=1, groups=x.shape[1])


class CustomOperator(Branches):
    """An operator registered with torch that holds a convolution."""

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = _blur(self.a(x))
        out: Tensor = self.last(y + self.b(x))
        return out


@torch.library.custom_op("cnnwalk_hard::blur_both", mutates_args=("y",))
def _blur_both(x: Tensor, y: Tensor) -> Tensor:
    y.copy_(_blur(y))
    out: Tensor = _blur(x)
    return out


class OperatorsInOperators(Branches):
    """An operator that calls others, and writes to what it was given."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.b(x)
        z: Tensor = _blur_both(self.a(x), y)
        out: Tensor = self.last(torch.cat([y, z])[:1] * z)
        return out


class OperatorOutOfPython(nn.Module):
    """An operator that a script calls."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 1)
        self.blur = torch.jit.script(_blur_in_script)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.blur(self.conv(x))
        return out


def _blur_in_script(x: Tensor) -> Tensor:
    out: Tensor = torch.ops.cnnwalk_hard.blur(x)
    return out


class TensorSubclass(Branches):
    """Tensors of a class of their own, with its own `__torch_function__`."""

    def forward(self, x: Tensor) -> Tensor:
        y = Image(self.a(x))
        out: Tensor = self.last(y + wrap(self.b(x), like=y))
        return out


class HalfPrecision(Branches):
    """Weights are cast where they are used, and cached."""

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = self.a(x) + self.b(x)
        out: Tensor = self.last(y.float())
        return out


def brain_floats() -> nn.Module:
    return nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4), nn.ReLU6()).to(torch.bfloat16)


class InTraining(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4), nn.Dropout2d(), nn.RReLU())
        self.train()


class Functions(nn.Module):
    """Every step is a function kept in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(4, 4, 3, 3))
        self.steps: list[Callable[[Tensor], Tensor]] = [
            functools.partial(F.conv2d, weight=self.weight, padding=1),
            torch.relu,
            functools.partial(torch.nn.functional.max_pool2d, kernel_size=2),
            lambda x: torch.cat((x, x.neg()), dim=1),
        ]

    def forward(self, x: Tensor) -> Tensor:
        for step in self.steps:
            x = step(x)
        return x


_OPERATOR = "the operator has no gradient"
_SCRIPT = "a script may be one node to autograd"
MODELS = (
    Hard(InDataParallel, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(compiled, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(HooksThatReplace, 3, adds=2, leads=BOTH, apart=SEPARATE),
    Hard(HooksBypassed, 3, adds=1),
    Hard(CallOverridden, 3, adds=1),
    Hard(ForwardReplaced, 1, adds=1),
    Hard(ScriptedFunction, 1, adds=1, warns="scripted"),
    Hard(scripted_child, 4, adds=1, limit=_SCRIPT, warns="scripted"),
    Hard(traced_child, 4, adds=1, limit=_SCRIPT, warns="scripted"),
    Hard(CustomFunction, 3, leads=BOTH, apart=SEPARATE),
    Hard(
        CustomOperator,
        3,
        adds=1,
        leads=BOTH,
        apart=SEPARATE,
        warns="1 of 4 convolutions",
        limit=_OPERATOR,
    ),
    Hard(OperatorsInOperators, 3, cats=1, leads=BOTH, warns="2 of 5 convolutions", limit=_OPERATOR),
    Hard(OperatorOutOfPython, 1, warns="inside composite operations (blur)", limit=_OPERATOR),
    Hard(TensorSubclass, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(HalfPrecision, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(brain_floats, 1, example_input=image().to(torch.bfloat16)),
    Hard(InTraining, 1),
    Hard(Functions, 1, cats=1),
)
