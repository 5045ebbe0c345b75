"""Inputs and outputs in nested containers, several heads, features taken by hooks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from hard.case import BOTH, SEPARATE, Branches, Hard, image


class NestedInputs(Branches):
    def forward(self, batch: dict[str, list[Tensor]], *, mask: Tensor) -> Tensor:
        first, second = batch["images"]
        out: Tensor = self.last(self.a(first) * mask + self.b(second))
        return out


class Pyramid(nn.Module):
    """A feature pyramid: a list in, a dict out, joined top-down."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.ModuleList(nn.Conv2d(4, 4, 1) for _ in range(3))
        self.outer = nn.ModuleList(nn.Conv2d(4, 4, 3, padding=1) for _ in range(3))

    def forward(self, maps: list[Tensor]) -> dict[str, Tensor]:
        levels: dict[str, Tensor] = {}
        above: Tensor | None = None
        for number in reversed(range(3)):
            level = self.inner[number](maps[number])
            if above is not None:
                level = level + F.interpolate(above, size=level.shape[2:])
            levels[str(number)] = self.outer[number](level)
            above = level
        return levels


@dataclasses.dataclass
class Found:
    maps: Tensor
    scores: tuple[Tensor, ...]
    threshold: float


class Pair(NamedTuple):
    first: Tensor
    second: Tensor


class DataclassOutput(Branches):
    def forward(self, x: Tensor) -> Found:
        y = self.a(x)
        return Found(y, (self.b(y).mean((2, 3)), self.last(y)), 0.5)


class NamedTupleOfViews(Branches):
    def forward(self, x: Tensor) -> Pair:
        return Pair(*(self.a(x) + self.b(x)).chunk(2, dim=1))


class OneOutputTwiceAndTheInput(Branches):
    def forward(self, x: Tensor) -> list[Tensor]:
        y = self.a(x)
        return [y, x, y, self.b(y)]


class DeadHead(Branches):
    """A head that is computed and thrown away."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        self.b(y)
        out: Tensor = self.last(y)
        return out


class ConstantOutput(Branches):
    """An output that does not depend on the image, beside one that does."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        anchors = torch.ones(1, 4, 8, 8) * self.b.weight.mean()
        return self.last(self.a(x)), anchors


class FeaturesTakenByHooks(Branches):
    """A decoder that reads what hooks put aside while the encoder ran."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU(), nn.Conv2d(4, 4, 1), nn.ReLU())
        self.kept: dict[int, Tensor] = {}
        for number in (1, 3):
            self.encoder[number].register_forward_hook(
                lambda _module, _args, output, number=number: self.kept.__setitem__(number, output)
            )

    def forward(self, x: Tensor) -> Tensor:
        self.encoder(x)
        out: Tensor = self.last(self.a(self.kept[1]) + self.b(self.kept[3]))
        return out


class Generators(Branches):
    """Features that come from a generator, one when asked for."""

    def features(self, x: Tensor) -> Iterator[Tensor]:
        for step in (self.a, self.b):
            x = step(x)
            yield x

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.last(sum(self.features(x), torch.zeros(())))
        return out


class CropAndConcatenate(Branches):
    """The first U-Net's way: the skip is larger and cropped."""

    def forward(self, x: Tensor) -> Tensor:
        skip = self.a(x)
        deep = F.interpolate(self.b(F.max_pool2d(skip, 3, 2)), scale_factor=2)
        edge = (skip.shape[-1] - deep.shape[-1]) // 2
        size = deep.shape[-1]
        out: Tensor = self.last(
            torch.hstack([skip[..., edge : edge + size, edge : edge + size], deep])[:, ::2]
        )
        return out


class FieldsOfAnObject(Branches):
    """Data that travels in an object of the network's own."""

    class Box:
        def __init__(self, content: Tensor) -> None:
            self.content = content

    def forward(self, x: Tensor) -> Tensor:
        box = self.Box(self.a(x))
        box.content = box.content + self.b(x)
        out: Tensor = self.last(box.content)
        return out


MODELS = (
    Hard(
        NestedInputs,
        3,
        adds=1,
        example_input={"images": [image(), image()]},
        kwargs={"mask": image(1, 1, 8, 8)},
        leads=BOTH,
        apart=SEPARATE,
    ),
    Hard(
        Pyramid,
        6,
        adds=2,
        outputs=3,
        example_input=[image(1, 4, size, size) for size in (16, 8, 4)],
        leads=(("inner.2", "outer.0"), ("inner.1", "outer.0")),
        apart=(("inner.0", "outer.1"), ("inner.0", "outer.2")),
    ),
    Hard(DataclassOutput, 3, outputs=3, leads=(("a", "b"), ("a", "last"))),
    Hard(NamedTupleOfViews, 2, adds=1, outputs=2, apart=SEPARATE),
    Hard(OneOutputTwiceAndTheInput, 2, outputs=3, leads=(("a", "b"),)),
    Hard(DeadHead, 2, leads=(("a", "last"),), warns="1 of 3 convolutions"),
    Hard(ConstantOutput, 2, warns="1 of 2 output tensors"),
    Hard(FeaturesTakenByHooks, 5, adds=1, leads=(("encoder.0", "a"), ("encoder.2", "b"))),
    Hard(Generators, 3, adds=1, leads=(*BOTH, ("a", "b"))),
    Hard(CropAndConcatenate, 3, cats=1, leads=(*BOTH, ("a", "b"))),
    Hard(FieldsOfAnObject, 3, adds=1, leads=BOTH, apart=SEPARATE),
)
