"""Statistics against numpy in float64."""

import numpy as np
import pytest
import torch

from cnnwalk.passes.maps import ranges
from cnnwalk.passes.statistics import statistics, statistics_of_weights


def normal(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def computed(values):
    tensor = torch.from_numpy(np.asarray(values, np.float32))
    return statistics(tensor, ranges(tensor))


def assert_matches(found, values):
    """Compare with numpy; a value within rounding of a bin's edge may be beyond it."""
    values = np.asarray(values, np.float32)
    finite = values[np.isfinite(values)].astype(np.float64)
    assert found.count == values.size
    assert found.nan == np.isnan(values).sum()
    assert found.infinite == np.isinf(values).sum()
    assert found.minimum == finite.min()
    assert found.maximum == finite.max()
    assert found.zeros == pytest.approx((finite == 0).mean(), abs=1e-12)
    spread = np.abs(finite).max()
    assert found.mean == pytest.approx(finite.mean(), rel=1e-5, abs=1e-6 * spread)
    assert found.std == pytest.approx(finite.std(), rel=1e-4, abs=1e-12 * spread)

    counts, edges = np.histogram(finite, bins=64)
    assert found.histogram.low == edges[0]
    assert found.histogram.high == edges[-1]
    assert sum(found.histogram.counts) == finite.size
    width = edges[1] - edges[0]
    places = (finite - edges[0]) / width
    rounding = 1e-5 + 1e-6 * spread / width
    uncertain = (np.abs(places - places.round()) < rounding).sum()
    assert np.abs(np.array(found.histogram.counts) - counts).sum() <= 2 * uncertain


VALUES = {
    "normal": normal((8, 9, 9)),
    "large": normal((64, 56, 56), 1),
    "relu": np.maximum(normal((16, 28, 28), 2), 0),
    "one value": np.float32([[2.5]]),
    "two values": np.float32([[2.5, -1]]),
    "three values": np.float32([[2.5, -1, 0]]),
    "all zero": np.zeros((4, 5, 5)),
    "constant": np.full((3, 4, 4), -1.25),
    "tiny": normal((4, 12, 12), 3) * np.float32(1e-30),
    "huge": normal((4, 12, 12), 4) * np.float32(1e30),
    "widest": np.float32([[-3.4e38, 3.4e38, 0, 1]]),
    "squares without digits": normal((4, 12, 12), 10) * np.float32(1e-22),
    "subnormal": normal((4, 12, 12), 12) * np.float32(1e-40),
    "far from zero": normal((4, 30, 30), 5) * np.float32(1e-3) + 1000,
    "off zero": normal((4, 30, 30), 13) * np.float32(1e-2) + 10,
    "scales apart": normal((4, 30, 30), 6) * np.float32([1e-20, 1, 1e6, 1e-5])[:, None, None],
    "few levels": np.round(normal((4, 30, 30), 7) * 2),
}


@pytest.mark.parametrize("name", VALUES)
def test_statistics(name):
    assert_matches(computed(VALUES[name]), VALUES[name])


def test_random_values_are_in_numpys_bins_exactly():
    values = normal((4, 10, 10), 11)
    counts, _ = np.histogram(values.astype(np.float64), bins=64)
    assert computed(values).histogram.counts == counts.tolist()


def test_non_finite_values_are_counted_and_left_out():
    values = normal((5, 20, 20), 8)
    values[0, 0, :3] = np.nan
    values[1, 2, :4] = np.inf
    values[2, 3, :5] = -np.inf
    values[3] = np.nan
    values[4] = 0
    found = computed(values)
    assert_matches(found, values)
    assert (found.nan, found.infinite, found.dead_channels) == (403, 9, 1)


def test_nothing_finite():
    found = computed(np.full((2, 3, 3), np.nan))
    assert (found.count, found.nan, found.infinite) == (18, 18, 0)
    assert (found.mean, found.std, found.minimum, found.maximum) == (0, 0, 0, 0)
    assert (found.zeros, found.dead_channels) == (0, 0)
    assert sum(found.histogram.counts) == 0


def test_dead_channels_are_zero_throughout():
    values = normal((6, 4, 4), 9)
    values[1] = 0
    values[2] = -0.0
    values[3] = 0
    values[3, 0, 0] = np.nan
    values[4] = 5
    assert computed(values).dead_channels == 2


def test_figures_are_numbers_in_json():
    for values in (*VALUES.values(), np.full((2, 3), np.inf)):
        assert "null" not in computed(values).model_dump_json()


def test_weights_of_a_layer_are_taken_together():
    first, second = normal((6, 3, 3, 3)), normal((4, 10), 1)
    first[2] = 0
    second[0] = second[3] = 0
    found = statistics_of_weights([torch.from_numpy(first), torch.from_numpy(second)])
    assert_matches(found, np.concatenate([first.ravel(), second.ravel()]))
    assert found.dead_channels == 3


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_of_any_type_and_rank(dtype):
    weights = [torch.tensor(0.5, dtype=dtype), torch.tensor([0, 0.25], dtype=dtype)]
    found = statistics_of_weights(weights)
    assert (found.count, found.mean, found.dead_channels) == (3, 0.25, 1)
