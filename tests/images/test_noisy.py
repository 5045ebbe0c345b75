"""Noise on an image, against numpy and what is known of normal distributions."""

from __future__ import annotations

import numpy as np
import pytest

from cnnwalk.images import ImageError, noisy


def gray(value: int = 128, side: int = 200) -> np.ndarray:
    return np.full((side, side, 3), value, np.uint8)


def test_each_value_gets_its_own_draw_of_that_deviation() -> None:
    values = noisy(gray(), 0.1).astype(float) / 255 - 128 / 255
    assert values.mean() == pytest.approx(0, abs=0.001)
    assert values.std() == pytest.approx(0.1, rel=0.01)
    # A third of a normal distribution is farther from its mean than one deviation.
    assert (np.abs(values) > 0.1).mean() == pytest.approx(0.317, abs=0.01)
    assert np.abs(np.corrcoef(values.reshape(-1, 3).T) - np.eye(3)).max() < 0.02
    neighbours = np.corrcoef(values[:, :-1].ravel(), values[:, 1:].ravel())[0, 1]
    assert abs(neighbours) < 0.02


def test_it_is_numpys_noise_rounded_and_cut() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (20, 30, 3), np.uint8)
    random = np.random.Generator(np.random.PCG64(0))
    draws = random.standard_normal((3, 20, 30), np.float32).transpose(1, 2, 0)
    exact = np.clip(pixels + 255 * 0.3 * draws, 0, 255)
    made = noisy(pixels, 0.3)
    assert made.dtype == np.uint8
    assert np.abs(made - exact).max() <= 0.501
    assert (made[pixels + 255 * 0.3 * draws > 256] == 255).all()
    floats = pixels.astype(np.float32) / 255
    assert np.abs(noisy(floats, 0.3) - exact / 255).max() < 1e-6
    assert noisy(floats, 0.3).dtype == np.float32


def test_twice_the_sigma_is_twice_the_same_noise() -> None:
    pixels = np.full((40, 40, 1), 0.5, np.float32)
    once, twice = (noisy(pixels, sigma) - pixels for sigma in (0.05, 0.1))
    assert np.allclose(twice, 2 * once, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3, 4, 12])
def test_images_of_any_channels_stay_as_they_are(channels: int) -> None:
    pixels = np.random.default_rng(0).random((9, 7, channels), np.float32)
    before = pixels.copy()
    made = noisy(pixels, 1)
    assert made.shape == pixels.shape
    assert made.min() >= 0
    assert made.max() <= 1
    assert np.array_equal(pixels, before)


@pytest.mark.parametrize("sigma", [0, -0.1, 1.01, float("nan"), float("inf")])
def test_other_sigmas_are_refused(sigma: float) -> None:
    with pytest.raises(ImageError, match=f"sigma {sigma} cannot.*above 0, and at most 1"):
        noisy(gray(), sigma)


def test_an_image_that_is_far_too_large_is_refused() -> None:
    pixels = np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (8001, 8001, 3))
    with pytest.raises(ImageError, match=r"8001×8001 pixels.*64 megapixels"):
        noisy(pixels, 0.1)
