"""The graph that trackers give: named by position, by reference, or left to the data."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from readings import edges, image, labels
from torch import Tensor, nn

import cnnwalk
from cnnwalk.capture import Recording, record
from cnnwalk.graph import Mark
from cnnwalk.trackers import ActivationTracker, TrackerModule


class ByPosition:
    """Trackers as networks for the paper's server have them: counted, row by row."""

    def __init__(self) -> None:
        self.row = -1

    def __call__(self, name: str, *before: str, module: Any = None, mark: bool = False) -> Any:
        if name == "Skip":  # beside the second convolution; its predecessor is the landmark
            return TrackerModule((self.row, 1), name, module, [(self.row - 2, 0)])
        self.row += 1
        found = [(self.row - 1, 1 if other == "Skip" else 0) for other in before]
        return TrackerModule((self.row, 0), name, module, found, mark)


class ByReference:
    """Trackers that name one another."""

    def __init__(self) -> None:
        self.made: dict[str, TrackerModule] = {}

    def __call__(self, name: str, *before: str, module: Any = None, mark: bool = False) -> Any:
        found = [self.made[other] for other in before]
        self.made[name] = TrackerModule(None, name, module, found, mark)
        return self.made[name]


class Inferred:
    """Trackers that say nothing of one another."""

    def __call__(self, name: str, *before: str, module: Any = None, mark: bool = False) -> Any:
        return TrackerModule(layer_name=name, tracked_module=module, ignore_activation=mark)


