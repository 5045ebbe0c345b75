"""Networks with trackers do what they would do without."""

from __future__ import annotations

import copy
import io
import pickle
import warnings
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from cnnwalk.capture import record
from cnnwalk.trackers import ActivationTracker, Marker, TrackerModule


class Small(nn.Module):
    """A residual block and a classifier; with trackers everywhere, or with none."""

    def __init__(self, *, tracked: bool) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.head = nn.Linear(3, 4)
        names = ("start", "trunk", "joined", "scores", "marker")
        if tracked:
            self.start = TrackerModule((0, 0), "Input", None, [])
            self.trunk = TrackerModule((1, 0), "Conv", self.conv, [(0, 0)])
            self.joined = TrackerModule((2, 0), "Sum", None, [self.trunk, self.start])
            self.scores = TrackerModule((3, 0), "Scores", self.head, [self.joined])
            self.marker = Marker()
        else:
            for name in names:
                setattr(self, name, nn.Identity())

    def forward(self, x: Tensor) -> Tensor:
        x = self.start(x)
        _ = self.marker(x)
        y = self.trunk(self.norm(self.conv(x)))
        y = torch.relu(self.joined(y + x))
        return self.scores(self.head(y.mean((2, 3))))


def image() -> Tensor:
    return torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def tracked() -> Small:
    return Small(tracked=True)


@pytest.fixture
def plain() -> Small:
    return Small(tracked=False)


def test_the_state_dict_is_the_same(tracked, plain):
    assert list(tracked.state_dict()) == list(plain.state_dict())
    assert list(dict(tracked.named_parameters())) == list(dict(plain.named_parameters()))
    assert [name for name, _ in tracked.named_modules()] == [
        name for name, _ in plain.named_modules()
    ]
    plain.load_state_dict(tracked.state_dict(), strict=True)


def test_setting_the_tracked_module_later_makes_it_no_child(tracked, plain):
    tracked.joined.tracked_module = nn.Conv2d(1, 1, 1)
    assert list(tracked.state_dict()) == list(plain.state_dict())


def test_a_training_step_is_the_same(tracked, plain):
    for model in (tracked, plain):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        nn.functional.cross_entropy(model(image()), torch.tensor([1, 2])).backward()
        optimizer.step()
    for (name, mine), (_, other) in zip(
        tracked.state_dict().items(), plain.state_dict().items(), strict=True
    ):
        assert torch.equal(mine, other), name
    assert torch.equal(tracked.conv.weight.grad, plain.conv.weight.grad)


def through_pickle(model: nn.Module) -> nn.Module:
    return pickle.loads(pickle.dumps(model))  # noqa: S301  # our own bytes


def through_torch_save(model: nn.Module) -> nn.Module:
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@pytest.mark.parametrize("through", [copy.deepcopy, through_pickle, through_torch_save])
def test_a_copy_tracks_its_own_modules(tracked, through):
    copied = through(tracked)
    assert copied.trunk.tracked_module is copied.conv
    assert copied.joined.precursors == [copied.trunk, copied.start]
    assert copied.trunk.meta["layer_name"] == "Conv"
    assert torch.equal(copied.eval()(image()), tracked.eval()(image()))
    graphs = [record(model, image()).graph("trackers") for model in (copied, tracked)]
    assert graphs[0] == graphs[1]
    assert graphs[0].warnings == ()


def scripted(model: nn.Module) -> Callable[[Tensor], Tensor]:
    return torch.jit.script(model)


def traced(model: nn.Module) -> Callable[[Tensor], Tensor]:
    return torch.jit.trace(model, image())


def exported(model: nn.Module) -> Callable[[Tensor], Tensor]:
    return torch.export.export(model, (image(),)).module()


def symbolic(model: nn.Module) -> Callable[[Tensor], Tensor]:
    return torch.fx.symbolic_trace(model)


def parallel(model: nn.Module) -> Callable[[Tensor], Tensor]:
    return nn.DataParallel(model)


@pytest.mark.parametrize("through", [scripted, traced, exported, symbolic, parallel])
def test_the_result_is_the_same_through(tracked, plain, through):
    tracked.eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch 2.14 says that TorchScript is to go
        made = through(tracked)
    assert torch.equal(made(image()), plain.eval()(image()))


def test_an_exported_graph_holds_no_trace_of_trackers(tracked, plain):
    programs = [
        torch.export.export(model.eval(), (image(),)).graph_module.code
        for model in (tracked, plain)
    ]
    assert programs[0] == programs[1]


def test_recording_leaves_the_network_as_it_was(tracked):
    before = copy.deepcopy(tracked.state_dict())
    expected = tracked.eval()(image())
    record(tracked, image())
    assert torch.equal(tracked(image()), expected)
    assert all(torch.equal(value, before[name]) for name, value in tracked.state_dict().items())
    assert not tracked.start._forward_hooks


def test_collecting_activations_gives_a_record_for_each_call(tracked):
    tracked.eval()
    tracked.joined.ignore_activation = True
    output, records = ActivationTracker().collect_stats(tracked, image())
    assert torch.equal(output, tracked(image()))
    assert [each["layer_name"] for each in records] == ["Input", "Conv", "Sum", "Scores"]
    assert [each["pos"] for each in records] == [(0, 0), (1, 0), (2, 0), (3, 0)]
    assert torch.equal(records[0]["activation"], image())
    assert torch.equal(records[-1]["activation"], output)
    assert "activation" not in records[2]
    assert records[1]["module"] is tracked.trunk

    _, records = ActivationTracker().collect_stats(tracked, image(), tracked.conv)
    assert [each["module"] for each in records] == [tracked.conv]
    assert torch.equal(records[0]["activation"], tracked.conv(image()))
    assert not tracked.conv._forward_hooks
