"""A small classifier that can be made to cause trouble, for the tests of who makes pictures."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable

import torch
from torch import Tensor, nn

from cnnwalk.capture import capture
from cnnwalk.featvis import Order, Target
from cnnwalk.featvis.numerics import Precision
from cnnwalk.featvis.settings import settings_of
from cnnwalk.featvis.worker import Worker
from cnnwalk.graph import Graph
from cnnwalk.networks import InputSpec, Network

SHY, DEAD = 2, 3
"""Channels of layer ``first``: silent behind the ReLU alone, and before it, too."""


@dataclasses.dataclass
class Control:
    """What the network does. Not a part of the module, so that copies obey it as well.

    Attributes:
        meddle: what it does to a batch of its input, such as raising.
        batches: sizes of the batches that it was given.
    """

    meddle: Callable[[Tensor], Tensor] | None = None
    batches: list[int] = dataclasses.field(default_factory=list)


control = Control()


class Meddler(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        control.batches.append(len(x))
        return x if control.meddle is None else control.meddle(x)


def network() -> Network:
    """Return the network: layers ``first`` (8 channels with a ReLU) and ``last`` (4 classes)."""
    torch.manual_seed(0)
    module = nn.Sequential()
    module.add_module("meddler", Meddler())
    first = nn.Conv2d(3, 8, 5, padding=2)
    with torch.no_grad():
        first.bias[SHY] = -1000
        first.weight[DEAD] = 0
        first.bias[DEAD] = -1
    module.add_module("first", first)
    module.add_module("relu", nn.ReLU())
    module.add_module("pool", nn.AdaptiveAvgPool2d(2))
    module.add_module("flat", nn.Flatten())
    module.add_module("last", nn.Linear(32, 4))
    return Network("trouble", module, InputSpec(height=20, width=24), tuple("abcd"))


def graph_of(network: Network) -> Graph:
    return capture(network.module, network.example_input(), name=network.name)


def orders_of(layer: str, channels, steps: int = 6, **others) -> list[Order]:
    settings = settings_of("natural", steps=steps)
    return [Order(Target(layer, channel=channel), settings, **others) for channel in channels]


def hash_of_pictures(precision: Precision) -> str:
    """Return a hash of pictures that are made now."""
    torch.set_num_threads(1)
    network_now = network()
    worker = Worker(network_now, graph_of(network_now), precision=precision)
    pictures = worker.make(orders_of("first", [0, 1, SHY, 4]))
    return hashlib.sha256(b"".join(each.pixels.tobytes() for each in pictures)).hexdigest()


def print_hash(precision: Precision) -> None:
    print(hash_of_pictures(precision))
