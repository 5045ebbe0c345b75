"""What augmentation does to images, read off images that say where each value came from."""

from __future__ import annotations

import pytest
import torch

from cnnwalk.study.augmentation import add_noise, move

COUNT, SIDE = 400, 33


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def moved():
    """Return of moved images contrast, brightness, and per axis scale and shift.

    The channels are 0, 1, and each pixel's place in -1..1 across and down.
    """
    places = (torch.arange(SIDE) + 0.5) / SIDE * 2 - 1
    across, down = places.expand(SIDE, SIDE), places[:, None].expand(SIDE, SIDE)
    image = torch.stack([torch.zeros(SIDE, SIDE), torch.ones(SIDE, SIDE), across, down])
    seen = move(image.repeat(COUNT, 1, 1, 1), generator())
    brightness = seen[:, 0].mean((1, 2))
    contrast = seen[:, 1].mean((1, 2)) - brightness
    origin = (seen[:, 2:] - brightness[:, None, None, None]) / contrast[:, None, None, None]
    half, step = SIDE // 2, places[1] - places[0]
    shift = origin[:, :, half, half]
    near = half + 3  # far from the edge, where places end
    slope_x = (origin[:, 0, half, near] - shift[:, 0]) / (3 * step)
    slope_y = (origin[:, 1, near, half] - shift[:, 1]) / (3 * step)
    return contrast, brightness, shift, slope_x, slope_y


def within(values, low, high, slack=1e-4):
    """Say whether values fill a range evenly, without leaving it by more than a slack."""
    middle, width = (low + high) / 2, high - low
    return bool(
        (values >= low - slack).all()
        and (values <= high + slack).all()
        and (values.mean() - middle).abs() < 0.06 * width
        and (values.std() - width / 12**0.5).abs() < 0.04 * width
    )


def test_light_and_place_are_drawn_from_the_ranges_for_each_image(moved):
    contrast, brightness, shift, _, slope_y = moved
    assert within(contrast, 0.7, 1.3)
    assert within(brightness, -0.3, 0.3)
    assert within(shift[:, 0], -0.15, 0.15)
    assert within(shift[:, 1], -0.15, 0.15)
    assert within(slope_y, 0.75, 1.05)


def test_sides_keep_their_ratio_and_half_are_mirrored(moved):
    _, _, _, slope_x, slope_y = moved
    assert torch.allclose(slope_x.abs(), slope_y, atol=1e-3)
    assert 0.4 < (slope_x < 0).float().mean() < 0.6


def test_noise_is_of_another_strength_on_each_image():
    noise = add_noise(torch.zeros(COUNT, 3, 40, 40), generator())
    sigmas = noise.std((1, 2, 3))
    assert within(sigmas, 0.0, 0.3, slack=0.015)  # they are measured on 4,800 values
    assert noise.mean().abs() < 0.001
    assert (noise[:, :, 1:] * noise[:, :, :-1]).mean().abs() < 0.001  # white


def test_the_same_generator_draws_the_same_and_another_does_not():
    batch = torch.rand(4, 3, 16, 16, generator=generator())
    for change in (move, add_noise):
        kept = batch.clone()
        assert torch.equal(change(batch, generator(1)), change(batch, generator(1)))
        assert not torch.equal(change(batch, generator(1)), change(batch, generator(2)))
        assert torch.equal(batch, kept)
