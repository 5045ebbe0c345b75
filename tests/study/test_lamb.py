"""Lamb against the published rule, written here once more in float64 numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.study.lamb import Lamb

STEPS = 100
RATE, DECAY = 0.002, 1.0
# Of weights and of their gradients: what each is about stands beside it.
TENSORS = [
    ((64, 3, 7, 7), 0.1, 0.1),  # a norm below 10
    ((128, 128, 3, 3), 0.05, 0.001),  # a norm of 19, which counts as 10
    ((66,), 0.0, 0.3),  # zero at first, as biases are
    ((100,), 1e-4, 0.0),  # a gradient that is always zero
    ((50, 3), 0.0, 0.0),  # nothing that could move it
    ((1,), 1.0, 1.0),
    ((), 0.5, 0.1),
]


def published(weights, gradients):
    """Yield the weights after each step."""
    means, squares = ([np.zeros_like(each) for each in weights] for _ in range(2))
    for step in gradients:
        for number, gradient in enumerate(step):
            weight = weights[number]
            means[number] = 0.9 * means[number] + 0.1 * gradient
            squares[number] = 0.999 * squares[number] + 0.001 * gradient**2
            update = means[number] / (np.sqrt(squares[number]) + 1e-6) + DECAY * weight
            size = min(max(np.sqrt((weight**2).sum()), 0), 10)
            length = np.sqrt((update**2).sum())
            trust = size / length if size > 0 and length > 0 else 1.0
            weights[number] = weight - RATE * trust * update
    return weights


def draw():
    draws = np.random.default_rng(0)
    weights = [draws.normal(size=shape) * size for shape, size, _ in TENSORS]
    gradients = [
        [draws.normal(size=shape) * size for shape, _, size in TENSORS] for _ in range(STEPS)
    ]
    return weights, gradients


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_hundred_steps_are_those_of_the_published_rule(dtype):
    weights, gradients = draw()
    # What both begin with is the same also where it is rounded to float32.
    begin = [torch.tensor(each, dtype=dtype) for each in weights]
    pulls = [[torch.tensor(each, dtype=dtype) for each in step] for step in gradients]
    expected = published(
        [each.double().numpy() for each in begin],
        [[each.double().numpy() for each in step] for step in pulls],
    )
    trained = [nn.Parameter(each.clone()) for each in begin]
    optimizer = Lamb(trained, RATE, DECAY)
    for step in pulls:
        for parameter, gradient in zip(trained, step, strict=True):
            parameter.grad = gradient.clone()
        optimizer.step()
    for parameter, right, (shape, _, _) in zip(trained, expected, TENSORS, strict=True):
        found = parameter.detach().double().numpy()
        error = np.linalg.norm(found - right) / max(np.linalg.norm(right), 1e-300)
        assert error <= 1e-6, shape


def test_weights_without_a_gradient_stay():
    kept, moved = nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))
    optimizer = Lamb([kept, moved], RATE)
    moved.grad = torch.ones(3)
    optimizer.step()
    assert torch.equal(kept, torch.ones(3))
    assert not torch.equal(moved, torch.ones(3))


def test_it_goes_on_from_its_state():
    def steps(optimizer, weight, count):
        for _ in range(count):
            weight.grad = weight.detach().sin()
            optimizer.step()

    whole = nn.Parameter(torch.linspace(-1, 1, 9))
    steps(Lamb([whole], 0.1), whole, 6)
    half = nn.Parameter(torch.linspace(-1, 1, 9))
    first = Lamb([half], 0.1)
    steps(first, half, 3)
    second = Lamb([half], 0.7)
    second.load_state_dict(first.state_dict())
    steps(second, half, 3)
    assert torch.equal(whole, half)
