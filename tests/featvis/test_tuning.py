"""How a layer's pictures are made: what is chosen out of what was measured, and what is allowed."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis import FeatureVisualizationError, tuning
from cnnwalk.featvis.numerics import EXACT, Numerics
from cnnwalk.featvis.tuning import plan
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
    return net, capture(net.module, net.example_input())


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
    for numerics, effort in zip((FOLDED, LAST, HALF, HALF_LAST), seconds, strict=True):
        paces[numerics] = tuning._Pace(effort / 1000, effort)
    assert plan(*known, "last", precision="auto", device=CPU, largest=8).numerics == chosen


def test_a_step_on_the_cpu_takes_a_quarter_of_a_second_at_most(known, paces):
    paces[EXACT] = tuning._Pace(0.25 / 11, 1.0)
    assert plan(*known, "last", precision="float32", device=CPU, largest=256).batch == 8
    assert plan(*known, "last", precision="float32", device=CPU, largest=7).batch == 4
    paces[EXACT] = tuning._Pace(3.0, 1.0)
    assert plan(*known, "conv", precision="float32", device=CPU, largest=256).batch == 1


def test_a_batch_fits_into_memory(known, paces, monkeypatch):
    paces[EXACT] = tuning._Pace(1e-6, 1.0)
    image = torch.zeros(1, 3, 32, 32)
    kept = []
    hooks = torch.autograd.graph.saved_tensors_hooks(
        lambda tensor: kept.append(tensor) or tensor, lambda tensor: tensor
    )
    with hooks:
        known[0].module.requires_grad_(False)(image.requires_grad_())
    once = {tensor.data_ptr(): tensor.nbytes for tensor in kept if len(tensor) == 1}
    assert sum(once.values()) > 2 * 4 * 32 * 32 * 4
    monkeypatch.setattr(tuning, "_CPU_BYTES", 2 * 16 * sum(once.values()) + 1)
    assert plan(*known, "last", precision="float32", device=CPU, largest=256).batch == 16


def test_float32_is_the_network_as_it_is(known, paces):
    paces[EXACT] = tuning._Pace(0.01, 1.0)
    assert plan(*known, "last", precision="float32", device=CPU, largest=4).numerics == EXACT


def test_a_plan_is_remembered(known, paces):
    paces[EXACT] = tuning._Pace(0.01, 1.0)
    first = plan(*known, "last", precision="float32", device=CPU, largest=4)
    paces.clear()
    assert plan(*known, "last", precision="float32", device=CPU, largest=4) is first
    with pytest.raises(KeyError):
        plan(*known, "conv", precision="float32", device=CPU, largest=4)


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
    plan(net, graph, graph.layers[-1].id, precision="auto", device=CPU, largest=2)
    assert set(tried) == borne


def test_what_is_really_measured_gives_a_plan(known, monkeypatch):
    monkeypatch.setattr(tuning, "_remembered", {})
    found = plan(*known, "last", precision="auto", device=CPU, largest=8)
    assert found.numerics.folded
    assert found.batch in {1, 2, 4, 8}
    with pytest.raises(FeatureVisualizationError, match="no layer 'lost'"):
        plan(*known, "lost", precision="auto", device=CPU, largest=8)
