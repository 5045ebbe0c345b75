"""Two visitors at once never see each other's images, however fast they change them."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

LAYERS = ("conv_stem", "blocks.6.0.conv_pwl")
INSERTIONS = 50
CHECK_EVERY = 10


def picture(seed):
    """A picture that is like no other: large soft patches, so that every layer differs."""
    patches = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), np.uint8)
    return Image.fromarray(patches).resize((64, 64), Image.Resampling.BICUBIC)


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def pair(visitors, demo):
    """Two visitors with small windows, so that drawing takes little of the time."""
    return [visitors(480, 320).open(demo.url) for _ in range(2)]


def assert_shows(visit, oracle, seed):
    """Every value of a map near the input and one near the output is of this picture."""
    truth = oracle.activations(picture(seed))
    for layer in LAYERS:
        maps = torch.from_numpy(truth[layer])
        parts = [maps.clamp(min=0), (-maps).clamp(min=0)]
        side = -(-maps.shape[-1] // 14)  # the base level is reduced to at most 14
        means = [torch.nn.functional.avg_pool2d(part[None], side)[0] for part in parts]
        expected = torch.stack(means, -1) / maps.abs().max() * 255
        signed = bool(maps.min() < 0)
        step = 255 / 127 if signed else 255 / 254
        for channel in range(0, len(maps), len(maps) // 8):
            drawn = visit.texels(layer, channel, "base")
            difference = np.abs(drawn - expected[channel].reshape(-1, 2).numpy())
            assert difference.max() <= step, (seed, layer, channel)
    probabilities = oracle.probabilities(picture(seed))
    first = visit.tell("cnnwalk.predictions[0]")
    assert first["index"] == probabilities.argmax()
    assert first["probability"] == pytest.approx(probabilities.max(), abs=1e-3)


def test_two_visitors_race_without_mixing(demo, pair, oracle):
    for turn in range(1, INSERTIONS + 1):
        seeds = [1000 + turn, 2000 + turn]
        for visit, seed in zip(pair, seeds, strict=True):
            visit.drop(f"{seed}.png", png(picture(seed)))
        for visit, seed in zip(pair, seeds, strict=True):
            visit.until(f"cnnwalk.selection.inserted.name === '{seed}.png'")
        # Most passes are cut off by the next image; these are awaited.
        if turn % CHECK_EVERY == 0:
            for visit, seed in zip(pair, seeds, strict=True):
                visit.until("cnnwalk.progress.stage === 'done'")
                visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
                assert_shows(visit, oracle, seed)
    for visit in pair:
        visit.check(demo.origin)