class Block(nn.Module):
    """A residual block; without `strided` its skip hands on the very tensor that came in."""

    def __init__(self, track: Any, before: str, *, strided: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1, stride=1 + strided, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.down = nn.Conv2d(4, 4, 1, stride=2) if strided else None
        self.marker = track("Block", before, mark=True)
        self.tracker1 = track("Conv1", "Block", module=self.conv1)
        self.tracker2 = track("Conv2", "Conv1", module=self.conv2)
        self.tracker3 = track("Skip", "Block", module=self.down)
        self.tracker4 = track("Sum", "Conv2", "Skip")

    def forward(self, x: Tensor) -> Tensor:
        identity = x
        _ = self.marker(x)
        out = self.tracker1(self.relu(self.bn1(self.conv1(x))))
        out = self.tracker2(self.bn2(self.conv2(out)))
        if self.down is not None:
            identity = self.down(x)
        identity = self.tracker3(identity)
        out += identity
        return self.tracker4(self.relu(out))


class Network(nn.Module):
    """Branches, skips, landmarks, discarded results, and probabilities that it does not return."""

    def __init__(self, track: Any) -> None:
        super().__init__()
        self.tracker1 = track("Input")
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.tracker2 = track("Stem", "Input", module=self.conv)
        self.block1 = Block(track, "Stem", strided=True)
        self.block2 = Block(track, "Sum", strided=False)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.tracker3 = track("Pool", "Sum")
        self.marker = track("Flatten to 1D vector", "Pool", mark=True)
        self.classifier = nn.Linear(4, 5)
        self.tracker4 = track("Class Scores", "Flatten to 1D vector", module=self.classifier)
        self.tracker5 = track("Probabilities", "Class Scores")

    def forward(self, batch: Tensor) -> Tensor:
        _ = self.tracker1(batch)
        out = self.tracker2(F.relu(self.conv(batch)))
        out = self.block2(self.block1(out))
        out = self.tracker3(self.pool(out))
        _ = self.marker(out)
        out = self.classifier(torch.flatten(out, 1))
        _ = self.tracker4(out)
        _ = self.tracker5(F.softmax(out, 1))
        return out

    def forward_features(self, batch: Tensor) -> tuple[Tensor, list[dict[str, Any]]]:
        return ActivationTracker().collect_stats(self, batch)


EDGES = {
    ("input", "tracker2"),
    ("tracker2", "block1.tracker1"),
    ("block1.tracker1", "block1.tracker2"),
    ("tracker2", "block1.tracker3"),
    ("block1.tracker2", "block1.tracker4"),
    ("block1.tracker3", "block1.tracker4"),
    ("block1.tracker4", "block2.tracker1"),
    ("block2.tracker1", "block2.tracker2"),
    ("block1.tracker4", "block2.tracker3"),
    ("block2.tracker2", "block2.tracker4"),
    ("block2.tracker3", "block2.tracker4"),
    ("block2.tracker4", "tracker3"),
    ("tracker3", "tracker4"),
    ("tracker4", "tracker5"),
}


@pytest.fixture(params=[ByPosition, ByReference, Inferred])
def recording(request) -> Recording:
    torch.manual_seed(0)
    return record(Network(request.param()), image())


def test_three_ways_to_say_it_give_the_same_graph(recording):
    graph = recording.graph("trackers")

    assert edges(graph) == EDGES
    assert graph.warnings == ()
    assert (graph.inputs, graph.outputs) == (("input",), ("tracker4",))
    assert list(labels(graph).values()) == [
        *("Input", "Stem", "Conv1", "Conv2", "Skip", "Sum"),
        *("Conv1", "Conv2", "Skip", "Sum", "Pool", "Class Scores", "Probabilities"),
    ]
    assert graph.marks == (
        Mark("Block", "block1.tracker1"),
        Mark("Block", "block2.tracker1"),
        Mark("Flatten to 1D vector", "tracker4"),
    )
    blocks = {layer.id: layer.block for layer in graph.layers}
    assert (blocks["tracker2"], blocks["block1.tracker3"]) == (None, "block1")
    assert [(block.id, block.label) for block in graph.blocks] == [
        ("block1", "Block"),
        ("block2", "Block"),
    ]


def test_positions_are_those_of_the_trackers():
    graph = record(Network(ByPosition()), image()).graph("trackers")
    positions = {layer.id: layer.position for layer in graph.layers}
    assert positions["input"] == (0, 0)
    assert positions["block1.tracker2"] == (4, 0)
    assert positions["block1.tracker3"] == (4, 1)
    assert positions["block1.tracker4"] == (5, 0)


def test_the_weights_shown_are_those_of_the_tracked_module(recording):
    graph = recording.graph("trackers")
    assert graph.layer("tracker4").weights == ("classifier.weight", "classifier.bias")
    assert graph.layer("block1.tracker1").weights[0] == "block1.conv1.weight"
    assert graph.layer("tracker4").parameters == 25
    assert graph.layer("block1.tracker4").weights == ()


def test_each_layer_shows_what_its_tracker_was_given():
    torch.manual_seed(0)
    model = Network(Inferred()).eval()
    graph = record(model, image()).graph("trackers")
    _, given = model.forward_features(image())
    expected = [each["activation"] for each in given if not each["ignore_activation"]]

    shown: list[tuple[str, Tensor]] = []
    cnnwalk.capture.observe(
        model, image(), graph, lambda layer, tensor: shown.append((layer.label, tensor.clone()))
    )
    names = [each["layer_name"] for each in given if not each["ignore_activation"]]
    assert sorted(label for label, _ in shown) == sorted(names)
    # The block's sum is written over in place by its own activation only, never after that.
    for name in ("Stem", "Pool", "Class Scores", "Probabilities"):
        tensor = next(tensor for label, tensor in shown if label == name)
        assert torch.equal(tensor, expected[names.index(name)])


def test_merged_a_tracker_names_the_layer_that_holds_what_it_holds(recording):
    graph = recording.graph("layers")
    plain = recording.graph("layers", trackers="ignore")

    assert labels(graph) == labels(plain) | {
        "input": "Input",
        "conv": "Stem",
        "block1.conv1": "Conv1",
        "block1.conv2": "Conv2",
        "block1.down": "Skip",
        "block1:add": "Sum",
        "block2.conv1": "Conv1",
        "block2.conv2": "Conv2",
        "block2:add": "Sum",
        "pool": "Pool",
        "classifier": "Class Scores",
        "softmax": "Probabilities",
    }
    assert edges(graph) == edges(plain) | {("classifier", "softmax")}
    assert graph.marks == (
        Mark("Block", "block1.conv1"),
        Mark("Block", "block2.conv1"),
        Mark("Flatten to 1D vector", "classifier"),
    )
    assert (graph.outputs, graph.warnings) == (plain.outputs, ())


def test_ignored_the_graph_is_that_of_the_network_without_trackers(recording):
    class Nothing:
        def __call__(self, *args: object, **kwargs: object) -> nn.Module:
            return nn.Identity()

    torch.manual_seed(0)
    plain = record(Network(Nothing()), image())
    for granularity in ("ops", "modules", "layers", "blocks"):
        ignored = recording.graph(granularity, trackers="ignore")
        assert ignored == plain.graph(granularity)
        assert ignored.marks == ()


class SkipOfAConvolution(nn.Module):
    """The skip hands on what a convolution made, which the tracker before it shows already."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(3, 3, 3, padding=1) for _ in range(2))
        self.first, self.second, self.skip, self.end = (TrackerModule() for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(self.conv1(x))
        return self.end(self.second(self.conv2(x)) + self.skip(x))


def test_the_weights_of_what_two_trackers_show_count_once():
    model = SkipOfAConvolution()
    graph = record(model, image()).graph("trackers")

    assert {layer.id: layer.parameters for layer in graph.layers if layer.parameters} == {
        "first": 3 * 3 * 9 + 3,
        "second": 3 * 3 * 9 + 3,
    }
    assert sum(layer.parameters for layer in graph.layers) == sum(
        parameter.numel() for parameter in model.parameters()
    )
