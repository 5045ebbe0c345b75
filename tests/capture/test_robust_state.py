"""Whatever a forward pass changes in its model, record and observe leave it as it was."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from cnnwalk.capture import CaptureError, capture, observe, record


class Restless(nn.Module):
    """One convolution, and whatever else its forward pass does to it."""

    def __init__(self, disturb: Callable[[Any, Tensor], None]) -> None:
        super().__init__()
        self.disturb = disturb
        self.conv = nn.Conv2d(3, 4, 3)
        self.register_buffer("memory", torch.ones(4))
        self.attribute = torch.ones(2)
        self.calls = 0
        self.seen: list[int] = []

    def forward(self, x: Tensor) -> Tensor:
        self.disturb(self, x)
        return self.conv(x) * self.memory[0]


def write_a_parameter(model: Restless, x: Tensor) -> None:
    model.conv.weight.mul_(0.5)
    model.conv.bias[1] += 1


def write_through_data(model: Restless, x: Tensor) -> None:
    model.conv.weight.data.flatten()[3:5].copy_(torch.zeros(2))


def write_by_out(model: Restless, x: Tensor) -> None:
    torch.add(model.memory, 1, out=model.memory)


def write_many_at_once(model: Restless, x: Tensor) -> None:
    torch._foreach_mul_(list(model.parameters()), 2)


def replace_memory(model: Restless, x: Tensor) -> None:
    model.conv.weight.data = model.conv.weight.data * 2


def replace_a_parameter(model: Restless, x: Tensor) -> None:
    model.conv.bias = nn.Parameter(model.conv.bias + 1)


def replace_a_buffer(model: Restless, x: Tensor) -> None:
    model.memory = model.memory + 1


def add_and_remove(model: Restless, x: Tensor) -> None:
    model.register_buffer("late", torch.ones(1))
    model.conv.bias = None
    model.extra = nn.Linear(2, 2)


def count_the_calls(model: Restless, x: Tensor) -> None:
    model.calls += 1
    model.memory.mul_(1 + model.calls)
    model.seen.append(model.calls)
    model.attribute += 1


def switch_modes(model: Restless, x: Tensor) -> None:
    model.train()
    model.conv.weight.requires_grad_(False)


def norm_in_training_mode(model: Restless, x: Tensor) -> None:
    F.batch_norm(x, model.memory[:3], torch.ones(3), training=True)


def fail(model: Restless, x: Tensor) -> None:
    y = model.conv(x)
    model.conv.weight.zero_()
    raise ValueError(f"enough of {y.ndim} dimensions")


DISTURBANCES = [
    write_a_parameter,
    write_through_data,
    write_by_out,
    write_many_at_once,
    replace_memory,
    replace_a_parameter,
    replace_a_buffer,
    add_and_remove,
    count_the_calls,
    switch_modes,
    norm_in_training_mode,
    fail,
]


def everything(model: Restless) -> list[object]:
    """Return what the model holds as plain values: which objects, where, with what in them."""
    tensors = model.state_dict(keep_vars=True)
    return [
        [(name, id(tensor), tensor.data_ptr()) for name, tensor in tensors.items()],
        {name: tensor.tolist() for name, tensor in tensors.items()},
        [(name, module.training) for name, module in model.named_modules()],
        [parameter.requires_grad for parameter in model.parameters()],
        (model.calls, list(model.seen), model.attribute.tolist()),
    ]


@pytest.mark.parametrize("disturb", DISTURBANCES)
def test_a_pass_that_changes_its_model_leaves_no_trace(disturb):
    model, image = Restless(disturb).train(), torch.rand(2, 3, 8, 8)
    model.conv.eval()
    before = everything(model)

    graph = record(model, image).graph()
    assert everything(model) == before

    observe(model, image, graph, lambda *_: None, stop_after="conv")
    assert everything(model) == before
    if disturb is fail:
        with pytest.raises(CaptureError, match="enough of 4 dimensions"):
            observe(model, image, graph, lambda *_: None)
    else:
        observe(model, image, graph, lambda *_: None)
    assert everything(model) == before


def test_memory_is_copied_only_for_what_is_written():
    image = torch.rand(2, 3, 8, 8)
    assert capture(Restless(lambda *_: None), image).written == ()
    assert capture(Restless(write_by_out), image).written == ("memory",)
    assert set(capture(Restless(write_a_parameter), image).written) == {"conv.weight", "conv.bias"}
    assert capture(nn.BatchNorm2d(3), image).written == ()


def test_all_random_states_are_restored():
    def states() -> list[object]:
        return [torch.get_rng_state().tolist(), str(np.random.get_state()), random.getstate()]

    def draw(model: Restless, x: Tensor) -> None:
        torch.rand(3)
        np.random.rand(3)
        random.seed(3)

    model, image = Restless(draw), torch.rand(1, 3, 8, 8)
    before = states()
    graph = capture(model, image)
    assert states() == before
    observe(model, image, graph, lambda *_: None)
    assert states() == before


CACHE: dict[str, Tensor] = {}


class Masks(nn.Module):
    """Keeps a mask where nobody restores it, or computes it anew in every pass."""

    def __init__(self, cache: dict[str, Tensor] | None) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.cache = dict if cache is None else lambda: cache

    def forward(self, x: Tensor) -> Tensor:
        cache = self.cache()
        if "mask" not in cache:
            cache["mask"] = torch.arange(4.0).view(1, 4, 1, 1) * 2
        return self.conv(x) * cache["mask"]


@pytest.mark.parametrize(("cache", "runs"), [(CACHE, 2), (None, 1)])
def test_a_second_pass_is_recorded_only_where_a_constant_outlives_the_first(cache, runs):
    CACHE.clear()
    passes: list[int] = []
    model, image = Masks(cache), torch.rand(1, 3, 4, 4)
    model.register_forward_pre_hook(lambda *_: passes.append(1))
    graph = capture(model, image)
    assert len(passes) == runs
    seen: list[str] = []
    observe(model, image, graph, lambda layer, _: seen.append(layer.id))
    assert seen == ["input", "conv", "mul"]


def test_a_network_that_never_ran_is_told_to_run_first():
    with pytest.raises(CaptureError, match=r"0\.weight has no shape yet.*call the network once"):
        capture(nn.Sequential(nn.LazyConv2d(4, 3)), torch.rand(1, 3, 8, 8))
