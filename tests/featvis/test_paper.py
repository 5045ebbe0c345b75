"""Mode paper as a whole: its trajectories, what it begins with, and what is saved of it."""

from __future__ import annotations

import dataclasses
import logging

import numpy as np
import pytest
import reference
import torch
from torch import nn

from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.forming import paper
from cnnwalk.featvis.forming.paper import PaperForming
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import PUBLISHED, PaperSettings
from cnnwalk.featvis.target import Target
from cnnwalk.networks import InputSpec

CPU = torch.device("cpu")
OFTEN = PaperSettings(rotation_probability=0.8, scale_probability=0.5, roll_probability=0.8)
SPEC = InputSpec(3, 20, 27, mean=(0.5,), std=(0.25,))


@pytest.fixture
def maps():
    """Return a small smooth network that has four maps, in float64."""
    torch.manual_seed(3)
    layers = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Tanh(), nn.Conv2d(5, 4, 3, stride=2))
    return layers.double().requires_grad_(False)


def orders_of(settings, channels=range(4), **others):
    return [Order(Target("layer", channel=each), settings, **others) for each in channels]


def see_by(maps, channels=range(4)):
    def see(inputs):
        found = maps(inputs.to(next(maps.parameters()).dtype))
        return torch.stack([found[row, each].mean() for row, each in enumerate(channels)])

    return see


@pytest.fixture
def drawn(monkeypatch):
    """Return the list that what is drawn in each step goes into."""
    kept = []

    def keep(*arguments):
        kept.append(draw(*arguments))
        return kept[-1]

    draw = paper.draw
    monkeypatch.setattr(paper, "draw", keep)
    return kept


def numbers(chances, row):
    return {
        "degrees": chances.degrees[row].double().item(),
        "factor": chances.factors[row].double().item(),
        "sigma": chances.sigmas[row].double().item(),
        "down": int(chances.down[row]),
        "right": int(chances.right[row]),
    }


SETTINGS = [
    OFTEN,
    dataclasses.replace(OFTEN, statistics="image", mean=(0.25, 0.5, 0.75), std=(0.125,), rate=3.0),
    dataclasses.replace(PUBLISHED, steps=6, plain_steps=2, rotation_probability=0.8),
]


@pytest.mark.parametrize("settings", SETTINGS, ids=["text", "data set's own", "published"])
def test_the_trajectory_is_that_of_the_paper(maps, drawn, settings):
    forming = PaperForming(orders_of(settings), SPEC, CPU)
    forming.images = forming.images.double()
    expected = list(forming.images.numpy().copy())
    mean = [(each - 0.5) / 0.25 for each in settings.mean or (0.5,) * 3]
    std = [each / 0.25 for each in settings.std * 3 or (0.25,) * 3]
    for step in range(6):
        values = forming.step(see_by(maps))
        for row, image in enumerate(expected):
            if step < settings.steps - settings.plain_steps:
                image = reference.transform(  # noqa: PLW2901
                    image, numbers(drawn[step], row), settings, mean, std
                )
            respond = lambda seen, row=row: maps(seen)[0, row].mean()  # noqa: E731
            expected[row], value, _ = reference.ascend(image, respond, settings.rate)
            assert values[row].item() == pytest.approx(value, abs=1e-9)
        np.testing.assert_allclose(forming.images.numpy(), np.stack(expected), rtol=0, atol=1e-9)
    assert len(drawn) == min(6, settings.steps - settings.plain_steps)


def test_the_trajectory_in_float32_is_near(maps, drawn):
    maps = maps.float()
    forming = PaperForming(orders_of(OFTEN), SPEC, CPU)
    expected = list(forming.images.double().numpy())
    for step in range(3):
        forming.step(see_by(maps))
        assert forming.images.dtype == torch.float32
        for row, image in enumerate(expected):
            moved = reference.transform(image, numbers(drawn[step], row), OFTEN)
            respond = lambda seen, row=row: maps(seen.float())[0, row].mean()  # noqa: E731
            expected[row], _, _ = reference.ascend(moved, respond, 20.0)
    np.testing.assert_allclose(forming.images.numpy(), np.stack(expected), rtol=0, atol=2e-4)


def test_the_gradient_of_each_image_is_its_own(maps):
    """Against differences of the response to two near images, one image at a time."""
    settings = dataclasses.replace(OFTEN, plain_steps=OFTEN.steps)
    forming = PaperForming(orders_of(settings), SPEC, CPU)
    forming.images = forming.images.double()
    before = forming.images.clone()
    forming.step(see_by(maps))
    moved = forming.images - before
    assert moved.flatten(1).norm(dim=1).numpy() == pytest.approx(20, rel=1e-3)
    for row in range(4):
        direction = moved[row : row + 1] / moved[row].norm()
        near = [maps(before[row : row + 1] + way * 1e-5 * direction)[0, row] for way in (1, -1)]
        slope = (near[0].mean() - near[1].mean()).item() / 2e-5
        *_, gradient = reference.ascend(
            before[row].numpy(), lambda seen, row=row: maps(seen)[0, row].mean(), 1.0
        )
        # The direction of steepest ascent is the one whose slope is the gradient's length.
        assert slope == pytest.approx(np.linalg.norm(gradient), rel=1e-6)


