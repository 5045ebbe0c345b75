"""Folded networks against the networks themselves."""

from __future__ import annotations

import pytest
import timm
import torch
import torchvision
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis.fold import find_pairs
from cnnwalk.featvis.numerics import EXACT, Numerics
from cnnwalk.featvis.reach import NetworkCopy
from cnnwalk.networks import InputSpec, Network

CPU = torch.device("cpu")
FOLDED = Numerics(folded=True)


def spread(module):
    """Give norms statistics as after training, so that they are not the identity."""
    torch.manual_seed(1)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d) and part.running_mean is not None:
            nn.init.uniform_(part.running_mean, -0.2, 0.2)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.uniform_(part.bias, -0.5, 0.5)
    return module.eval()


def known(module, granularity="layers", side=32):
    net = Network("it", module, InputSpec(3, side, side))
    return net, capture(module, net.example_input(), granularity=granularity)


def images(side=32):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, 3, side, side, generator=generator).requires_grad_()


def compare(net, graph, layers, side=32, **options):
    """Compare each layer's maps and gradient in a folded copy with those in an exact one."""
    exact, folded = (NetworkCopy(net, graph, CPU, numerics) for numerics in (EXACT, FOLDED))
    inputs = images(side)
    for layer in layers:
        maps = [copy.reach(layer, **options)(inputs) for copy in (exact, folded)]
        weights = torch.randn(maps[0].shape, generator=torch.Generator().manual_seed(2))
        gradients = [torch.autograd.grad((each * weights).sum(), inputs)[0] for each in maps]
        assert (maps[1] - maps[0]).norm() <= 1e-5 * maps[0].norm(), layer
        assert (gradients[1] - gradients[0]).norm() <= 1e-2 * gradients[0].norm(), layer


def small_resnet():
    return torchvision.models.ResNet(torchvision.models.resnet.BasicBlock, [1, 1, 1, 1])


@pytest.mark.parametrize(
    ("build", "norms"),
    [
        (small_resnet, 12),
        # Each dense layer's first convolution, and the stem: other norms read a concatenation.
        (lambda: torchvision.models.DenseNet(8, (2, 2), 16), 1 + 4),
        (lambda: timm.create_model("tf_efficientnet_lite0", pretrained=False), 49),
    ],
)
def test_every_layer_keeps_its_maps_and_gradient(build, norms):
    net, graph = known(spread(build()))
    assert len(find_pairs(net, graph)) == norms
    compare(net, graph, [layer.id for layer in graph.layers][::4])


def test_a_convolution_that_is_looked_at_itself_keeps_its_norm_apart():
    net, graph = known(spread(small_resnet()), "ops")
    layers = ["conv1", "bn1", "relu", "layer2.0.conv2", "layer2.0.bn2", "layer2.0:add"]
    compare(net, graph, layers)


def test_what_goes_into_the_activation_is_the_norms_output():
    net, graph = known(spread(small_resnet()))
    compare(net, graph, ["conv1", "layer2.0.conv1"], before_activation=True)


def test_a_folded_network_runs_no_norm(monkeypatch):
    net, graph = known(spread(small_resnet()))
    folded = NetworkCopy(net, graph, CPU, FOLDED)
    reach = folded.reach("fc")
    calls = []
    norm = torch.nn.functional.batch_norm
    monkeypatch.setattr(
        torch.nn.functional, "batch_norm", lambda *a, **k: calls.append(1) or norm(*a, **k)
    )
    reach(images())
    assert calls == []
    net.module(images())
    assert len(calls) == 12  # so that the network itself still has its norms


class Stem(nn.Module):
    """A convolution and a norm; what inherits from it does something more with them."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.last = nn.Conv2d(3, 2, 1)

    def forward(self, x):
        return self.last(self.norm(self.conv(x)).relu())


class ReadTwice(Stem):
    def forward(self, x):
        y = self.conv(x)
        return self.last(self.norm(y) + y)


class Returned(Stem):
    def forward(self, x):
        y = self.conv(x)
        return self.last(self.norm(y)), y


class CalledTwice(Stem):
    def forward(self, x):
        return self.last(self.norm(self.conv(self.conv(x))))


class NormCalledTwice(Stem):
    def forward(self, x):
        return self.last(self.norm(self.norm(self.conv(x)).relu()))


class WeightReadElsewhere(Stem):
    def forward(self, x):
        return self.last(self.norm(self.conv(x)) * self.conv.weight.mean())


class Standardised(Stem):
    def __init__(self):
        super().__init__()
        torch.nn.utils.parametrizations.weight_norm(self.conv)


class StatisticsRead(Stem):
    def forward(self, x):
        return self.last(self.norm(self.conv(x)) + self.norm.running_mean.mean())


class StatisticsOfTheBatch(Stem):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(3, track_running_stats=False)


class Hooked(Stem):
    def __init__(self):
        super().__init__()
        self.conv.register_forward_hook(lambda _module, _args, output: output * 1)


class OwnNorm(Stem):
    class Norm(nn.BatchNorm2d):
        def forward(self, x):
            return super().forward(x) * 2

    def __init__(self):
        super().__init__()
        self.norm = self.Norm(3)


@pytest.mark.parametrize(
    "build",
    [
        ReadTwice,
        Returned,
        CalledTwice,
        NormCalledTwice,
        WeightReadElsewhere,
        Standardised,
        StatisticsRead,
        StatisticsOfTheBatch,
        Hooked,
        OwnNorm,
    ],
)
def test_what_cannot_be_folded_stays_as_it_is(build):
    net, graph = known(spread(build()))
    assert find_pairs(net, graph) == ()
    compare(net, graph, ["last"])


def test_a_plain_convolution_and_its_norm_are_folded():
    net, graph = known(spread(Stem()))
    (pair,) = find_pairs(net, graph)
    assert (pair.conv, pair.norm) == ("conv", "norm")


def test_without_affine_parameters_it_works_too():
    class Plain(Stem):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm2d(3, affine=False)

    module = Plain().eval()
    nn.init.uniform_(module.norm.running_var, 0.5, 1.5)
    net, graph = known(module)
    assert len(find_pairs(net, graph)) == 1
    compare(net, graph, ["conv", "last"])
