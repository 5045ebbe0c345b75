"""What people read on a layer."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from cnnwalk.capture import capture
from cnnwalk.graph import Kind


class Function(nn.Module):
    def __init__(self, function) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


CASES: list[tuple[nn.Module, Kind, str]] = [
    (nn.Conv2d(8, 64, 3, stride=2), "conv", "3x3 conv, 64, /2"),
    (nn.Conv2d(8, 8, (1, 7), groups=8), "conv", "1x7 conv, 8, dw"),
    (nn.Conv2d(8, 16, 3, groups=4, dilation=2), "conv", "3x3 conv, 16, g4, d2"),
    (nn.Conv2d(8, 16, 3, padding="same", padding_mode="circular"), "conv", "3x3 conv, 16"),
    (nn.ConvTranspose2d(8, 4, 2, stride=2), "conv", "2x2 deconv, 4, x2"),
    (nn.MaxPool2d(3, 2), "pool", "max pool 3x3, /2"),
    (nn.MaxPool2d(2), "pool", "max pool 2x2, /2"),
    (nn.AvgPool2d(3, stride=1), "pool", "avg pool 3x3"),
    (nn.AdaptiveAvgPool2d(1), "pool", "avg pool"),
    (nn.AdaptiveMaxPool2d((2, 4)), "pool", "max pool to 2x4"),
    (Function(lambda x: x.mean((-1, -2))), "pool", "avg pool"),
    (Function(lambda x: x.mean(1)), "other", "mean"),
    (Function(lambda x: F.interpolate(x, scale_factor=2)), "upsample", "upsample, x2"),
    (Function(lambda x: F.interpolate(x, (20, 24))), "upsample", "upsample to 20x24"),
    (nn.PixelShuffle(2), "upsample", "pixel shuffle"),
    (nn.LeakyReLU(), "activation", "leaky relu"),
    (nn.ReLU6(), "activation", "relu6"),
    (nn.Hardtanh(), "activation", "hardtanh"),
    (nn.BatchNorm2d(8), "norm", "batch norm"),
    (nn.GroupNorm(2, 8), "norm", "group norm"),
    (nn.Softmax(1), "softmax", "softmax"),
    (Function(lambda x: x * 2), "mul", "mul"),
    (Function(lambda x: x[:, :3]), "split", "slice, 3"),
    (Function(lambda x: x.flatten(1)), "flatten", "flatten"),
    (nn.Dropout(), "dropout", "dropout"),
    (Function(lambda x: x.amax(1)), "other", "max"),
    (Function(lambda x: x.norm(dim=1)), "other", "vector norm"),
]


@pytest.mark.parametrize(("module", "kind", "label"), CASES, ids=[case[2] for case in CASES])
def test_kind_and_label_of_one_operation(module, kind, label):
    graph = capture(nn.Sequential(module), torch.rand(1, 8, 16, 16), granularity="ops")
    layer = graph.layers[-1]
    assert (layer.kind, layer.label) == (kind, label)


def test_recurrent_layers_and_single_parameters_are_named():
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rows = nn.LSTM(16, 6, batch_first=True)
            self.layer_scale = nn.Parameter(torch.rand(6))
            self.pos_embed = nn.Parameter(torch.rand(8, 6))

        def forward(self, x: Tensor) -> Tensor:
            rows, _ = self.rows(x)
            return rows * self.layer_scale + self.pos_embed + 1

    graph = capture(Scaled(), torch.rand(1, 8, 16))
    assert [layer.label for layer in graph.layers] == [
        "input",
        "lstm, 6",
        "mul layer scale",
        "add pos embed",
        "add",
    ]


def test_a_linear_layer_and_a_multiplication_with_a_weight():
    class Product(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.rand(8, 5))

        def forward(self, x: Tensor) -> Tensor:
            return x @ self.weight

    graph = capture(nn.Sequential(nn.Linear(4, 8), Product()), torch.rand(1, 4))
    assert [(layer.id, layer.kind, layer.label, layer.parameters) for layer in graph.layers] == [
        ("input", "input", "input", 0),
        ("0", "linear", "linear, 8", 40),
        ("1", "linear", "linear, 5", 40),
    ]
