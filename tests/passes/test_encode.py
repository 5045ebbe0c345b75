"""Codes against numpy: what they stand for, to half a step, at both levels."""

import numpy as np
import pytest
import torch

from cnnwalk.passes.encode import base_size, encode
from cnnwalk.passes.maps import ranges, to_maps

# A code is the nearest; float32 arithmetic moves the border between two codes a little.
HALF_STEP = 0.5001


def encoded(values):
    maps = to_maps(torch.from_numpy(np.asarray(values)[None]))
    return encode(maps, ranges(maps))


def true_scales(values):
    finite = np.where(np.isfinite(values), values, 0).astype(np.float64)
    largest = np.abs(finite).max((1, 2))
    return np.where(largest == 0, 1, largest)


def signed_maps(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize(
    ("size", "base"),
    [
        ((1, 1), (1, 1)),
        ((14, 14), (14, 14)),
        ((14, 15), (7, 8)),
        ((28, 28), (14, 14)),
        ((29, 29), (8, 8)),
        ((112, 112), (14, 14)),
        ((113, 112), (8, 7)),
        ((75, 38), (10, 5)),
        ((300, 300), (10, 10)),
        ((1, 1000), (1, 8)),
        ((197, 768), (4, 12)),
    ],
)
def test_base_sizes(size, base):
    assert base_size(*size) == base
    # The same by the words of the description.
    k = next(k for k in range(32) if all(np.ceil(side / 2**k) <= 14 for side in size))
    assert base == tuple(np.ceil(side / 2**k) for side in size)


@pytest.mark.parametrize("size", [(1, 1), (7, 7), (14, 3), (28, 28), (112, 112), (75, 38), (1, 90)])
@pytest.mark.parametrize("signed", [True, False])
def test_codes_at_full_size(size, signed, decoded):
    values = signed_maps((6, *size))
    if not signed:
        values = np.maximum(values, 0)
    levels = encoded(values)
    full = levels.detail or levels.base
    assert (levels.detail is None) == (max(size) <= 14)
    assert full.encoding == ("signed" if (values < 0).any() else "unsigned")
    assert full.shape == values.shape
    np.testing.assert_array_equal(full.scales, true_scales(values).astype(np.float32))
    (found,) = decoded(full.encoding, full.scales, full.codes)
    steps = 127 if full.encoding == "signed" else 254
    error = np.abs(found - values) / true_scales(values)[:, None, None]
    assert error.max() * steps <= HALF_STEP
    assert (found[values == 0] == 0).all()


@pytest.mark.parametrize(
    "size", [(28, 28), (56, 56), (112, 56), (75, 38), (15, 15), (1, 90), (113, 100)]
)
@pytest.mark.parametrize("signed", [True, False])
def test_base_codes_are_area_means(size, signed, decoded, area_means):
    values = signed_maps((6, *size), seed=1)
    if not signed:
        values = np.maximum(values, 0)
    base = encoded(values).base
    height, width = base_size(*size)
    exact = values.astype(np.float64)
    parts = [np.maximum(exact, 0), np.maximum(-exact, 0)][: 2 if signed else 1]
    expected = np.stack([area_means(part, height, width) for part in parts])
    assert base.encoding == ("split" if signed else "unsigned")
    assert base.shape == (6, height, width)
    np.testing.assert_array_equal(base.scales, true_scales(values).astype(np.float32))
    found = decoded(base.encoding, base.scales, base.codes)
    error = np.abs(found - expected) / true_scales(values)[:, None, None]
    assert error.max() * 254 <= HALF_STEP


def test_means_where_the_size_divides_are_those_of_avg_pool():
    values = np.abs(signed_maps((4, 56, 56)))
    pooled = torch.nn.functional.avg_pool2d(torch.from_numpy(values), 4).double().numpy()
    base = encoded(values).base
    steps = pooled / true_scales(values)[:, None, None] * 254
    assert np.abs(base.codes - steps).max() <= HALF_STEP


@pytest.mark.parametrize("size", [(9, 9), (40, 40)])
def test_every_channel_has_its_own_scale(size, decoded):
    values = signed_maps((8, *size), seed=2)
    values[0] = 0
    values[1] = 3.5
    values[2] = -7
    values[3] *= 1e-30
    values[4] *= 1e30
    values[5] *= 1e-42
    values[6] = 0
    values[6, 0, 0] = 3.4e38
    levels = encoded(values)
    full = levels.detail or levels.base
    assert full.encoding == "signed"
    (found,) = decoded(full.encoding, full.scales, full.codes)
    error = np.abs(found - values) / true_scales(values)[:, None, None]
    assert error.max() * 127 <= HALF_STEP
    assert full.scales[0] == 1
    assert (full.codes[0] == 128).all()
    assert (full.codes[1] == 255).all()
    assert (full.codes[2] == 1).all()
    if levels.detail:
        positive, negative = decoded("split", levels.base.scales, levels.base.codes)
        assert (positive[0] == 0).all()
        np.testing.assert_allclose(positive[1], 3.5, rtol=1e-6)
        np.testing.assert_allclose(negative[2], 7, rtol=1e-6)
        assert (negative[1] == 0).all()
        assert (positive[2] == 0).all()


@pytest.mark.parametrize("size", [(9, 9), (30, 30), (40, 26)])
@pytest.mark.parametrize("signed", [True, False])
def test_non_finite_values_harm_nothing_else(size, signed, decoded, area_means):
    values = signed_maps((6, *size), seed=3)
    if not signed:
        values = np.abs(values)
    clean = values.copy()
    bad = np.zeros(values.shape, bool)
    for at, value in {(0, 0, 0): np.nan, (1, 3, 4): np.inf, (2, 8, 8): -np.inf}.items():
        values[at] = value
        clean[at] = 0
        bad[at] = True
    values[3], clean[3], bad[3] = np.nan, 0, True
    levels = encoded(values)
    full = levels.detail or levels.base
    (found,) = decoded(full.encoding, full.scales, full.codes)
    assert full.encoding == ("signed" if signed else "unsigned")
    np.testing.assert_array_equal(np.isnan(found), bad)
    np.testing.assert_array_equal(full.scales, true_scales(clean).astype(np.float32))
    steps = 127 if signed else 254
    error = (
        np.abs(found - clean)[~bad]
        / np.broadcast_to(true_scales(clean)[:, None, None], bad.shape)[~bad]
    )
    assert error.max() * steps <= HALF_STEP
    if levels.detail is None:
        return
    texels = decoded(levels.base.encoding, levels.base.scales, levels.base.codes)
    touched = area_means(bad.astype(np.float64), *levels.base.shape[1:]) > 1e-9
    for plane in texels:
        np.testing.assert_array_equal(np.isnan(plane), touched)
    expected = area_means(np.maximum(clean, 0).astype(np.float64), *levels.base.shape[1:])
    error = np.abs(texels[0] - expected) / true_scales(clean)[:, None, None]
    assert error[~touched].max() * 254 <= HALF_STEP


def test_a_negative_infinity_alone_does_not_make_a_layer_signed():
    values = np.abs(signed_maps((2, 20, 20)))
    values[0, 0, 0] = -np.inf
    levels = encoded(values)
    assert levels.detail.encoding == "unsigned"
    assert levels.base.encoding == "unsigned"
    assert levels.detail.codes[0, 0, 0] == levels.base.codes[0, 0, 0] == 255


def test_the_maps_are_left_as_they_are():
    maps = torch.randn(3, 40, 40)
    before = maps.clone()
    encode(maps, ranges(maps))
    assert torch.equal(maps, before)


def test_the_codes_do_not_share_memory_with_the_maps():
    maps = torch.randn(3, 10, 10)
    levels = encode(maps, ranges(maps))
    codes, scales = levels.base.codes.copy(), levels.base.scales.copy()
    maps.fill_(7)
    np.testing.assert_array_equal(levels.base.codes, codes)
    np.testing.assert_array_equal(levels.base.scales, scales)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision(dtype, decoded):
    activation = torch.randn(1, 4, 12, 12).to(dtype)
    maps = to_maps(activation)
    base = encode(maps, ranges(maps)).base
    (found,) = decoded(base.encoding, base.scales, base.codes)
    values = activation[0].double().numpy()
    error = np.abs(found - values) / np.abs(values).max((1, 2), keepdims=True)
    assert error.max() * 127 <= HALF_STEP
