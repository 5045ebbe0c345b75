"""Section 3.3.5 of the paper, step by step in NumPy for a single image: what mode paper is held to.

Nothing here is shared with the implementation: transformations are loops over pixels or SciPy's,
and the gradient is that of one image alone.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy import ndimage


def pad(image, pixels):
    """Repeat the edge of an image (C, H, W) outwards."""
    return np.pad(image, ((0, 0), (pixels, pixels), (pixels, pixels)), mode="edge")


def rotate(image, degrees):
    """Turn an image counterclockwise; each pixel takes the nearest one's value, 0 from outside."""
    return _resample(image, degrees, 1.0, _nearest)


def scale(image, factor):
    """Enlarge an image about its centre by bilinear interpolation."""
    return _resample(image, 0.0, factor, _bilinear)


def blur(image, sigma):
    """Blur with the whole kernel of 5x5 weights."""
    kernel = np.zeros((5, 5))
    for row in range(5):
        for column in range(5):
            distance = (row - 2) ** 2 + (column - 2) ** 2
            if sigma > 0.01:
                kernel[row, column] = math.exp(-distance / (2 * sigma**2))
            elif distance == 0:
                kernel[row, column] = 1
    kernel /= kernel.sum()
    return np.stack([ndimage.correlate(plane, kernel, mode="nearest") for plane in image])


def crop(image, height, width):
    """Cut out the centre."""
    top, left = (image.shape[1] - height) // 2, (image.shape[2] - width) // 2
    return image[:, top : top + height, left : left + width]


def roll(image, down, right):
    return np.roll(np.roll(image, down, axis=1), right, axis=2)


def drawn_near(image, mean, std, share, by_channel):
    """Shift and scale to a mean and standard deviation for each channel, and blend that in."""
    result = np.empty_like(image)
    for channel, plane in enumerate(image):
        values = plane if by_channel else image
        own = math.sqrt(((values - values.mean()) ** 2).sum() / (values.size - 1))
        shifted = (plane - values.mean()) / own * std[channel] + mean[channel]
        result[channel] = (1 - share) * plane + share * shifted
    return result


def transform(image, drawn, settings, mean=None, std=None):
    """Do all of them in the paper's order; `drawn`: degrees, factor, sigma, down, right."""
    channels, height, width = image.shape
    image = pad(image, settings.padding)
    if drawn["degrees"] != 0:
        image = rotate(image, drawn["degrees"])
    if drawn["factor"] != 1:
        image = scale(image, drawn["factor"])
    image = blur(image, drawn["sigma"])
    image = crop(image, height, width)
    image = roll(image, drawn["down"], drawn["right"])
    mean = [0.0] * channels if mean is None else mean
    std = [1.0] * channels if std is None else std
    return drawn_near(image, mean, std, settings.blend, settings.statistics == "channel")


def ascend(image, respond, rate):
    """Go one step up: `respond` takes (1, C, H, W) of one image, and returns a single value.

    Returns:
        The image after the step, the response before it, and its gradient.
    """
    seen = torch.tensor(image[None], requires_grad=True)
    value = respond(seen)
    value.backward()
    gradient = seen.grad[0].numpy()
    length = math.sqrt(sum(float(each) ** 2 for each in gradient.ravel()))
    return image + gradient / (length + 1e-6) * rate, value.item(), gradient


def _resample(image, degrees, factor, take):
    _, height, width = image.shape
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    result = np.zeros_like(image)
    for row in range(height):
        for column in range(width):
            # Upwards and to the right from the centre, as on paper.
            across, up = column - (width - 1) / 2, (height - 1) / 2 - row
            # Turned back, clockwise, and made smaller.
            from_across = (across * cosine + up * sine) / factor
            from_up = (-across * sine + up * cosine) / factor
            result[:, row, column] = take(
                image, (height - 1) / 2 - from_up, from_across + (width - 1) / 2
            )
    return result


def _nearest(image, row, column):
    return _value(image, round(row), round(column))


def _bilinear(image, row, column):
    top, left = math.floor(row), math.floor(column)
    down, right = row - top, column - left
    return (
        (1 - down) * (1 - right) * _value(image, top, left)
        + (1 - down) * right * _value(image, top, left + 1)
        + down * (1 - right) * _value(image, top + 1, left)
        + down * right * _value(image, top + 1, left + 1)
    )


def _value(image, row, column):
    inside = 0 <= row < image.shape[1] and 0 <= column < image.shape[2]
    return image[:, row, column] if inside else np.zeros(image.shape[0], image.dtype)
