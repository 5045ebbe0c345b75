"""What the granularities modules and blocks show, and which blocks stand in a row."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from readings import image
from torch import Tensor, nn

from cnnwalk.capture import capture
from cnnwalk.graph import Graph


def kinds(graph: Graph) -> dict[str, str]:
    return {layer.id: layer.kind for layer in graph.layers}


class PaddedConv(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(F.pad(x, (0, 1, 0, 1)), self.weight, self.bias)


class ChannelNorm(nn.LayerNorm):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class PooledConv(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        return F.max_pool2d(F.conv2d(x, self.weight, self.bias), 2)


class Gate(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x)


class KeepsWhatItPads(nn.Conv2d):
    """The padded image is used twice, so it is a value of its own."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        padded = F.pad(x, (0, 1, 0, 1))
        return F.conv2d(padded, self.weight, self.bias), padded


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (PaddedConv(3, 4, 2), {"input": "input", "0": "conv"}),
        (ChannelNorm(3), {"input": "input", "0": "norm"}),
        (nn.Flatten(), {"input": "input", "0": "flatten"}),
        (nn.Dropout(), {"input": "input", "0": "dropout"}),
        (PooledConv(3, 4, 3), {"input": "input", "0": "conv", "0:max_pool2d": "pool"}),
        (Gate(), {"input": "input", "0:sigmoid": "activation", "0:mul": "mul"}),
        (KeepsWhatItPads(3, 4, 2), {"input": "input", "0:pad": "other", "0": "conv"}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_a_module_call_is_one_layer_unless_it_does_more_than_one_thing(module, expected):
    graph = capture(nn.Sequential(module), image(), granularity="modules")
    assert kinds(graph) == expected
    assert graph.warnings == ()


def test_modules_shows_what_the_module_returns():
    graph = capture(nn.Sequential(ChannelNorm(3)), image(), granularity="modules")
    assert graph.layer("0").shape == (3, 8, 8)
    assert graph.layer("0").absorbed == ("permute", "permute")


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x))).flatten(1)


def test_modules_fuses_nothing_and_hides_nothing():
    graph = capture(Functional(), image(), granularity="modules")
    assert list(kinds(graph)) == ["input", "conv", "norm", "relu", "flatten"]


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(4, 4, 3, padding=1)
        self.b = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.b(self.a(x))


class Down(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Conv2d(4, 4, 2, stride=2), nn.Conv2d(4, 4, 1))


def stages() -> nn.Sequential:
    stage = nn.Sequential(Residual(), Residual(), Residual())
    return nn.Sequential(nn.Conv2d(3, 4, 1), stage, nn.Sequential(Residual(), Residual()), Down())


def test_blocks_shows_the_main_blocks_as_one_layer_each():
    graph = capture(stages(), image(), granularity="blocks")

    assert graph.granularity == "blocks"
    assert [(layer.id, layer.collapsed) for layer in graph.layers] == [
        ("input", None),
        ("0", None),
        ("1.0:add", "1.0"),
        ("1.1:add", "1.1"),
        ("1.2:add", "1.2"),
        ("2.0:add", "2.0"),
        ("2.1:add", "2.1"),
        ("3.1", "3"),
    ]
    assert graph.blocks == capture(stages(), image()).blocks


@pytest.mark.parametrize("granularity", ["ops", "modules", "layers", "blocks"])
def test_siblings_of_one_class_are_numbered_in_their_row(granularity):
    graph = capture(stages(), image(), granularity=granularity)
    rows = {block.id: (block.repeats, block.repetition) for block in graph.blocks}
    assert rows == {
        "1": (1, 0),  # a container: it makes no row with the one behind it
        "1.0": (3, 0),
        "1.1": (3, 1),
        "1.2": (3, 2),
        "2": (1, 0),
        "2.0": (2, 0),
        "2.1": (2, 1),
        "3": (1, 0),
    }


def test_a_row_ends_where_another_class_stands():
    model = nn.Sequential(Residual(), Residual(), Down(), Residual())
    graph = capture(nn.Sequential(nn.Conv2d(3, 4, 1), *model), image())
    assert [(block.id, block.repeats) for block in graph.blocks] == [
        ("1", 2),
        ("2", 2),
        ("3", 1),
        ("4", 1),
    ]


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 1)
        self.block = Residual()

    def forward(self, x: Tensor) -> Tensor:
        return self.block(self.block(self.stem(x)))


def test_a_block_called_twice_stands_in_a_row_with_itself():
    graph = capture(Twice(), image())
    assert [(block.id, block.repeats, block.repetition) for block in graph.blocks] == [
        ("block", 2, 0),
        ("block:1", 2, 1),
    ]


def test_an_unknown_way_with_trackers_names_the_known_ones():
    with pytest.raises(ValueError, match=r"trackers is 'both'.*merge, ignore"):
        capture(Twice(), image(), trackers="both")