def test_a_picture_does_not_depend_on_what_else_is_in_its_batch(maps):
    together = PaperForming(orders_of(OFTEN), SPEC, CPU)
    alone = PaperForming(orders_of(OFTEN, [2]), SPEC, CPU)
    for _ in range(4):
        together.step(see_by(maps))
        alone.step(see_by(maps, [2]))
    np.testing.assert_allclose(together.images[2], alone.images[0], atol=1e-4)


def test_each_channel_has_a_start_noise_of_its_own_unless_it_is_shared():
    own = PaperForming(orders_of(OFTEN), InputSpec(), CPU).images
    assert abs(own.mean()) < 0.01
    assert own.std() == pytest.approx(1, abs=0.01)
    assert abs(np.corrcoef(own.flatten(1))[0, 1]) < 0.02
    shared = dataclasses.replace(OFTEN, draws="shared")
    first, second = (
        PaperForming(orders_of(shared, seed=seed), SPEC, CPU).images for seed in (0, 1)
    )
    assert all(torch.equal(image, first[0]) for image in first)
    assert not torch.equal(first[0], second[0])
    other = PaperForming(orders_of(shared, [3], attempt=1), SPEC, CPU).images
    assert not torch.equal(first[0], other[0])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_it_begins_with_the_image_that_is_given(dtype):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 27, 3), dtype=np.uint8)
    given = pixels if dtype == np.uint8 else pixels.astype(np.float32) / 255
    forming = PaperForming(orders_of(OFTEN, start=given), SPEC, CPU)
    assert forming.images[0, 1, 5, 6].item() == pytest.approx((pixels[5, 6, 1] / 255 - 0.5) / 0.25)
    saved = (forming.pictures() * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
    np.testing.assert_array_equal(saved[3], pixels)


def test_an_image_of_one_value_is_begun_as_noise_and_that_is_said(maps, caplog):
    black = np.zeros((20, 27, 3), np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (20, 27, 3), dtype=np.uint8)
    starts = [black, noise, black + 9, None]
    orders = [
        dataclasses.replace(order, start=start)
        for order, start in zip(orders_of(OFTEN), starts, strict=True)
    ]
    with caplog.at_level(logging.WARNING):
        forming = PaperForming(orders, SPEC, CPU)
    assert "single value" in caplog.text
    assert "layer layer, channel 0, 2 " in caplog.text
    assert (forming.images.std((1, 2, 3))[[0, 2]] > 0.9).all()
    for _ in range(3):
        forming.step(see_by(maps))
    assert forming.images.isfinite().all()


def test_what_has_no_gradient_is_only_transformed(maps):
    settings = dataclasses.replace(OFTEN, plain_steps=OFTEN.steps)
    forming = PaperForming(orders_of(settings), SPEC, CPU)
    before = forming.images.clone()
    forming.step(lambda inputs: see_by(maps)(inputs) * torch.tensor([1, 0, 1, 0]))
    assert torch.equal(forming.images[1::2], before[1::2])
    assert not (forming.images[::2] == before[::2]).flatten(1).all(1).any()


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (5, 9, 14), (2, 1, 1), (3, 3, 40)])
@pytest.mark.parametrize("settings", [OFTEN, PUBLISHED])
def test_inputs_of_any_size_and_number_of_channels(shape, settings):
    orders = orders_of(settings, [0, 1])
    forming = PaperForming(orders, InputSpec(*shape), CPU)
    for _ in range(8):
        forming.step(lambda inputs: inputs.sigmoid().mean((1, 2, 3)))
    pictures = forming.pictures()
    assert pictures.shape == (2, *shape)
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    assert forming.images.isfinite().all()


def test_a_picture_is_cut_to_black_and_white_or_stretched_between_them():
    forming = PaperForming(orders_of(OFTEN, [0, 1]), SPEC, CPU)
    forming.images = torch.linspace(-6, 2, 3 * 20 * 27).reshape(1, 3, 20, 27).repeat(2, 1, 1, 1)
    values = forming.images.numpy() * 0.25 + 0.5
    np.testing.assert_allclose(forming.pictures(), values.clip(0, 1), atol=1e-6)
    stretching = dataclasses.replace(OFTEN, export="stretch")
    stretched = PaperForming(orders_of(stretching, [0, 1]), SPEC, CPU)
    stretched.images = forming.images.clone()
    stretched.images[1] = 7
    np.testing.assert_allclose(stretched.pictures()[0], (values[0] + 1) / 2, atol=1e-6)
    assert (stretched.pictures()[1] == 0).all()


def test_a_mean_for_other_channels_than_the_networks_is_refused():
    with pytest.raises(FeatureVisualizationError, match=r"mean has 2 values, but .* 3 channels"):
        PaperForming(orders_of(PaperSettings(mean=(0.1, 0.2))), SPEC, CPU)
