"""Convolutions with a gradient of their own, against torch's."""

from __future__ import annotations

import contextlib

import pytest
import torch
from reaching import copied, images, relative, resnet, seen, spread
from torch import nn
from torch.nn import functional
from torch.profiler import ProfilerActivity, profile

from cnnwalk.featvis.convolutions import FrozenConvolutions
from cnnwalk.featvis.numerics import EXACT, Numerics

TORCHS = "aten::convolution_backward"


def through(module, values, *, frozen, dtype=None):
    """Return what the module makes, its gradient, and the names of all operations."""
    given = values.clone().requires_grad_()
    with profile(activities=[ProfilerActivity.CPU]) as told:
        if frozen:
            with FrozenConvolutions(module, dtype):
                made = module(given)
        else:
            made = module(given)
        weights = torch.randn(made.shape, generator=torch.Generator().manual_seed(1))
        (gradient,) = torch.autograd.grad(made, given, weights.to(made))
    return made.detach(), gradient, {each.name for each in told.events()}


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [
        (7, 2, 3),
        (3, 2, 0),
        (3, 2, 1),
        (4, 4, 0),
        (11, 4, 2),
        (5, 3, 7),
        (2, 2, 1),
        ((3, 5), 2, (0, 2)),
        ((5, 4), (2, 2), (1, 3)),
    ],
)
@pytest.mark.parametrize("size", [(32, 32), (33, 30), (35, 41)])
def test_the_gradient_is_that_of_torch(kernel, stride, padding, size):
    torch.manual_seed(0)
    module = nn.Conv2d(3, 5, kernel, stride, padding).double().requires_grad_(False)
    values = torch.randn(2, 3, *size, dtype=torch.double)
    made, gradient, _ = through(module, values, frozen=False)
    own, own_gradient, operations = through(module, values, frozen=True)
    assert torch.equal(own, made)
    torch.testing.assert_close(own_gradient, gradient, rtol=1e-12, atol=1e-12)
    assert TORCHS not in operations


@pytest.mark.parametrize(
    "module",
    [
        nn.Conv2d(3, 5, 3),
        nn.Conv2d(3, 6, 3, 2, groups=3),
        nn.Conv2d(3, 5, 3, 2, dilation=2),
        nn.Conv2d(3, 5, 3, (2, 1)),
        nn.Conv2d(3, 5, 1, 2),
        nn.Conv2d(3, 5, 3, padding="same"),
    ],
)
def test_others_are_left_to_torch(module):
    module.requires_grad_(False)
    values = torch.randn(2, 3, 16, 16)
    expected = through(module, values, frozen=False)
    found = through(module, values, frozen=True)
    assert torch.equal(found[0], expected[0])
    assert torch.equal(found[1], expected[1])
    assert TORCHS in found[2]


def test_weights_are_not_brought_to_another_type_in_each_pass():
    torch.manual_seed(0)
    module = nn.Conv2d(16, 24, 3).requires_grad_(False)
    values = torch.randn(2, 16, 8, 8)
    prepared = FrozenConvolutions(module, torch.bfloat16)
    casts = []
    for mode in (contextlib.nullcontext(), prepared):
        given = values.clone().requires_grad_()
        with (
            profile(activities=[ProfilerActivity.CPU], record_shapes=True) as told,
            torch.autocast("cpu", torch.bfloat16, cache_enabled=False),
            mode,
        ):
            assert module(given).dtype == torch.bfloat16
        shapes = [each.input_shapes for each in told.events() if each.name == "aten::_to_copy"]
        casts.append(any(shape[0] == [24, 16, 3, 3] for shape in shapes))
    assert casts == [True, False]


def test_the_network_as_it_is_has_the_gradient_of_torch():
    torch.manual_seed(0)
    module = spread(resnet())
    inputs = images()
    gradients = {}
    for numerics in (EXACT, Numerics(channels_last=True)):
        copy, _ = copied(module, numerics=numerics)
        with profile(activities=[ProfilerActivity.CPU]) as told:
            _, gradients[numerics] = seen(copy.reach("conv1"), inputs)
        used = TORCHS in {each.name for each in told.events()}
        assert used == (numerics == EXACT)
    one, other = gradients.values()
    assert 0 < relative(one, other) <= 1e-3


class Writing(nn.Module):
    """Doubles its weights before it uses them."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        with torch.no_grad():
            self.conv.weight.mul_(2)
        return self.conv(x)


def test_weights_that_a_pass_writes_are_those_it_wrote():
    torch.manual_seed(0)
    module = Writing().eval()
    copy, _ = copied(module, side=12, numerics=Numerics("bfloat16"))
    inputs = images(side=12)
    reach = copy.reach("conv")
    with torch.no_grad():
        expected = functional.conv2d(inputs, 2 * module.conv.weight, module.conv.bias)
        for _ in range(2):
            assert relative(reach(inputs), expected) <= 1e-2
