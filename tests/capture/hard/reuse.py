"""Modules and weights used again: shared, tied, unrolled, recursive, or computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

from hard.case import BOTH, SEPARATE, Branches, Hard, image


class CalledTwice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.body = nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.body(self.conv(self.body(self.conv(x))))
        return out


class Siamese(Branches):
    """One encoder for two images."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        first, second = self.b(self.a(x)), self.b(self.a(y))
        out: Tensor = self.last((first - second).abs())
        return out


class TiedTranspose(Branches):
    """The decoder uses the encoder's kernels, and one linear layer another's weight."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Linear(8, 8)
        self.other = nn.Linear(8, 8)
        self.other.weight = self.one.weight

    def forward(self, x: Tensor) -> Tensor:
        code = self.other(self.one(self.a(x)))
        return F.conv_transpose2d(code, self.a.weight)


class ViewsOfASharedWeight(Branches):
    """The second use of the weight must not depend on the first."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first = F.conv2d(self.a(x), self.last.weight.view(2, 4, 1, 1))
        second = F.conv2d(self.b(x), self.last.weight.transpose(0, 1).transpose(0, 1))
        return first, second


class Recursive(nn.Module):
    """A U-Net that calls itself."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(4, 4, 3, padding=1)
        self.up = nn.Conv2d(8, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.down(x)
        if min(y.shape[2:]) > 2:
            deeper = self(F.max_pool2d(y, 2))
            y = self.up(torch.cat([y, F.interpolate(deeper, scale_factor=2)], 1))
        return y


class ConvolutionalMemory(nn.Module):
    """A gated recurrent cell of convolutions, unrolled over the frames of a clip."""

    def __init__(self) -> None:
        super().__init__()
        self.gates = nn.Conv2d(8, 8, 3, padding=1)
        self.update = nn.Conv2d(8, 4, 3, padding=1)

    def forward(self, clip: Tensor) -> Tensor:
        state = torch.zeros_like(clip[:, :, 0])
        for frame in clip.unbind(2):
            forget, keep = self.gates(torch.cat([frame, state], 1)).sigmoid().chunk(2, dim=1)
            new = self.update(torch.cat([frame, forget * state], 1)).tanh()
            state = keep * state + (1 - keep) * new
        return state


class Standardised(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        deviation, mean = torch.std_mean(self.weight, dim=(1, 2, 3), keepdim=True)
        return F.conv2d(x, (self.weight - mean) / (deviation + 1e-5), self.bias)


class WeightStandardised(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(Standardised(4, 4, 3), nn.ReLU(), Standardised(4, 2, 3))


class Parametrised(Branches):
    """Weights that are computed at every call: weight norm, spectral norm, symmetry."""

    def __init__(self) -> None:
        super().__init__()

        class Symmetric(nn.Module):
            def forward(self, weight: Tensor) -> Tensor:
                return weight + weight.transpose(0, 1)

        parametrizations.weight_norm(self.a)
        parametrizations.spectral_norm(self.b)
        self.same = nn.Conv2d(4, 4, 3)
        parametrize.register_parametrization(self.same, "weight", Symmetric())

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(self.same(self.a(x) + self.b(x)))
        return out


class WeightsFromOutside(Branches):
    """`functional_call` with other weights than the module's own."""

    def forward(self, x: Tensor) -> Tensor:
        other = {"weight": self.b.weight * 2}
        out: Tensor = torch.func.functional_call(self.a, other, (x,))
        return out


class WeightsFromTheImage(nn.Module):
    """A convolution whose kernels another one computes from the image."""

    def __init__(self) -> None:
        super().__init__()
        self.kernels = nn.Conv2d(4, 16, 1)
        self.before = nn.Conv2d(4, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        kernels = self.kernels(x.mean((2, 3), keepdim=True)).view(4, 4, 1, 1)
        return F.conv2d(self.before(x), kernels)


class FixedKernels(nn.Module):
    """Kernels that are no parameters, and modules that are registered nowhere."""

    def __init__(self) -> None:
        super().__init__()
        edge = torch.tensor([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
        self.edges = {"x": edge.expand(4, 1, 3, 3), "y": edge.t().expand(4, 1, 3, 3)}
        self.hidden: list[Callable[[Tensor], Tensor]] = [nn.Conv2d(8, 4, 1), lambda x: x * 2]

    def forward(self, x: Tensor) -> Tensor:
        both = [F.conv2d(x, edge, groups=4) for edge in self.edges.values()]
        y: Tensor = torch.cat(both, 1)
        for step in self.hidden:
            y = step(y)
        return y


class LowRankAdapter(Branches):
    """A frozen convolution with a small learned one beside it, merged into one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.rand(1, 4))
        self.up = nn.Parameter(torch.rand(4, 1))

    def forward(self, x: Tensor) -> Tensor:
        change = (self.up @ self.down)[..., None, None]
        y = F.conv2d(x, self.a.weight + change, self.a.bias)
        out: Tensor = self.last(y)
        return out


class Ensemble(nn.Module):
    """Five networks' stacked weights, run at once by `vmap`."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(5, 2, 4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        outputs: Tensor = torch.func.vmap(lambda weight: F.conv2d(x, weight))(self.weight)
        return outputs.mean(0)


class ChosenByName(nn.Module):
    """Modules in a dictionary, chosen by a named argument."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({"cats": nn.Conv2d(4, 2, 1), "dogs": nn.Conv2d(4, 3, 1)})

    def forward(self, x: Tensor, *, head: str, scale: Mapping[str, Tensor]) -> Tensor:
        out: Tensor = self.heads[head](x * scale["by"])
        return out


MODELS = (
    Hard(CalledTwice, 4),
    Hard(Siamese, 5, example_input=(image(), image()), leads=BOTH),
    Hard(TiedTranspose, 2),
    Hard(ViewsOfASharedWeight, 4, outputs=2, apart=SEPARATE),
    Hard(Recursive, 5, cats=2),
    Hard(ConvolutionalMemory, 6, adds=3, cats=6, example_input=image(1, 4, 3, 8, 8)),
    Hard(WeightStandardised, 2),
    Hard(Parametrised, 4, adds=1, leads=(("same", "last"),)),
    Hard(WeightsFromOutside, 1),
    Hard(WeightsFromTheImage, 3, leads=(("kernels", "conv2d"), ("before", "conv2d"))),
    Hard(FixedKernels, 3, cats=1),
    Hard(LowRankAdapter, 2),
    Hard(Ensemble, 1, limit="vmap runs one grouped convolution that autograd sees inside it"),
    Hard(ChosenByName, 1, kwargs={"head": "dogs", "scale": {"by": image(1, 4, 1, 1)}}),
)
