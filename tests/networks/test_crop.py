"""The part of an image that a network sees, read from the pixels that arrive."""

import numpy as np
import pytest
from PIL import Image
from torch import nn

from cnnwalk.networks import InputSpec, Network


@pytest.mark.parametrize(
    ("size", "target", "resize"),
    [
        ((400, 300), (64, 64), 72),
        ((300, 400), (64, 64), 64),
        ((200, 200), (96, 48), 56),
        ((90, 1000), (128, 64), 64),
        ((6000, 40), (64, 64), 64),
    ],
)
def test_the_region_is_where_the_input_comes_from(size, target, resize):
    width, height = size
    # Every pixel says where it is: red grows to the right, green downwards, from 0 to 1.
    across = (np.arange(width) + 0.5) / width
    down = (np.arange(height) + 0.5) / height
    pixels = np.zeros((height, width, 3))
    pixels[..., 0], pixels[..., 1] = across, down[:, None]
    image = Image.fromarray(np.round(pixels * 255).astype(np.uint8))
    spec = InputSpec(
        width=target[0],
        height=target[1],
        resize=resize,
        mean=(0.0,) * 3,
        std=(1.0,) * 3,
        interpolation="bilinear",
    )
    network = Network("plain", nn.Identity(), spec)
    seen = network.prepare(image)[0].numpy()
    left, top, right, bottom = network.crop(size).region
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    columns = left + (np.arange(target[0]) + 0.5) / target[0] * (right - left)
    rows = top + (np.arange(target[1]) + 0.5) / target[1] * (bottom - top)
    # The filter reaches over the image's border in the outermost pixels; colours have 256 steps.
    inner = (slice(2, -2), slice(2, -2))
    np.testing.assert_allclose(seen[0][inner], np.tile(columns, (len(rows), 1))[inner], atol=0.006)
    np.testing.assert_allclose(
        seen[1][inner], np.tile(rows[:, None], len(columns))[inner], atol=0.006
    )
