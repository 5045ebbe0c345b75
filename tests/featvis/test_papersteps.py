"""Each transformation of mode paper against a plain reference, and what is drawn for them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import reference
import torch
from scipy import stats

from cnnwalk.featvis.forming import papersteps
from cnnwalk.featvis.forming.draws import Draws
from cnnwalk.featvis.forming.papersteps import Chances
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import PUBLISHED, PaperSettings
from cnnwalk.featvis.target import Target

MANY = 3000


@pytest.fixture
def images():
    return torch.randn(4, 3, 18, 25, generator=torch.Generator().manual_seed(1)).double()


def equal(found, expected):
    np.testing.assert_allclose(found.numpy(), np.stack(expected), rtol=0, atol=1e-12)


def test_each_image_is_rotated_by_its_own_angle(images):
    degrees = torch.tensor([7.3, 0.0, -4.1, 90.0])
    found = papersteps.rotate(images, degrees)
    pairs = zip(images.numpy(), degrees.double(), strict=True)
    equal(found[:3], [reference.rotate(image, angle) for image, angle in pairs][:3])
    assert torch.equal(found[1], images[1])
    square = images[3, :, :, :18]
    turned = papersteps.rotate(square[None], torch.tensor([90.0]))[0]
    equal(turned, torch.rot90(square, 1, (1, 2)).numpy())


def test_each_image_is_scaled_by_its_own_factor(images):
    factors = torch.tensor([1.05, 1.0, 1.02, 0.7])
    pairs = zip(images.numpy(), factors.double(), strict=True)
    equal(
        papersteps.scale(images, factors),
        [reference.scale(image, factor.item()) for image, factor in pairs],
    )


def test_each_image_is_blurred_by_its_own_sigma(images):
    sigmas = torch.tensor([0.5, 0.0, 0.13, 3.0])
    pairs = zip(images.numpy(), sigmas.double(), strict=True)
    found = papersteps.blur(images, sigmas)
    equal(found, [reference.blur(image, sigma.item()) for image, sigma in pairs])
    assert torch.equal(found[1], images[1])


def test_each_image_rolls_its_own_way(images):
    down, right = torch.tensor([1, 0, -5, 40]), torch.tensor([0, 3, -2, 1])
    pairs = zip(images.numpy(), down, right, strict=True)
    equal(papersteps.roll(images, down, right), [reference.roll(*each) for each in pairs])


@pytest.mark.parametrize(("over", "by_channel"), [((2, 3), True), ((1, 2, 3), False)])
def test_the_distribution_is_drawn_to_the_data_sets(images, over, by_channel):
    mean, std = [0.1, 0.0, -0.5], [1.0, 2.0, 0.5]
    images = images * 7 + 3
    axes = torch.tensor([mean, std], dtype=torch.float64)[:, None, :, None, None]
    equal(
        papersteps.drawn_near(images, *axes, share=0.05, over=over),
        [reference.drawn_near(each, mean, std, 0.05, by_channel) for each in images.numpy()],
    )


def test_in_the_end_the_distribution_is_the_data_sets(images):
    mean, std = torch.tensor([[0.1], [2.0]], dtype=torch.float64)[:, :, None, None]
    for _ in range(400):
        images = papersteps.drawn_near(images, mean, std, share=0.05, over=(2, 3))
    assert images.mean((2, 3)).numpy() == pytest.approx(0.1, abs=1e-6)
    assert images.std((2, 3)).numpy() == pytest.approx(2.0, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, -1e30])
def test_what_has_no_spread_stays_as_it_is(value):
    images = torch.full((2, 3, 9, 9), value)
    images[1, 1, 4, 4] += 1
    one = torch.ones(())
    found = papersteps.drawn_near(images, one * 0, one, share=0.05, over=(2, 3))
    assert torch.equal(found[0], images[0])
    assert found.isfinite().all()
    single = torch.full((1, 1, 1, 1), value)
    assert torch.equal(
        papersteps.drawn_near(single, one * 0, one, share=0.05, over=(1, 2, 3)), single
    )


@pytest.mark.parametrize("size", [(18, 25), (8, 8), (1, 7)])
@pytest.mark.parametrize("padding", [0, 3, 10])
def test_all_of_them_are_done_in_the_papers_order(size, padding):
    images = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(1)).double()
    settings = PaperSettings(padding=padding)
    chances = Chances(
        degrees=torch.tensor([7.0, -2.5]),
        factors=torch.tensor([1.04, 1.01]),
        sigmas=torch.tensor([0.4, 0.2]),
        down=torch.tensor([3, -1]),
        right=torch.tensor([-2, 5]),
    )
    zero = torch.zeros((), dtype=torch.float64)
    expected = [
        reference.transform(image, drawn_of(chances, row), settings)
        for row, image in enumerate(images.numpy())
    ]
    if size[0] > 1:
        equal(papersteps.transform(images, chances, settings, zero, zero + 1), expected)
    else:  # a row of equal values has no spread, which the reference divides by
        found = papersteps.transform(images, chances, settings, zero, zero + 1)
        assert found.shape == images.shape
        assert found.isfinite().all()


def drawn_of(chances, row):
    names = {"degrees": "degrees", "factors": "factor", "sigmas": "sigma"}
    drawn = {one: getattr(chances, many)[row].double().item() for many, one in names.items()}
    return drawn | {name: int(getattr(chances, name)[row]) for name in ("down", "right")}


def many_draws(settings):
    orders = [Order(Target("layer", channel=each), settings) for each in range(MANY)]
    return papersteps.draw(Draws(orders, torch.device("cpu")), settings)


def share(values):
    return pytest.approx(values, abs=4 * 0.5 / MANY**0.5)


def spread_evenly(values, low, high):
    assert values.min() >= low
    assert values.max() <= high
    assert stats.kstest(values, stats.uniform(low, high - low).cdf).pvalue > 0.001


def test_what_the_text_says_is_drawn():
    chances = many_draws(PaperSettings())
    rotated = chances.degrees[chances.degrees != 0]
    assert len(rotated) / MANY == share(0.3)
    spread_evenly(rotated.abs(), 1, 10)
    assert (rotated > 0).double().mean() == pytest.approx(0.5, abs=0.07)
    scaled = chances.factors[chances.factors != 1]
    assert len(scaled) / MANY == share(0.05)
    spread_evenly(scaled, 1, 1.05)
    spread_evenly(chances.sigmas, 0, 0.5)
    ways = [way for way in range(-5, 6) if way != 0]
    for pixels in (chances.down, chances.right):
        rolled = pixels[pixels != 0]
        assert len(rolled) / MANY == share(0.3)
        counts = [int((rolled == way).sum()) for way in ways]
        assert sum(counts) == len(rolled)
        assert stats.chisquare(counts).pvalue > 0.001
    both = (chances.down != 0) & (chances.right != 0)
    assert both.double().mean() == share(0.09)


def test_what_the_published_code_does_is_drawn():
    chances = many_draws(dataclasses.replace(PUBLISHED, draws="own"))
    rotated = chances.degrees[chances.degrees != 0]
    assert len(rotated) / MANY == share(0.3)
    spread_evenly(rotated, -10, 10)
    assert (chances.sigmas == 0.5).all()
    moved = (chances.down != 0) | (chances.right != 0)
    assert moved.double().mean() == share(0.3 * (1 - 1 / 121))
    rolled = torch.cat([chances.down[moved], chances.right[moved]])
    counts = [int((rolled == way).sum()) for way in range(-5, 6)]
    assert sum(counts) == len(rolled)
    assert (rolled == 0).double().mean() == pytest.approx(1 / 11, abs=0.03)


def test_what_one_picture_draws_does_not_depend_on_the_others():
    settings = PaperSettings()
    orders = [Order(Target("layer", channel=each), settings) for each in range(5)]
    together, alone = (Draws(some, torch.device("cpu")) for some in (orders, orders[3:4]))
    for _ in range(20):
        batch, single = papersteps.draw(together, settings), papersteps.draw(alone, settings)
        assert drawn_of(batch, 3) == drawn_of(single, 0)
