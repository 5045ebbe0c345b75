"""Reference computations in numpy, in float64, straight from the description of the frames."""

import numpy as np
import pytest
import torch


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def decoded():
    """Return the function that gives what codes stand for: (planes, C, h, w), NaN where coded."""

    def decode(encoding, scales, codes):
        assert scales.dtype == np.float32
        assert codes.dtype == np.uint8
        planes = codes[None] if codes.ndim == 3 else codes
        zero, steps, non_finite = (128, 127, 0) if encoding == "signed" else (0, 254, 255)
        values = (planes.astype(np.float64) - zero) / steps
        values *= scales.astype(np.float64)[:, None, None]
        return np.where(planes == non_finite, np.nan, values)

    return decode


@pytest.fixture
def area_means():
    """Return the function that gives the means of float64 (C, H, W) maps in an h x w grid."""

    def along(values, parts):
        # The integral of the map as a step function, read at the edges of the parts.
        length = values.shape[-1]
        integral = np.concatenate([np.zeros_like(values[..., :1]), values.cumsum(-1)], -1)
        edges = np.arange(parts + 1) * length / parts
        below = np.minimum(edges.astype(int), length - 1)
        at_edges = integral[..., below] + (edges - below) * values[..., below]
        return np.diff(at_edges) * parts / length

    def means(maps, height, width):
        return along(along(maps, width).swapaxes(-1, -2), height).swapaxes(-1, -2)

    return means
