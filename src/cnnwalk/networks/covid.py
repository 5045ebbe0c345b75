"""The two networks of the paper's study, as small as its parameter counts.

They are cut from ResNet18 and DenseNet121: fewer blocks, and in CovidDenseNet transitions that
go to 128, 256 and 512 channels. The weights' names are those of torchvision's networks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, ResNet

from cnnwalk.trackers import Marker, TrackerModule

_GROWTH = 32
_BOTTLENECK = 4 * _GROWTH
_DENSE_LAYERS = (6, 10, 2, 1)
_BEHIND_TRANSITIONS = (128, 256, 512)


class CovidResNet(ResNet):
    """A residual network of 2, 1, 1 and 1 basic blocks: 4,980,802 parameters with 2 classes."""

    def __init__(self, classes: int, channels: int = 3, *, trackers: bool = False) -> None:
        """Make it with random weights, drawn as Kaiming says; the biases are zero.

        Args:
            classes: length of the output's rows (N, classes).
            channels: of the input (N, channels, H, W); 3 for colour, 1 for grayscale.
            trackers: whether its own code says what is shown: of each block the skip branch,
                two convolutions and their sum.
        """
        block = _TrackedBasicBlock if trackers else BasicBlock
        super().__init__(block, [2, 1, 1, 1], num_classes=classes)
        if channels != self.conv1.in_channels:
            self.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
            nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(self.fc.bias)
        self.scores = _shown_scores(self.fc) if trackers else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Return scores (N, classes) for images (N, channels, H, W)."""
        scores: Tensor = self.scores(super().forward(x))
        return scores


class CovidDenseNet(nn.Module):
    """A dense network of 6, 10, 2 and 1 layers: 1,633,538 parameters with 2 classes."""

    def __init__(self, classes: int, channels: int = 3, *, trackers: bool = False) -> None:
        """Make it with random weights, drawn as Kaiming says; the biases are zero.

        Args:
            classes: length of the output's rows (N, classes).
            channels: of the input (N, channels, H, W); 3 for colour, 1 for grayscale.
            trackers: whether its own code says what is shown: of each dense block the input,
                and each convolution and concatenation.
        """
        super().__init__()
        self.features = _first_layers(channels)
        width = 64
        for number, layers in enumerate(_DENSE_LAYERS, 1):
            self.features.add_module(f"denseblock{number}", _DenseBlock(layers, width, trackers))
            width += layers * _GROWTH
            if number <= len(_BEHIND_TRANSITIONS):
                narrow = _BEHIND_TRANSITIONS[number - 1]
                self.features.add_module(f"transition{number}", _transition(width, narrow))
                width = narrow
        self.features.add_module("norm5", nn.BatchNorm2d(width))
        self.features.add_module("relu5", nn.ReLU())
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(width, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
        nn.init.zeros_(self.classifier.bias)
        self.scores = _shown_scores(self.classifier) if trackers else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Return scores (N, classes) for images (N, channels, H, W)."""
        pooled = torch.flatten(self.avgpool(self.features(x)), 1)
        scores: Tensor = self.scores(self.classifier(pooled))
        return scores


BUILDERS: dict[str, Callable[[int, int], CovidResNet | CovidDenseNet]] = {
    "covidresnet": CovidResNet,
    "coviddensenet": CovidDenseNet,
}
"""Make a network for so many classes and channels, by the name that the study gives it."""


def covidresnet(classes: int = 2) -> CovidResNet:
    """Return CovidResNet with random weights."""
    return CovidResNet(classes)


def coviddensenet(classes: int = 2) -> CovidDenseNet:
    """Return CovidDenseNet with random weights."""
    return CovidDenseNet(classes)


def tracked_covidresnet(classes: int = 2) -> CovidResNet:
    """Return CovidResNet, with trackers that show its blocks as the paper draws them."""
    return CovidResNet(classes, trackers=True)


def tracked_coviddensenet(classes: int = 2) -> CovidDenseNet:
    """Return CovidDenseNet, with trackers that show its blocks as the paper draws them."""
    return CovidDenseNet(classes, trackers=True)


def _shown_scores(head: nn.Linear) -> TrackerModule:
    return TrackerModule(layer_name="scores", tracked_module=head)


def _first_layers(channels: int) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            conv0=nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False),
            norm0=nn.BatchNorm2d(64),
            relu0=nn.ReLU(),
            pool0=nn.MaxPool2d(3, stride=2, padding=1),
        )
    )


def _transition(channels: int, narrow: int) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            norm=nn.BatchNorm2d(channels),
            relu=nn.ReLU(),
            conv=nn.Conv2d(channels, narrow, 1, bias=False),
            pool=nn.AvgPool2d(2),
        )
    )


class _DenseLayer(nn.Module):
    """Makes `_GROWTH` new maps of all before, and concatenates them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(channels, _BOTTLENECK, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(_BOTTLENECK)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(_BOTTLENECK, _GROWTH, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.new_maps(x)], 1)

    def new_maps(self, x: Tensor) -> Tensor:
        narrow = self.conv1(self.relu1(self.norm1(x)))
        maps: Tensor = self.conv2(self.relu2(self.norm2(narrow)))
        return maps


class _TrackedDenseLayer(_DenseLayer):
    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.convolution = TrackerModule(layer_name="convolution", tracked_module=self.conv2)
        self.concatenation = TrackerModule(layer_name="concatenation")

    def forward(self, x: Tensor) -> Tensor:
        joined: Tensor = self.concatenation(torch.cat([x, self.convolution(self.new_maps(x))], 1))
        return joined


class _DenseBlock(nn.Sequential):
    def __init__(self, layers: int, channels: int, trackers: bool) -> None:
        kind = _TrackedDenseLayer if trackers else _DenseLayer
        parts: OrderedDict[str, nn.Module] = OrderedDict()
        if trackers:
            parts["marker"] = Marker("Dense block")
            parts["input"] = TrackerModule(layer_name="block input")
        for number in range(layers):
            parts[f"denselayer{number + 1}"] = kind(channels + number * _GROWTH)
        super().__init__(parts)


class _TrackedBasicBlock(BasicBlock):
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as torchvision calls it
        super().__init__(*args, **kwargs)
        self.marker = Marker("Residual block")
        self.input = TrackerModule(layer_name="block input")
        self.skip = TrackerModule(layer_name="skip", tracked_module=self.downsample)
        self.first = TrackerModule(layer_name="convolution 1", tracked_module=self.conv1)
        self.second = TrackerModule(layer_name="convolution 2", tracked_module=self.conv2)
        self.sum = TrackerModule(layer_name="sum")

    def forward(self, x: Tensor) -> Tensor:
        x = self.input(self.marker(x))
        skip = self.skip(x if self.downsample is None else self.downsample(x))
        first = self.first(self.relu(self.bn1(self.conv1(x))))
        second = self.second(self.bn2(self.conv2(first)))
        total: Tensor = self.sum(self.relu(second + skip))
        return total
