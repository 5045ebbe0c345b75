"""A layer's own channels, computed alone, against the same channels of the whole layer."""

from __future__ import annotations

import pytest
import timm
import torch
import torchvision
from reaching import copied, images, relative, resnet, spread
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnwalk.featvis.numerics import Numerics

CHANNELS = [5, 2, 5]


def vgg():
    return torchvision.models.vgg11_bn(num_classes=10)


def efficientnet():
    return timm.create_model("tf_efficientnet_lite0", pretrained=False)


class Sequence(nn.Module):
    """Calls functions, so that no module returns what they make."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x):
        return torch.nn.functional.max_pool2d(self.norm(self.conv(x)).relu(), 2)


def own(reach, inputs, channels=CHANNELS):
    """Return each image's own map, and the gradient of the sum of their means."""
    maps = reach.own(inputs, channels)
    (gradient,) = torch.autograd.grad(maps.mean((1, 2)).sum(), inputs)
    return maps.detach(), gradient


def picked(reach, inputs, channels=CHANNELS):
    """Return the same, out of all maps."""
    maps = reach(inputs)[range(len(channels)), channels]
    (gradient,) = torch.autograd.grad(maps.mean((1, 2)).sum(), inputs)
    return maps.detach(), gradient


def multiplications(reach, inputs, channels=CHANNELS):
    counter = FlopCounterMode(display=False)
    with counter:
        own(reach, inputs, channels)
    return counter.get_total_flops()


def check(reach, inputs):
    found, expected = own(reach, inputs), picked(reach, inputs)
    assert expected[1].norm() > 0
    for each, other in zip(found, expected, strict=True):
        assert each.shape == other.shape
        assert relative(each, other) <= 1e-6


@pytest.mark.parametrize(
    ("build", "layers"),
    [
        (resnet, ["conv1", "maxpool", "layer2.0.conv2"]),
        (vgg, ["features.0", "features.4"]),
        (efficientnet, ["conv_stem", "conv_head"]),
        (Sequence, ["conv", "max_pool2d"]),
    ],
)
@pytest.mark.parametrize("folded", [False, True])
def test_a_channel_is_what_it_is_among_all(build, layers, folded):
    torch.manual_seed(0)
    copy, _ = copied(spread(build()), numerics=Numerics(folded=folded))
    inputs = images(3)
    for layer in layers:
        reach = copy.reach(layer)
        check(reach, inputs)
        assert multiplications(reach, inputs) < multiplications(reach, inputs, [1, 2, 3])


def test_only_the_wanted_channels_are_computed():
    torch.manual_seed(0)
    copy, _ = copied(spread(resnet()))
    reach, inputs = copy.reach("conv1"), images(3)
    each = 3 * 2 * (32 * 32) * (3 * 7 * 7) * 2  # three images, forward and backward
    assert multiplications(reach, inputs, [0, 9, 0]) == 2 * each
    assert multiplications(reach, inputs, [0, 9, 63]) == 3 * each
    assert reach(inputs).shape == (3, 64, 32, 32)
    check(copy.reach("layer1.0:add"), inputs)  # what comes behind is whole


def test_where_most_channels_are_wanted_all_are_computed():
    torch.manual_seed(0)
    copy, _ = copied(Sequence().eval(), side=16)
    reach, inputs = copy.reach("conv"), images(5, side=16)
    channels = [0, 1, 2, 3, 4]
    torch.testing.assert_close(own(reach, inputs, channels), picked(reach, inputs, channels))
    assert multiplications(reach, inputs, channels) == multiplications(
        reach, inputs, [0, 1, 2, 3, 7]
    )


class Halved(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3)

    def forward(self, x):
        return nn.functional.glu(self.conv(x), 1)


class Strict(Sequence):
    def forward(self, x):
        x = self.conv(x)
        if x.shape[1] != 8:
            raise ValueError("8 channels are wanted")
        return self.norm(x).relu()


class Read(Sequence):
    """Reads the convolution once more before the layer is reached."""

    def __init__(self):
        super().__init__()
        self.side = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        x = self.conv(x)
        y = self.side(x)
        return self.norm(x).relu(), y


class Shared(Sequence):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 1)
        self.conv = nn.Conv2d(8, 8, 3)

    def forward(self, x):
        return self.norm(self.conv(self.conv(self.first(x)))).relu()


class Mixed(Sequence):
    """Its norm is over all channels together."""

    def __init__(self):
        super().__init__()
        self.norm = nn.GroupNorm(1, 8)


@pytest.mark.parametrize("build", [Halved, Strict, Read, Shared, Mixed])
def test_a_layer_that_needs_all_channels_has_them(build):
    torch.manual_seed(0)
    copy, graph = copied(build().eval(), side=16)
    for layer in graph.layers[1:]:
        reach, inputs = copy.reach(layer.id), images(1, side=16)
        for channel in range(min(3, layer.shape[0])):
            torch.testing.assert_close(
                own(reach, inputs, [channel]), picked(reach, inputs, [channel])
            )
