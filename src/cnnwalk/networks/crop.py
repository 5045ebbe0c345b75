"""Which part of an image a network sees: the shorter side scaled, then the centre cropped."""

from __future__ import annotations

import dataclasses
import math
from typing import TypeAlias

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

Box: TypeAlias = tuple[int, int, int, int]
"""Left, upper, right and lower edge in pixels, as PIL has them."""

Region: TypeAlias = tuple[float, float, float, float]
"""Left, upper, right and lower edge as shares, 0..1, of an image's width and height."""


@dataclasses.dataclass(frozen=True)
class Crop:
    """How an image of one size becomes an input of another.

    Attributes:
        size: of the image.
        kept: what is kept of the image before it is scaled.
        scaled: the size of that after it is scaled.
        box: the input's place in the scaled image.
    """

    size: Size
    kept: Box
    scaled: Size
    box: Box

    @property
    def region(self) -> Region:
        """The part of the image that the input shows."""
        kept_left, kept_top, kept_right, kept_bottom = self.kept
        left, top, right, bottom = self.box
        across = (kept_right - kept_left) / self.scaled[0]
        down = (kept_bottom - kept_top) / self.scaled[1]
        width, height = self.size
        return (
            (kept_left + left * across) / width,
            (kept_top + top * down) / height,
            (kept_left + right * across) / width,
            (kept_top + bottom * down) / height,
        )


def find_crop(image: Size, target: Size, resize: int) -> Crop:
    """Return how an image becomes an input: what torchvision's and timm's transforms do.

    An image of just the input's size goes in pixel for pixel, though: it was made for the
    network, as noise and feature visualizations are, and scaling would blur what they are about.

    Args:
        image: its size.
        target: the input's size.
        resize: the image's shorter side before the crop, in pixels. Where the crop is longer
            than the image scaled so, the image is made larger, not padded.
    """
    if image == target:
        return Crop(image, (0, 0, *image), image, (0, 0, *image))
    kept = _without_far_ends(image, target)
    width, height = kept[2] - kept[0], kept[3] - kept[1]
    short = max(
        resize,
        math.ceil(min(width, height) * target[0] / width),
        math.ceil(min(width, height) * target[1] / height),
    )
    if width <= height:
        scaled = (short, int(short * height / width))
    else:
        scaled = (int(short * width / height), short)
    # Rounded as torchvision's centre crop rounds: half to even.
    left = round((scaled[0] - target[0]) / 2)
    top = round((scaled[1] - target[1]) / 2)
    return Crop(image, kept, scaled, (left, top, left + target[0], top + target[1]))


def _without_far_ends(image: Size, target: Size) -> Box:
    """Leave out the far ends of a very long image, which the crop would drop in any case.

    Scaling a strip of 1 x 1,000,000 pixels whole would ask for 50 GB.
    """
    limit = math.ceil(16 * max(target) / min(target) * min(image))
    width, height = (min(side, limit) for side in image)
    left, top = (image[0] - width) // 2, (image[1] - height) // 2
    return left, top, left + width, top + height
