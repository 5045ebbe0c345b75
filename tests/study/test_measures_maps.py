"""The formulas on feature maps, against loops and what is known of noise and waves."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from cnnwalk.study.measures.maps import (
    active_share,
    brightness,
    constant,
    geary,
    high_frequencies,
    hoyer,
    strengths,
)

Array = npt.NDArray[np.float64]


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape)).float()


def wave(down: float, across: float, side: int = 40) -> Tensor:
    """Return a wave of so many cycles per pixel."""
    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    return torch.cos(2 * math.pi * (down * rows + across * columns) + 0.3)


def geary_by_loops(values: Array) -> float:
    height, width = values.shape
    squares = [
        (values[row, column] - values[row + down, column + across]) ** 2
        for down, across in ((0, 1), (1, 0))
        for row in range(height - down)
        for column in range(width - across)
    ]
    variance = sum((value - values.mean()) ** 2 for value in values.flat) / (values.size - 1)
    return float(sum(squares) / len(squares) / (2 * variance))


def high_by_loops(values: Array) -> float:
    """Sum the discrete Fourier transform term by term, over the whole plane."""
    height, width = values.shape
    rows, columns = np.mgrid[:height, :width]
    high = total = 0.0
    for down in range(height):
        for across in range(width):
            if (down, across) == (0, 0):
                continue
            angle = 2 * np.pi * (down * rows / height + across * columns / width)
            energy = abs((values * np.exp(-1j * angle)).sum()) ** 2
            nearest = [min(at, side - at) / side for at, side in ((down, height), (across, width))]
            total += energy
            high += energy * (math.hypot(*nearest) > 0.25)
    return high / total


def test_white_noise_has_geary_one_and_four_fifths_of_high_frequencies() -> None:
    maps = noise(4, 100, 64, 64)

    assert geary(maps).mean() == pytest.approx(1, abs=0.005)
    # All of the square of frequencies but a disk of radius 1/4.
    assert high_frequencies(maps).mean() == pytest.approx(1 - math.pi / 16, abs=0.005)


def test_noise_in_small_maps_has_geary_one_as_well() -> None:
    assert geary(noise(8000, 5, 5)).mean() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("shape", [(5, 5), (6, 9), (7, 4), (1, 8)])
def test_both_are_what_loops_find(shape: tuple[int, int]) -> None:
    maps = noise(3, *shape) + torch.arange(shape[1])

    expected = [values.double().numpy() for values in maps]
    assert geary(maps).tolist() == pytest.approx([geary_by_loops(each) for each in expected])
    found = high_frequencies(maps).tolist()
    assert found == pytest.approx([high_by_loops(each) for each in expected], abs=1e-4)


@pytest.mark.parametrize(
    ("down", "across", "share"),
    [
        (0, 0.125, 0),
        (0, 0.375, 1),
        (0.4, 0, 1),
        (0.15, 0.15, 0),  # .21 along the diagonal
        (0.2, 0.2, 1),  # .28 along the diagonal
        (0.5, 0.5, 1),
    ],
)
def test_a_wave_falls_on_its_side_of_the_cutoff(down: float, across: float, share: float) -> None:
    assert high_frequencies(wave(down, across)) == pytest.approx(share, abs=1e-4)


def test_geary_of_a_wave_is_one_minus_the_cosine_between_neighbours() -> None:
    # Along one axis neighbours differ by the cosine of the phase, along the other not at all.
    expected = (1 - math.cos(2 * math.pi * 0.1)) / 2

    assert geary(wave(0, 0.1, 200)) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("value", [0.0, 0.1, -3e7])
def test_constant_maps_have_neither(value: float) -> None:
    maps = torch.full((2, 6, 7), value)

    assert constant(maps).all()
    assert geary(maps).isnan().all()
    assert high_frequencies(maps).isnan().all()


@pytest.mark.filterwarnings("error")
def test_maps_of_one_pixel_have_neither() -> None:
    maps = noise(3, 1, 1)

    assert geary(maps).isnan().all()
    assert high_frequencies(maps).isnan().all()


def test_neither_depends_on_level_and_contrast() -> None:
    maps = noise(5, 12, 12)

    assert not constant(maps * 1e-6).any()
    torch.testing.assert_close(geary(maps * 8 - 3), geary(maps), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(high_frequencies(maps * 1e-6), high_frequencies(maps))


def test_hoyer_is_one_for_one_channel_and_zero_for_all_alike() -> None:
    rows = torch.tensor([[0.0, 0, 7, 0], [2, 2, 2, 2], [0, 0, 0, 0]])

    one, alike, none = hoyer(rows)

    assert one == pytest.approx(1)
    assert alike == pytest.approx(0, abs=1e-6)
    assert none.isnan()


def test_hoyer_is_the_published_formula() -> None:
    rows = noise(6, 9).abs()

    for row, found in zip(rows.double().numpy(), hoyer(rows).tolist(), strict=True):
        lengths = sum(row) / math.sqrt(sum(value * value for value in row))
        assert found == pytest.approx((3 - lengths) / 2, abs=1e-5)


def test_strengths_and_active_channels_are_of_the_positive_part() -> None:
    maps = torch.zeros(2, 4, 2, 2)
    maps[0, 0] = torch.tensor([[10.0, -50], [0, 0]])
    maps[0, 1, 1, 1] = 1.1
    maps[0, 2, 0, 0] = 0.9
    maps[0, 3] = -20

    assert strengths(maps)[0].tolist() == pytest.approx([2.5, 0.275, 0.225, 0])
    share, none = active_share(maps)
    assert share == 0.5  # the first two exceed a tenth of 10
    assert none.isnan()


def test_brightness_is_the_mean_of_the_colours() -> None:
    pictures = torch.tensor([[[[1.0]], [[2.0]], [[6.0]]]])

    assert brightness(pictures).tolist() == [[[3.0]]]
