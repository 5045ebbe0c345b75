"""What comes after a tracker, what it shows, and where landmarks stand, on small networks."""

from __future__ import annotations

import pytest
import torch.nn.functional as F  # noqa: N812
from readings import edges, image, labels
from torch import Tensor, nn

from cnnwalk.capture import CaptureError, capture, record
from cnnwalk.graph import Mark
from cnnwalk.trackers import Marker, TrackerModule


class SplitLayer(nn.Module):
    """Trackers where no layer would end: behind a convolution, and behind dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.before = TrackerModule(layer_name="before the norm")
        self.dropped = TrackerModule(layer_name="dropped")
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.before(self.conv(x)))
        return self.last(self.dropped(F.dropout(x, training=self.training)))


def test_merged_a_tracker_has_a_layer_that_ends_where_it_is():
    graph = capture(SplitLayer(), image())
    assert labels(graph) == {
        "input": "input",
        "conv": "before the norm",
        "norm": "batch norm",
        "dropout": "dropped",
        "last": "1x1 conv, 2",
    }


class Twin(nn.Module):
    """One tracker called for each of two inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.tracker = TrackerModule(layer_name="tower", tracked_module=self.conv)
        self.joined = TrackerModule()

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.joined(self.tracker(self.conv(x)) + self.tracker(self.conv(y)))


def test_a_tracker_called_twice_is_two_layers():
    graph = capture(Twin(), (image(), image()), granularity="trackers")
    assert edges(graph) == {
        ("input", "tracker"),
        ("input.1", "tracker:1"),
        ("tracker", "joined"),
        ("tracker:1", "joined"),
    }
    assert labels(graph)["joined"] == "add"


class Beside(nn.Module):
    """A skip that is tracked at once: the trunk does not come after it."""

    def __init__(self, *, discard: bool) -> None:
        super().__init__()
        self.discard = discard
        self.stem = nn.Conv2d(3, 4, 1)
        self.conv = nn.Conv2d(4, 4, 1)
        self.start, self.skip, self.trunk, self.end = (TrackerModule() for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        x = self.start(self.stem(x))
        skip = self.skip(x)
        if self.discard:
            skip = x
        return self.end(self.trunk(self.conv(x)) + skip)


def test_what_reads_a_trackers_result_comes_after_it_and_nothing_else():
    graph = capture(Beside(discard=False), image(), granularity="trackers")
    assert edges(graph) == {
        ("input", "start"),
        ("start", "skip"),
        ("start", "trunk"),
        ("trunk", "end"),
        ("skip", "end"),
    }


def test_where_the_result_is_discarded_what_reads_the_value_later_comes_after():
    graph = capture(Beside(discard=True), image(), granularity="trackers")
    assert edges(graph) == {
        ("input", "start"),
        ("start", "skip"),
        ("skip", "trunk"),
        ("trunk", "end"),
        ("skip", "end"),
    }


class Late(nn.Module):
    """A value that is tracked after the trunk has read it; its weights are those of both parts."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 1)
        self.pair = nn.Sequential(nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1, bias=False))
        self.trunk = TrackerModule(tracked_module=self.pair)
        self.late, self.end = TrackerModule(), TrackerModule()

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        y = self.trunk(self.pair(x))
        self.late(x)
        return self.end(y + x)


def test_what_read_a_value_before_a_tracker_did_does_not_come_after_it():
    graph = capture(Late(), image(), granularity="trackers")
    assert edges(graph) == {
        ("input", "trunk"),
        ("input", "late"),
        ("trunk", "end"),
        ("late", "end"),
    }


@pytest.mark.parametrize(("granularity", "layer"), [("trackers", "trunk"), ("layers", "pair.1")])
def test_all_weights_of_the_tracked_module_are_shown(granularity, layer):
    shown = capture(Late(), image(), granularity=granularity).layer(layer)
    assert shown.weights == ("pair.0.weight", "pair.0.bias", "pair.1.weight")
    assert shown.parameters == (36 if granularity == "trackers" else 16)


class SkipOfTheInput(nn.Module):
    """Two trackers are given the image itself, the second as a skip."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        self.image, self.skip, self.end = (TrackerModule(layer_name=name) for name in "abc")

    def forward(self, x: Tensor) -> Tensor:
        x = self.image(x)
        skip = self.skip(x)
        return self.end(self.conv(x) + skip)


def test_the_first_tracker_of_an_input_is_its_layer_and_others_are_layers_behind_it():
    graph = capture(SkipOfTheInput(), image(), granularity="trackers")
    assert [(layer.id, layer.label, layer.kind) for layer in graph.layers] == [
        ("input", "a", "input"),
        ("skip", "b", "other"),
        ("end", "c", "add"),
    ]
    assert edges(graph) == {("input", "skip"), ("input", "end"), ("skip", "end")}


class OfAKind(Tensor):
    """A tensor class of the user's own."""


def test_while_recording_a_tracker_hands_on_what_it_was_given():
    seen: list[object] = []

    class Kinds(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tracker = TrackerModule()

        def forward(self, x: Tensor) -> Tensor:
            x = self.tracker((x * 2).as_subclass(OfAKind))
            seen.append(type(x))
            pair = self.tracker((x, x))
            seen.append(type(pair))
            return pair[0]

    record(Kinds(), image())
    assert seen == [OfAKind, tuple]


class Landmarks(nn.Module):
    """Markers with and without a text, in a named block."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Marker("the beginning")
        self.conv = nn.Conv2d(3, 4, 1)
        self.inside = nn.Sequential(Marker(), nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1))
        self.last = Marker("behind everything")

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.inside(self.conv(self.first(x))))


def test_a_marker_is_no_layer_and_says_where_a_part_begins():
    graph = capture(Landmarks(), image())
    assert list(labels(graph)) == ["input", "conv", "inside.1", "inside.2"]
    assert graph.marks == (Mark("the beginning", "conv"), Mark("Sequential", "inside.1"))


def test_without_trackers_the_granularity_says_what_to_add():
    with pytest.raises(CaptureError, match=r"Landmarks calls no tracker.*TrackerModule"):
        capture(Landmarks(), image(), granularity="trackers")
