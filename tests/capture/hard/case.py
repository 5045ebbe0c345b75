"""What a hard model is, and the two convolutions that most of them begin with."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn


def image(*shape: int) -> Tensor:
    """Return the same random numbers every time, (1, 4, 8, 8) unless told otherwise."""
    return torch.rand(shape or (1, 4, 8, 8), generator=torch.Generator().manual_seed(0))


@dataclasses.dataclass(frozen=True)
class Hard:
    """A small network that is hard to follow, with the truth about it, counted by hand.

    Attributes:
        build: makes it, in evaluation mode or not.
        convolutions: drawn as layers; as many ran, unless a warning says otherwise.
        adds: additions of two results that depend on the input.
        cats: concatenations.
        outputs: tensors returned that depend on the input.
        example_input: as `capture` takes it.
        kwargs: named arguments of the forward method.
        leads: pairs of parameter or layer names; data goes from the first to the second.
        apart: pairs between which no data goes.
        limit: why autograd cannot be asked about this network; empty where it can.
        warns: a word of the warning that must come; none may come where it is empty.
    """

    build: Callable[[], nn.Module]
    convolutions: int
    adds: int = 0
    cats: int = 0
    outputs: int = 1
    example_input: Any = dataclasses.field(default_factory=image)
    kwargs: Mapping[str, Any] | None = None
    leads: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    limit: str = ""
    warns: str = ""

    @property
    def name(self) -> str:
        return self.build.__name__


class Branches(nn.Module):
    """Two 1x1 convolutions, `a` and `b`, and one to end with, for the networks that inherit."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(4, 4, 1)
        self.b = nn.Conv2d(4, 4, 1)
        self.last = nn.Conv2d(4, 2, 1)


BOTH = (("a", "last"), ("b", "last"))
"""Both branches lead to the end."""

SEPARATE = (("a", "b"), ("b", "a"))
"""No branch leads to the other."""
