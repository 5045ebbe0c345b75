"""How a layer's pictures are made: what is chosen out of what was measured, and what is allowed."""

from __future__ import annotations

import dataclasses
import json

import pytest
import torch
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis import FeatureVisualizationError, tuning
from cnnwalk.featvis.cache import picture_folder
from cnnwalk.featvis.copies import Copies
from cnnwalk.featvis.cost import Cost
from cnnwalk.featvis.numerics import EXACT, Numerics
from cnnwalk.featvis.tuning import plan
from cnnwalk.featvis.worker import Worker
from cnnwalk.networks import InputSpec, Network

CPU = torch.device("cpu")


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        return self.last(self.norm(self.conv(x)).relu())


@pytest.fixture
def known():
    torch.manual_seed(0)
    net = Network("small", Small().eval(), InputSpec(3, 32, 32))
    return Copies(net, capture(net.module, net.example_input()), CPU)


@pytest.fixture
def paces(monkeypatch):
    """Let the measurement find what the test wants; return where the test says it."""
    seconds = {}
    monkeypatch.setattr(tuning, "_timed", lambda reach, _images: seconds[_numerics(reach)])
    monkeypatch.setattr(tuning, "_remembered", {})
    monkeypatch.setattr(tuning, "_computes_with_half", lambda device: True)
    return seconds


def _numerics(reach):
    frozen = reach._frozen
    return Numerics(
        dtype="bfloat16" if frozen._half else "float32",
        folded=len(frozen.graph.operations) < 4,
        channels_last=frozen._layout == torch.channels_last,
    )


FOLDED = Numerics(folded=True)
LAST = Numerics(folded=True, channels_last=True)
HALF = Numerics("bfloat16", folded=True)
HALF_LAST = Numerics("bfloat16", folded=True, channels_last=True)


def say(paces, *efforts):
    for numerics, effort in zip((FOLDED, LAST, HALF, HALF_LAST), efforts, strict=True):
        paces[numerics] = tuning._Pace(effort / 1000, effort)


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [
        ((1.0, 0.8, 0.7, 0.7), LAST),  # half of the bits gain less than a third
        ((1.0, 0.8, 0.6, 0.5), HALF_LAST),
        ((1.0, 0.95, 1.2, 1.2), FOLDED),  # another order gains less than a tenth
        ((1.0, 1.4, 0.5, 0.6), HALF),
    ],
)
def test_faster_numbers_are_taken_where_they_are_worth_it(known, paces, seconds, chosen):
    say(paces, *seconds)
    assert plan(known, "last", precision="auto", largest=8).numerics == chosen


@pytest.mark.parametrize(
    ("cost", "largest", "batch"),
    [
        (Cost(operations=0, bytes=1), 256, 8),  # more are seen later
        (Cost(operations=0, bytes=1), 7, 4),
        (Cost(operations=10**10, bytes=0), 256, 1),
        (Cost(operations=4 * 10**9, bytes=0), 256, 4),
        (Cost(operations=0, bytes=300 * 10**6), 256, 2),  # three have no room in a GiB
    ],
)
def test_a_batch_follows_from_the_cost_alone(known, monkeypatch, cost, largest, batch):
    monkeypatch.setattr(tuning, "cost_of", lambda _reach, _image: cost)
    monkeypatch.delattr(tuning, "time")  # no clock is looked at
    found = plan(known, "last", precision="float32", largest=largest)
    assert found == tuning.Plan(EXACT, batch)


def test_what_was_chosen_is_chosen_by_all_workers(known, paces):
    say(paces, 1.0, 0.8, 0.6, 0.5)
    first = plan(known, "last", precision="auto", largest=4)
    paces.clear()
    assert (
        plan(Copies(known.network, known.graph, CPU), "last", precision="auto", largest=4) == first
    )
    with pytest.raises(KeyError):
        plan(known, "conv", precision="auto", largest=4)


def test_the_next_process_chooses_the_same_without_measuring(known, paces, monkeypatch):
    say(paces, 1.0, 0.8, 0.6, 0.5)
    first = plan(known, "last", precision="auto", largest=4)
    assert first.numerics == HALF_LAST
    monkeypatch.setattr(tuning, "_remembered", {})  # as in a new process
    paces.clear()
    assert plan(known, "last", precision="auto", largest=4) == first


