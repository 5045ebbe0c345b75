"""Small networks whose true layers are known: what is fused, hidden and called how."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from readings import edges
from torch import Tensor, nn

from cnnwalk.capture import capture


class Plain(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU6(),
            nn.Conv2d(8, 8, (1, 3), stride=(1, 2), groups=8),
            nn.MaxPool2d(3, 2),
            nn.AdaptiveAvgPool2d(1),
        )
        self.drop = nn.Dropout()
        self.head = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.drop(self.features(x).flatten(1))).softmax(1)


def test_layers_fuse_hide_and_label():
    graph = capture(Plain().eval(), torch.rand(2, 3, 64, 64))
    assert [(layer.id, layer.label, layer.absorbed, layer.shape) for layer in graph.layers] == [
        ("input", "input", (), (3, 64, 64)),
        ("features.0", "3x3 conv, 8, /2", ("bn", "relu6"), (8, 32, 32)),
        ("features.3", "1x3 conv, 8, /1x2, dw", (), (8, 32, 15)),
        ("features.4", "max pool 3x3, /2", (), (8, 15, 7)),
        ("features.5", "avg pool", (), (8, 1, 1)),
        ("head", "linear, 10", (), (10,)),
        ("softmax", "softmax", (), (10,)),
    ]
    assert [edge.label for edge in graph.edges if edge.label] == ["flatten, dropout"]
    assert [block.label for block in graph.blocks] == ["Sequential"]
    assert graph.layer("features.0").parameters == 8 * 3 * 9 + 8 + 8
    assert graph.layer("features.0").weights == (
        "features.0.weight",
        "features.1.weight",
        "features.1.bias",
    )


def test_ops_keeps_what_layers_fuse_and_hide():
    graph = capture(Plain().eval(), torch.rand(1, 3, 64, 64), granularity="ops")
    assert [(layer.id, layer.kind) for layer in graph.layers] == [
        ("input", "input"),
        ("features.0", "conv"),
        ("features.1", "norm"),
        ("features.2", "activation"),
        ("features.3", "conv"),
        ("features.4", "pool"),
        ("features.5", "pool"),
        ("flatten", "flatten"),
        ("drop", "dropout"),
        ("head", "linear"),
        ("softmax", "softmax"),
    ]
    assert len(graph.edges) == 10


class PreActivation(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.norm = nn.BatchNorm2d(8)
        self.conv = nn.Conv2d(8, 4, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.stem(x)
        return x, self.conv(F.relu(self.norm(x)))


def test_norm_and_activation_before_a_convolution_join_it():
    graph = capture(PreActivation().eval(), torch.rand(1, 3, 16, 16))
    assert [layer.id for layer in graph.layers] == ["input", "stem", "conv"]
    assert graph.layer("conv").absorbed == ("bn", "relu")
    assert graph.layer("conv").parameters == 8 + 8 + 8 * 4 * 9 + 4
    assert graph.layer("conv").shape == (4, 12, 12)


class SharedActivation(nn.Module):
    """What lies between convolution and activation is used elsewhere, so it must stay."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        return y * y.sigmoid()


def test_what_is_read_twice_is_not_fused_over():
    graph = capture(SharedActivation().eval(), torch.rand(1, 3, 16, 16))
    assert edges(graph) == {
        ("input", "conv"),
        ("conv", "sigmoid"),
        ("conv", "mul"),
        ("sigmoid", "mul"),
    }


class DropoutBesideSkip(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        self.drop = nn.Dropout()

    def forward(self, x: Tensor) -> Tensor:
        skip = self.conv(x)
        return self.drop(skip) + skip


def test_an_operation_that_returns_its_input_is_beside_the_skip_not_on_it():
    graph = capture(DropoutBesideSkip().eval(), torch.rand(1, 3, 8, 8), granularity="ops")
    assert edges(graph) == {
        ("input", "conv"),
        ("conv", "drop"),
        ("drop", "add"),
        ("conv", "add"),
    }


class DenseSteps(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.ModuleList(nn.Conv2d(8 + 4 * step, 4, 1) for step in range(3))

    def forward(self, x: Tensor) -> Tensor:
        maps = [x]
        for step in self.steps:
            maps.append(step(torch.cat(maps, 1)))
        return torch.cat(maps, 1)


def test_a_concatenation_that_continues_another_says_what_it_adds():
    graph = capture(DenseSteps().eval(), torch.rand(1, 8, 8, 8))
    assert [layer.label for layer in graph.layers if layer.kind == "cat"] == [
        "cat",
        "cat +4",
        "cat +4",
        "cat +4",
    ]
