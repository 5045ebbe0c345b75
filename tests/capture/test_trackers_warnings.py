"""What trackers say and cannot be so: each a sentence that names it, and the graph stays sound."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cnnwalk.capture import CaptureError, capture
from cnnwalk.graph import Graph
from cnnwalk.trackers import TrackerModule


class Chain(nn.Module):
    """Three convolutions, each followed by its tracker: `a`, `b`, `c`."""

    def __init__(self, a: TrackerModule, b: TrackerModule, c: TrackerModule) -> None:
        super().__init__()
        self.conv = nn.ModuleList([nn.Conv2d(3, 3, 1) for _ in range(3)])
        self.a, self.b, self.c = a, b, c

    def forward(self, x: Tensor) -> Tensor:
        for conv, tracker in zip(self.conv, (self.a, self.b, self.c), strict=True):
            x = tracker(conv(x))
        return x


def graph(*trackers: TrackerModule) -> Graph:
    return capture(Chain(*trackers), torch.rand(1, 3, 4, 4), granularity="trackers")


def edges(found: Graph) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in found.edges]


STRAIGHT = [("input", "a"), ("a", "b"), ("b", "c")]


def test_a_predecessor_that_is_never_called():
    found = graph(TrackerModule(), TrackerModule(), TrackerModule(precursors=[TrackerModule()]))
    (warning,) = found.warnings
    assert "Tracker c names TrackerModule" in warning
    assert "no tracker like that is called" in warning
    assert edges(found) == STRAIGHT


def test_a_position_where_no_tracker_stands():
    found = graph(
        TrackerModule((1, 0)), TrackerModule((2, 0), precursors=[(9, 0)]), TrackerModule((3, 0))
    )
    (warning,) = found.warnings
    assert "Tracker b names position (9, 0)" in warning
    assert edges(found) == STRAIGHT


@pytest.mark.parametrize("names", ["itself", "a later one"])
def test_a_cycle(names):
    a, b, c = (TrackerModule() for _ in range(3))
    b.precursors = [b if names == "itself" else c]
    found = graph(a, b, c)
    (warning,) = found.warnings
    assert f"Tracker b names {'b' if names == 'itself' else 'c'}" in warning
    assert "cycle" in warning
    assert edges(found) == STRAIGHT


def test_a_predecessor_against_the_data_is_drawn_and_said():
    a, b, c = (TrackerModule() for _ in range(3))
    c.precursors = [a]
    found = graph(a, b, c)
    assert found.warnings == (
        "Tracker c names a before it, but its data comes from b. It is drawn as it says.",
    )
    assert edges(found) == [("input", "a"), ("a", "b"), ("a", "c")]


def test_a_predecessor_that_is_a_landmark_stands_for_its_own():
    a, c = TrackerModule(), TrackerModule()
    mark = TrackerModule(layer_name="here", precursors=[a], ignore_activation=True)
    c.precursors = [mark]
    found = graph(a, mark, c)
    assert edges(found) == [("input", "a"), ("a", "c")]
    assert found.warnings == ()

    mark.precursors = [c]
    found = graph(a, mark, c)
    assert edges(found) == [("input", "a"), ("a", "c")]
    assert "Tracker b names c" in found.warnings[0]


def test_two_trackers_on_one_position_are_placed_freely():
    found = graph(TrackerModule((1, 0)), TrackerModule((2, 0)), TrackerModule((2, 0)))
    (warning,) = found.warnings
    assert "Trackers b, c have one position, (2, 0)" in warning
    assert {layer.position for layer in found.layers} == {None}


def test_some_trackers_without_a_position_are_placed_freely():
    found = graph(TrackerModule((1, 0)), TrackerModule(), TrackerModule((2, 0)))
    (warning,) = found.warnings
    assert "1 of 3 trackers have no position" in warning
    assert {layer.position for layer in found.layers} == {None}


def test_an_input_without_a_tracker_stands_before_the_first_row():
    found = graph(TrackerModule((1, 0)), TrackerModule((2, 0.5)), TrackerModule((3, 0)))
    assert found.warnings == ()
    assert [layer.position for layer in found.layers] == [(0, 0), (1, 0), (2, 0.5), (3, 0)]


class Heads(nn.Module):
    """Two outputs, the second of which no tracker lies before; a tracker of a constant."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 4, 1)
        self.b = nn.Conv2d(3, 4, 1)
        self.seen = TrackerModule()
        self.constant = TrackerModule()

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        self.constant(torch.ones(1, 4))
        return {"a": self.seen(self.a(x)).relu(), "b": self.b(x)}


def test_an_output_that_no_tracker_reaches_and_a_tracker_of_a_constant():
    found = capture(Heads(), torch.rand(1, 3, 4, 4), granularity="trackers")
    first, second = found.warnings
    assert "No tracker lies before output 2 of 2" in first
    assert "Tracker constant holds nothing that depends on an input" in second
    assert found.outputs == ("seen",)


class InParts(nn.Module):
    """The tracked tensor is no operation's result as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.tracker = TrackerModule()

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x[:, 2:].relu_()
        return self.tracker(x)


def test_what_was_written_in_parts_is_said():
    found = capture(InParts(), torch.rand(1, 3, 4, 4), granularity="trackers")
    (warning,) = found.warnings
    assert "Tracker tracker holds what several operations wrote in parts" in warning
    assert found.layer("tracker").shape == (2, 4, 4)


@pytest.mark.parametrize("wrong", [7, (1, 2, 3), "ab", (1, "x")])
def test_a_position_that_is_no_pair_of_numbers(wrong):
    with pytest.raises(ValueError, match="is no position: give a pair of numbers"):
        TrackerModule(wrong)
    with pytest.raises(ValueError, match="is no position"):
        TrackerModule(precursors=[wrong])


def test_a_wrong_position_that_was_set_later_names_the_tracker():
    a, b, c = (TrackerModule() for _ in range(3))
    b.pos = 7
    with pytest.raises(CaptureError, match="Tracker b: 7 is no position"):
        graph(a, b, c)


def test_a_tracker_of_a_constant_alone_is_none():
    class Constant(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tracker = TrackerModule()

        def forward(self, x: Tensor) -> Tensor:
            self.tracker(torch.ones(1, 4))
            return x * 2

    with pytest.raises(CaptureError, match="Constant calls 1 trackers, none on the way"):
        capture(Constant(), torch.rand(1, 3), granularity="trackers")
