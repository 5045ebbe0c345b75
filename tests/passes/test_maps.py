"""Activations of every rank as feature maps."""

import numpy as np
import pytest
import torch

from cnnwalk.graph import maps_shape
from cnnwalk.passes.maps import ranges, to_maps


@pytest.mark.parametrize(
    ("activation", "maps"),
    [
        ((1, 3, 5, 4), (3, 5, 4)),
        ((1, 6), (6, 1, 1)),
        ((1,), (1, 1, 1)),
        ((), (1, 1, 1)),
        ((1, 7, 5), (1, 7, 5)),
        ((1, 3, 2, 5, 4), (3, 10, 4)),
        ((1, 2, 2, 2, 3, 4), (2, 12, 4)),
    ],
)
def test_every_value_keeps_its_order(activation, maps):
    values = np.arange(np.prod(activation), dtype=np.float32).reshape(activation)
    found = to_maps(torch.from_numpy(values))
    np.testing.assert_array_equal(found.numpy(), values.reshape(maps))
    assert maps_shape(activation[1:]) == maps


def test_of_several_in_a_batch_the_first_is_shown():
    values = torch.randn(4, 3, 5, 4)
    np.testing.assert_array_equal(to_maps(values).numpy(), values[0].numpy())


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.bool]
)
def test_every_type_becomes_float32(dtype):
    found = to_maps(torch.tensor([[0, 1, 1]], dtype=dtype))
    assert found.dtype == torch.float32
    assert found.flatten().tolist() == [0, 1, 1]


def test_complex_values_show_their_magnitude():
    assert to_maps(torch.tensor([[3 + 4j]])).item() == 5


@pytest.mark.parametrize(
    "values",
    [
        torch.randn(1, 3, 4, 5).to(memory_format=torch.channels_last),
        torch.randn(1, 4, 5).transpose(1, 2),
        torch.randn(1, 8)[:, ::2],
    ],
)
def test_an_activation_in_another_memory_order_is_made_contiguous(values):
    found = to_maps(values)
    assert found.is_contiguous()
    np.testing.assert_array_equal(found.flatten().numpy(), values.flatten().numpy())


@pytest.mark.parametrize("shape", [(1, 0, 4, 4), (0, 4), (1, 3, 0)])
def test_an_activation_without_values_is_one_nan(shape):
    found = to_maps(torch.zeros(shape))
    assert found.shape == (1, 1, 1)
    assert found.isnan().all()


def test_ranges_look_at_finite_values_only():
    values = np.random.default_rng(0).normal(size=(5, 4, 3)).astype(np.float32)
    values[1, 0, 0] = np.nan
    values[2, 1, 1] = np.inf
    values[3, 2, 2] = -np.inf
    values[4] = np.nan
    found = ranges(torch.from_numpy(values))
    for channel in range(4):
        finite = values[channel][np.isfinite(values[channel])]
        assert found.low[channel] == finite.min()
        assert found.high[channel] == finite.max()
    assert found.low[4] == found.high[4] == 0
    np.testing.assert_array_equal(found.finite.numpy(), np.isfinite(values))
    assert ranges(torch.from_numpy(values[:1])).finite is None
