"""Feature visualizations for measuring: no frequency is held back, and the dead do not count."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.networks import CovidResNet
from cnnwalk.study.errors import StudyError
from cnnwalk.study.measures import PICTURE_PLACES, MeasureSettings, PictureMeasures
from cnnwalk.study.measures.visualizing import (
    LIVE,
    spread_out,
    start_noise,
    visualize_places,
)
from cnnwalk.study.trained import About, build_network

SETTINGS = MeasureSettings(channels=2, steps=1, side=32)
ABOUT = About(
    network="covidresnet",
    strategy="plain",
    seed=0,
    data="toys",
    split="random",
    classes=("cup", "ball", "hat", "car", "sun"),
    mean=(0.8, 0.7, 0.6),
    std=(0.3, 0.2, 0.25),
    height=32,
    width=32,
    epochs=1,
)


def network() -> CovidResNet:
    torch.manual_seed(0)
    module = build_network("covidresnet", 5, 3).eval()
    assert isinstance(module, CovidResNet)
    return module


def test_rough_channels_get_rough_pictures_and_smooth_ones_smooth_pictures() -> None:
    module = network()
    offsets = torch.arange(7) - 3
    checks = (-1.0) ** (offsets[:, None] + offsets)
    wide = torch.cos(2 * torch.pi * offsets / 7).expand(7, 7)
    with torch.no_grad():
        module.conv1.weight[:21] = wide
        module.conv1.weight[21:] = checks

    settings = MeasureSettings(channels=2, steps=24, side=32)
    measures, _ = visualize_places(module, ABOUT, settings, lambda: None)["first convolution"]

    assert measures.channels == (0, 63)
    assert measures.live == (True, True)
    smooth, rough = measures.high_frequencies
    assert smooth is not None
    assert smooth < 0.4
    assert rough is not None
    assert rough > 0.85


def test_silent_channels_are_told_apart_and_do_not_count() -> None:
    module = network()
    with torch.no_grad():
        # What comes in by the skip is not as large, so that the sum is silent for good.
        module.get_parameter("layer1.1.bn2.bias")[63] = -1e3
        module.fc.weight[4] = 0

    settings = MeasureSettings(channels=2, steps=12, side=32)
    found = visualize_places(module, ABOUT, settings, lambda: None)

    measures, pixels = found["1"]
    assert measures.silences == (None, "before_activation")
    assert measures.live == (True, False)
    assert measures.high_frequencies[1] is not None
    classes, pictures = found["class"]
    assert classes.names == ("cup", "sun")
    assert classes.silences == (None, "dead")
    assert classes.high_frequencies[1] is None
    assert classes.contrasts[1] == 0
    assert not pictures[1].any()
    assert pixels.shape == pictures.shape == (2, 32, 32, 3)


def test_only_live_pictures_count() -> None:
    measures = PictureMeasures(
        "1",
        "layer1",
        (0, 1, 2, 3),
        ("a", "b", "c", "d"),
        (None, None, "dead", "before_activation"),
        (2.0, 1.1, 0.0, 3.0),
        (0.2, 0.9, None, 0.8),
        (True, False, False, False),
    )

    assert measures.live_shares == [0.2]
    assert dataclasses.replace(measures, live=(False,) * 4).live_shares == []


def test_a_picture_that_stays_the_start_noise_does_not_count() -> None:
    told: list[int] = []

    found = visualize_places(network(), ABOUT, SETTINGS, lambda: told.append(1))

    assert tuple(found) == PICTURE_PLACES
    assert len(told) == 2 * len(PICTURE_PLACES)
    for measures, pixels in found.values():
        for contrast, live, picture in zip(measures.contrasts, measures.live, pixels, strict=True):
            own = (picture / 255).std() / start_noise(ABOUT, SETTINGS).std()
            assert contrast == pytest.approx(own, rel=1e-3)
            assert live == (contrast > LIVE)
    assert not any(found["class"][0].live)


def test_all_networks_begin_with_the_same_weak_noise() -> None:
    start = start_noise(ABOUT, SETTINGS)

    assert start.shape == (32, 32, 3)
    assert (start >= 0).all()
    assert (start <= 1).all()
    np.testing.assert_allclose(start.mean((0, 1)), ABOUT.mean, atol=0.01)
    np.testing.assert_array_equal(
        start, start_noise(dataclasses.replace(ABOUT, strategy="noisy-copies"), SETTINGS)
    )
    assert (start != start_noise(ABOUT, dataclasses.replace(SETTINGS, seed=1))).any()


@pytest.mark.parametrize(
    ("count", "wanted", "expected"),
    [(64, 4, [0, 21, 42, 63]), (2, 8, [0, 1]), (9, 1, [0]), (8, 8, list(range(8)))],
)
def test_channels_are_spread_evenly(count: int, wanted: int, expected: list[int]) -> None:
    assert spread_out(count, wanted) == expected


def test_what_cannot_be_made_is_a_sentence() -> None:
    module = network()
    nn.init.constant_(module.conv1.weight, 1e38)

    with pytest.raises(StudyError, match="covidresnet-toys-plain-seed0 cannot be visualized"):
        visualize_places(module, ABOUT, SETTINGS, lambda: None)
