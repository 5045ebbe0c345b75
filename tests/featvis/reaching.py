"""What the tests of reaching a layer share: networks, and plain passes with hooks."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
import torchvision
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis.numerics import Numerics
from cnnwalk.featvis.reach import NetworkCopy
from cnnwalk.graph import maps_shape
from cnnwalk.networks import InputSpec, Network

CPU = torch.device("cpu")


def network(module, side=64, channels=3, task=None):
    spec = InputSpec(channels, side, side, mean=(0.0,), std=(1.0,))
    return Network(type(module).__name__, module, spec, task=task)


def copied(module, granularity="layers", numerics=None, **spec):
    """Return a copy of a network and the graph of its layers."""
    net = network(module, **spec)
    example = net.arguments(net.example_input())
    graph = capture(module, example, granularity=granularity)
    return NetworkCopy(net, graph, CPU, numerics or Numerics()), graph


def images(count=2, side=64, channels=3):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, channels, side, side, generator=generator).requires_grad_()


def random_weights(shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(2))


def seen(reach, inputs):
    """Return a layer's maps, and the gradient of a weighted sum of them."""
    maps = reach(inputs)
    (gradient,) = torch.autograd.grad((maps * random_weights(maps.shape)).sum(), inputs)
    return maps.detach(), gradient


def hooked(module, path, call, inputs):
    """Return the same of what a module's call returns in a plain pass through everything."""
    found = []
    handle = module.get_submodule(path).register_forward_hook(
        lambda _module, _args, output: found.append(output.clone())  # before it is overwritten
    )
    module(inputs)
    handle.remove()
    maps = found[call].reshape(len(inputs), *maps_shape(found[call].shape[1:]))
    (gradient,) = torch.autograd.grad((maps * random_weights(maps.shape)).sum(), inputs)
    return maps.detach(), gradient


def relative(found, expected):
    return float((found - expected).norm() / expected.norm())


def spread(module):
    """Give norms statistics as after training, so that they are not the identity."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.running_mean, -0.2, 0.2)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
            nn.init.uniform_(part.weight, 0.5, 1.5)
    return module.eval()


def resnet():
    return torchvision.models.resnet18()


class Counted(nn.Module):
    """Three steps that count how often they run."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3)
        self.b = nn.Conv2d(4, 4, 3)

    def forward(self, x):
        y = F.relu(self.a(x))
        RUNS.append("a")
        y = self.b(y).neg()
        RUNS.append("b")
        return y * 2


RUNS = []
