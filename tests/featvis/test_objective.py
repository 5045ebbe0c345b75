"""What targets respond to, against plain torch on each alone."""

from __future__ import annotations

import pytest
import torch

from cnnwalk.featvis import Target
from cnnwalk.featvis.objective import values

MAPS = torch.randn(3, 5, 4, 6, generator=torch.Generator().manual_seed(0))
WEIGHTS = (1.0, -2.0, 0.0, 0.5, 3.0)

CASES = {
    "mean": (Target("a", 1), lambda maps: maps[1].mean()),
    "centre": (Target("a", 2, measure="centre"), lambda maps: maps[2][2, 3]),
    "median": (
        Target("a", 3, measure="quantile", quantile=0.5),
        lambda maps: _sorted(maps[3], 0.5),
    ),
    "high": (Target("a", 3, measure="quantile", quantile=0.9), lambda maps: _sorted(maps[3], 0.9)),
    "most": (Target("a", 0, measure="quantile", quantile=1.0), lambda maps: maps[0].max()),
    "neuron": (Target("a", 4, neuron=(3, 5)), lambda maps: maps[4][3, 5]),
    "direction": (
        Target("a", direction=WEIGHTS),
        lambda maps: sum(w * maps[k] for k, w in enumerate(WEIGHTS)).mean(),
    ),
    "neuron of a direction": (
        Target("a", direction=WEIGHTS, neuron=(0, 1)),
        lambda maps: sum(w * maps[k, 0, 1] for k, w in enumerate(WEIGHTS)),
    ),
}


def _sorted(values, share):
    """Return the value at a share of the sorted values, between the two nearest in proportion."""
    ordered = values.flatten().sort().values
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def expected(targets, maps, rules):
    result = torch.stack([rule(each) for rule, each in zip(rules, maps, strict=True)])
    return result, torch.autograd.grad(result.sum(), maps)[0]


def check(targets, rules):
    maps = MAPS[: len(targets)].clone().requires_grad_()
    found = values(maps, targets)
    (gradient,) = torch.autograd.grad(found.sum(), maps)
    result, its_gradient = expected(targets, maps, rules)
    assert found.shape == (len(targets),)
    assert torch.allclose(found, result, atol=1e-6)
    assert torch.allclose(gradient, its_gradient, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_a_batch_of_one_kind(name):
    target, rule = CASES[name]
    check([target] * 3, [rule] * 3)


def test_different_channels_of_one_kind():
    channels = (4, 0, 4)
    check(
        [Target("a", channel) for channel in channels],
        [lambda maps, channel=channel: maps[channel].mean() for channel in channels],
    )


@pytest.mark.parametrize(
    "names", [("mean", "centre", "high"), ("direction", "neuron", "mean"), ("median", "high")]
)
def test_a_batch_of_several_kinds(names):
    check([CASES[name][0] for name in names], [CASES[name][1] for name in names])


def test_another_target_of_the_batch_changes_nothing():
    maps = MAPS.clone()
    before = values(maps, [CASES["mean"][0]] * 3)
    maps[0] = torch.nan
    after = values(maps, [CASES["mean"][0]] * 3)
    assert after[0].isnan()
    assert torch.equal(before[1:], after[1:])
