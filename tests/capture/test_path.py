"""Passes that take another path than the recorded one, and whoever wants to see them still."""

import pytest
import torch
from torch import nn

from cnnwalk.capture import CaptureError, capture, observe


class Choosy(nn.Module):
    """What runs in its middle depends on the input: one step for each unit of its first value."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.before = nn.Conv2d(1, 2, 3)
        self.again = nn.Conv2d(2, 2, 1)
        self.dark = nn.Conv2d(2, 2, 1)
        self.after = nn.Conv2d(2, 3, 1)
        self.head = nn.Linear(3, 4)

    def forward(self, x):
        steps = int(x.flatten()[0])
        x = self.before(x)
        for _ in range(steps):
            x = torch.tanh(self.again(x))
        if steps == 0:
            x = self.dark(x).sigmoid() * 2
        x = self.after(x).relu()
        return self.head(x.mean((2, 3)))


def image(first):
    x = torch.rand(1, 1, 6, 6)
    x[0, 0, 0, 0] = first
    return x


@pytest.fixture
def model():
    return Choosy().eval()


def seen(model, graph, x, **options):
    """Return what the pass shows, by layer, and what it returns."""
    shown = {}
    keep = lambda layer, activation: shown.__setitem__(layer.id, activation.clone())  # noqa: E731
    return shown, observe(model, x, graph, keep, **options)


@pytest.mark.parametrize("recorded", [0, 1, 3])
@pytest.mark.parametrize("taken", [0, 1, 2, 4])
def test_layers_behind_the_parting_are_shown_again(model, recorded, taken):
    graph = capture(model, image(recorded))
    x = image(taken)
    partings = []
    shown, output = seen(model, graph, x, on_parting=partings.append)
    assert torch.equal(output, model(x))
    # The truth about each layer on both paths, from the modules alone.
    behind = {}
    for name in ("before", "after", "head"):
        module = model.get_submodule(name)
        module.register_forward_hook(lambda _m, _i, out, name=name: behind.update({name: out}))
    model(x)
    assert torch.equal(shown["before"], behind["before"])
    assert torch.equal(shown["after"], behind["after"].relu())
    assert torch.equal(shown["head"], behind["head"])
    assert ("dark" in shown) == (recorded == taken == 0)
    if recorded == taken:
        assert partings == []
        assert set(shown) == {layer.id for layer in graph.layers}
    else:
        (sentence,) = partings
        assert "Choosy took another path with this input" in sentence
        assert "after layer " in sentence


def test_a_step_that_repeats_is_shown_as_often_as_it_was_recorded_at_most(model):
    graph = capture(model, image(2), granularity="ops")
    x = image(5)
    shown, _ = seen(model, graph, x, on_parting=lambda _: None)
    first = torch.tanh(model.again(model.before(x)))
    second = torch.tanh(model.again(first))
    assert [layer for layer in shown if "tanh" in layer] == ["tanh", "tanh.1"]
    assert torch.equal(shown["tanh"], first)
    assert torch.equal(shown["tanh.1"], second)


def test_a_pass_that_ends_early_says_so(model):
    class Short(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)

        def forward(self, x):
            y = self.conv(x)
            return y if x.flatten()[0] < 1 else y.relu()

    short = Short().eval()
    graph = capture(short, image(1), granularity="ops")
    partings = []
    shown, _ = seen(short, graph, image(0), on_parting=partings.append)
    assert "conv" in shown
    assert "relu" not in shown
    assert len(partings) == 1
    assert "the end of the pass" in partings[0]


def test_one_may_stop_behind_the_parting(model):
    graph = capture(model, image(1))
    x = image(0)
    shown, output = seen(model, graph, x, stop_after="after", on_parting=lambda _: None)
    assert output is None
    assert "after" in shown
    assert "head" not in shown


def test_without_anybody_who_wants_to_go_on_it_is_an_error(model):
    graph = capture(model, image(1))
    with pytest.raises(CaptureError, match="another path"):
        seen(model, graph, image(0))


def test_a_failure_of_who_is_shown_ends_the_pass_beside_the_path_too(model):
    graph = capture(model, image(1))

    def fail(layer, _activation):
        if layer.id == "head":
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        observe(model, image(0), graph, fail, on_parting=lambda _: None)
