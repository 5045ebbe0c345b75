"""Also what `natural`, `texture` and `maco` share, since all of them are `Painting`s."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.featvis import FeatureVisualizationError, Order, Target
from cnnwalk.featvis.forming.begin import begin
from cnnwalk.featvis.forming.waves import energy, falling, from_waves, to_waves
from cnnwalk.featvis.settings import settings_of
from cnnwalk.networks import InputSpec

CPU = torch.device("cpu")
MODES = ["natural", "texture", "maco"]


def network(channels):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(channels, 8, 5, padding=2), nn.ReLU(), nn.Conv2d(8, 8, 3)
    ).requires_grad_(False)


def see_of(module, orders):
    places = [order.target.channel for order in orders]
    return lambda inputs: module(inputs)[range(len(places)), places].mean((1, 2))


def order(mode, channel=0, *, steps=6, start=None, **parameters):
    settings = settings_of(mode, steps=steps, **parameters)
    return Order(Target("conv", channel=channel), settings, seed=1, start=start)


def saved(orders, spec, steps):
    forming = begin(orders, spec, CPU)
    see = see_of(network(spec.channels), orders)
    for _ in range(steps):
        forming.step(see)
    return (forming.pictures() * 255).round()


@pytest.mark.parametrize(("height", "width"), [(8, 8), (33, 47), (6, 9), (1, 5), (1, 1)])
def test_waves_are_numpys_and_keep_the_energy(height, width):
    values = torch.randn(2, 3, height, width)
    waves = to_waves(values)
    expected = np.fft.rfft2(values.double().numpy(), norm="ortho")
    np.testing.assert_allclose(waves.numpy(), expected, atol=1e-5)
    torch.testing.assert_close(from_waves(waves, height, width), values, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(energy(waves.abs(), width), values.square().mean((2, 3)))


def test_amplitudes_fall_with_the_frequency():
    amplitudes = falling(32, 64, decay=1.0)
    assert amplitudes[0, 2] / amplitudes[0, 4] == pytest.approx(2)
    # 3/64 to the right and 4/64 down: a wave of 5/64 cycles per pixel
    assert amplitudes[2, 3] / amplitudes[0, 5] == pytest.approx(1)
    assert amplitudes[0, 0] == amplitudes[0, 1]
    assert falling(32, 64, decay=0.0).unique().numel() == 1


@pytest.mark.parametrize("mode", MODES)
def test_an_image_is_the_same_alone_and_in_a_batch(mode):
    spec = InputSpec(3, 24, 24)
    orders = [order(mode, channel) for channel in range(5)]
    together, alone = saved(orders, spec, 6), saved(orders[3:4], spec, 6)
    assert (together[3] - alone[0]).abs().max() <= 1
    assert (together[3] - together[2]).abs().max() > 20


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "spec", [InputSpec(1, 28, 28), InputSpec(3, 33, 47), InputSpec(5, 16, 9)], ids=str
)
def test_any_size_and_channels_form_within_black_and_white_and_respond_more(mode, spec):
    orders = [order(mode, channel, steps=24) for channel in range(3)]
    see = see_of(network(spec.channels), orders)
    forming = begin(orders, spec, CPU)
    mean, std = (torch.tensor(given)[:, None, None] for given in (spec.mean, spec.std))
    before = see((forming.pictures() - mean) / std)
    for _ in range(24):
        responses = forming.step(see)
    pictures = forming.pictures()
    assert responses.shape == (3,)
    assert not responses.requires_grad
    assert pictures.shape == (3, spec.channels, spec.height, spec.width)
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    assert (see((pictures - mean) / std) > before).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["smooth", "zero", "one", "grey"])
def test_the_first_picture_is_the_image_that_it_begins_with(mode, kind):
    down, right = np.mgrid[0:20, 0:31]
    smooth = 127 + 90 * np.sin(down / 4)[..., None] * np.cos(right[..., None] / [3, 5, 9])
    flat = {"zero": 0, "one": 255, "grey": 128}
    start = smooth if kind == "smooth" else np.full((20, 31, 3), flat[kind])
    start = start.astype(np.uint8)
    spec = InputSpec(3, 20, 31)
    orders = [order(mode, start=start), order(mode, 1)]
    first = saved(orders, spec, 0)
    assert np.abs(first[0].permute(1, 2, 0).numpy() - start).max() <= 4
    later = saved(orders, spec, 6)
    assert torch.isfinite(later).all()
    assert (later[0] - first[0]).abs().max() > 4


def test_a_start_image_of_floats_is_the_same_as_one_of_bytes():
    start = np.random.default_rng(0).integers(0, 256, (12, 12, 1), np.uint8)
    spec = InputSpec(1, 12, 12)
    bytes_, floats = (
        saved([order("natural", start=image)], spec, 2)
        for image in (start, (start / 255).astype(np.float32))
    )
    assert (bytes_ - floats).abs().max() <= 1


def test_what_is_seen_is_normalized_as_the_network_takes_it():
    spec = InputSpec(2, 8, 8, mean=(0.25, 0.5), std=(0.5, 0.1))
    still = {"sides": (1.0, 1.0), "rotation": 0.0, "shift": 0.0, "noise": 0.0}
    forming = begin([order("natural", **still)], spec, CPU)
    expected = (forming.pictures() - torch.tensor([0.25, 0.5])[:, None, None]) / torch.tensor(
        [0.5, 0.1]
    )[:, None, None]
    seen = []
    forming.step(lambda inputs: seen.append(inputs.detach()) or inputs.mean((1, 2, 3)))
    torch.testing.assert_close(seen[0], expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("contrast", [0.5, 2.0])
def test_a_picture_has_the_contrast_of_its_mode(contrast):
    forming = begin([order("texture", contrast=contrast)], InputSpec(1, 32, 32), CPU)
    assert torch.logit(forming.pictures()).std().item() == pytest.approx(contrast, rel=0.02)


@pytest.mark.parametrize(
    ("mode", "parameter", "value"),
    [
        ("natural", "rate", 0.0),
        ("natural", "sides", (0.9, 0.5)),
        ("natural", "rotation", 200.0),
        ("texture", "shift", -0.1),
        ("texture", "settle", 1.5),
        ("texture", "decay", 9.0),
        ("natural", "contrast", 0.0),
        ("natural", "freedom", 0.0),
        ("maco", "noise", 2.0),
        ("maco", "decay", -1.0),
        ("maco", "contrast", 0.0),
    ],
)
def test_a_value_out_of_range_is_named(mode, parameter, value):
    with pytest.raises(FeatureVisualizationError, match=rf"{parameter} is .*: give"):
        settings_of(mode, **{parameter: value})
