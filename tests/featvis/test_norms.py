"""Norms with the shorter backward pass, against torch's own."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.profiler import ProfilerActivity, profile

from cnnwalk.featvis.norms import FrozenNorms

TORCHS = "aten::native_batch_norm_backward"


def through(norm, values, *, frozen):
    """Return what the norm makes of values, its gradient, and the names of all operations."""
    given = values.clone().requires_grad_()
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        if frozen:
            with FrozenNorms():
                made = norm(given)
        else:
            made = norm(given)
        weights = torch.randn(made.shape, generator=torch.Generator().manual_seed(1))
        (gradient,) = torch.autograd.grad(made, given, weights.to(made))
    return made.detach(), gradient, {each.name for each in seen.events()}


def spread(norm):
    nn.init.uniform_(norm.running_mean, -1, 1)
    nn.init.uniform_(norm.running_var, 0.1, 2)
    if norm.affine:
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    return norm.eval().requires_grad_(False)


@pytest.mark.parametrize(
    ("norm", "shape"),
    [
        (nn.BatchNorm2d(24), (3, 24, 9, 7)),
        (nn.BatchNorm2d(300, eps=1e-3), (2, 300, 5, 5)),
        (nn.BatchNorm2d(24, affine=False), (3, 24, 9, 7)),
        (nn.BatchNorm1d(16), (4, 16)),
        (nn.BatchNorm3d(8), (2, 8, 3, 4, 5)),
    ],
)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_values_and_gradients_are_the_same_to_the_last_bit(norm, shape, layout):
    torch.manual_seed(0)
    values = torch.randn(shape)
    if len(shape) == 4:
        values = values.to(memory_format=layout)
    made, gradient, _ = through(spread(norm), values, frozen=False)
    own, own_gradient, operations = through(norm, values, frozen=True)
    assert torch.equal(own, made)
    assert torch.equal(own_gradient, gradient)
    assert TORCHS not in operations


def test_in_double_they_are_the_same_but_for_rounding():
    torch.manual_seed(0)
    norm = spread(nn.BatchNorm2d(6)).double()
    values = torch.randn(2, 6, 5, 5, dtype=torch.double)
    torch.testing.assert_close(
        through(norm, values, frozen=True)[:2], through(norm, values, frozen=False)[:2]
    )


def _training(norm):
    return norm.train()


def _with_learnt_weights(norm):
    return norm.requires_grad_()


def _of_the_batch(norm):
    return lambda values: functional.batch_norm(values, None, None, training=True)


def _mixed(norm):
    """Return the norm in float32 of what is in half of the bits."""
    return lambda values: norm(values.bfloat16())


@pytest.mark.parametrize("meddle", [_training, _with_learnt_weights, _of_the_batch, _mixed])
def test_norms_that_are_not_frozen_are_left_to_torch(meddle):
    torch.manual_seed(0)
    values = torch.randn(2, 6, 5, 5)
    made, gradient, operations = through(meddle(spread(nn.BatchNorm2d(6))), values, frozen=False)
    torch.manual_seed(0)
    values = torch.randn(2, 6, 5, 5)
    again, same, others = through(meddle(spread(nn.BatchNorm2d(6))), values, frozen=True)
    assert torch.equal(again, made)
    assert torch.equal(same, gradient)
    assert TORCHS in operations & others