@pytest.mark.parametrize("damage", [b"", b"{}{", b"[1]", b'{"dtype": "float8"}', b"\xff"])
def test_a_damaged_choice_is_made_again(known, paces, monkeypatch, damage):
    say(paces, 1.0, 0.8, 0.6, 0.5)
    plan(known, "last", precision="auto", largest=4)
    (file,) = picture_folder().rglob("*.json")
    file.write_bytes(damage)
    monkeypatch.setattr(tuning, "_remembered", {})
    say(paces, 0.1, 0.8, 0.6, 0.5)
    assert plan(known, "last", precision="auto", largest=4).numerics == FOLDED
    assert json.loads(file.read_text()) == dataclasses.asdict(FOLDED)


def test_a_choice_that_another_process_kept_meanwhile_is_taken(known, paces, monkeypatch):
    say(paces, 1.0, 0.8, 0.6, 0.5)
    plan(known, "last", precision="auto", largest=4)
    (file,) = picture_folder().rglob("*.json")
    kept = file.read_bytes()
    file.unlink()
    monkeypatch.setattr(tuning, "_remembered", {})

    def race(_reaches, _images):
        file.write_bytes(kept)
        return {FOLDED: tuning._Pace(1, 1)}

    monkeypatch.setattr(tuning, "_race", race)
    assert plan(known, "last", precision="auto", largest=4).numerics == HALF_LAST


def test_where_nothing_can_be_kept_the_choice_is_made_all_the_same(known, paces, monkeypatch):
    picture_folder().parent.mkdir(parents=True)
    picture_folder().write_text("no folder")
    say(paces, 1.0, 0.8, 0.6, 0.5)
    assert plan(known, "last", precision="auto", largest=4).numerics == HALF_LAST


def test_only_what_is_needed_stays_in_memory(known, paces):
    say(paces, 1.0, 0.8, 0.6, 0.5)
    worker = Worker(known.network, known.graph)
    worker.batch_size("last")
    assert set(worker._copies._copies) == {HALF_LAST}


def test_networks_of_other_types_keep_theirs(monkeypatch):
    monkeypatch.setattr(tuning, "_computes_with_half", lambda device: True)
    net = Network("double", Small().double().eval(), InputSpec(3, 32, 32))
    graph = capture(net.module, net.example_input())
    assert {kind.dtype for kind in tuning._kinds(net, graph, CPU)} == {"float32"}


class Rows(nn.Module):
    """Asks for values that lie in their usual order."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Linear(4 * 30 * 30, 2)

    def forward(self, x):
        return self.last(self.conv(x).relu().view(len(x), -1))


class Bits(nn.Module):
    """Asks for values with all of their bits."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        x = self.conv(x)
        if x.dtype != torch.float32:
            raise TypeError(f"float32 is wanted, not {x.dtype}")
        return self.last(x.relu())


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated")
@pytest.mark.parametrize(
    ("build", "borne"),
    [
        (Rows, {EXACT, Numerics("bfloat16")}),
        (Bits, {EXACT, Numerics(channels_last=True)}),
        (lambda: torch.jit.script(Small()), {EXACT, Numerics(channels_last=True)}),
    ],
)
def test_a_network_is_given_no_numbers_that_it_does_not_bear(monkeypatch, build, borne):
    tried = {}
    monkeypatch.setattr(tuning, "_race", lambda reaches, _images: tried.update(reaches) or race(1))
    monkeypatch.setattr(tuning, "_remembered", {})
    monkeypatch.setattr(tuning, "_computes_with_half", lambda device: True)

    def race(seconds):
        return dict.fromkeys(tried, tuning._Pace(seconds, seconds))

    net = Network("picky", build().eval(), InputSpec(3, 32, 32))
    graph = capture(net.module, net.example_input())
    plan(Copies(net, graph, CPU), graph.layers[-1].id, precision="auto", largest=2)
    assert set(tried) == borne


def test_what_is_really_measured_gives_a_plan(known, monkeypatch):
    monkeypatch.setattr(tuning, "_remembered", {})
    found = plan(known, "last", precision="auto", largest=8)
    assert found.numerics.folded
    assert found.batch in {1, 2, 4, 8}
    with pytest.raises(FeatureVisualizationError, match="no layer 'lost'"):
        plan(known, "lost", precision="auto", largest=8)
