"""All feature maps of a layer as one picture, in the colours and in the grid of its panel."""

from __future__ import annotations

import dataclasses
import io
import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from cnnwalk.layout.panels import grid_of

Scaling = Literal["layer", "channel"]
"""What is as bright as can be: the layer's largest magnitude, or each channel's own."""

Colors = Literal["paper", "safe"]
"""The colours of values: the paper's, or those that every kind of colour vision tells apart."""


@dataclasses.dataclass(frozen=True)
class _Palette:
    """What is positive, negative and no number, in shares of red, green and blue."""

    positive: tuple[float, float, float]
    negative: tuple[float, float, float]
    non_finite: tuple[float, float, float]


# As the page draws them.
_PALETTES = {
    "paper": _Palette((1.0, 1.0, 1.0), (0.10, 0.45, 1.0), (1.0, 0.0, 1.0)),
    "safe": _Palette((1.0, 0.58, 0.08), (0.10, 0.55, 1.0), (1.0, 1.0, 1.0)),
}

_BACKGROUND = (18, 20, 24)
_TEXT = (222, 226, 232)
_FAINT = (150, 156, 166)
_GAP = 2
_MARGIN = 8
_TITLE = 34
_NUMBERS = 46
_SMALLEST_CELL = 48
_MOST_PIXELS = 48 * 2**20
_SMALL = ImageFont.load_default(12)
_LARGE = ImageFont.load_default(16)


def map_sheet(
    maps: npt.NDArray[np.float32], scaling: Scaling, title: str, colors: Colors = "paper"
) -> bytes:
    """Return all feature maps of a layer as a PNG file.

    They stand in rows as on the layer's panel, with the number of each row's first channel before
    it. Small maps are enlarged, a value to a square of pixels; large ones are reduced where the
    sheet would have more than 48 Mi pixels.

    Args:
        maps: of shape (C, h, w).
        scaling: as on the panel.
        title: one line above.
        colors: as on the panel.
    """
    channels, height, width = maps.shape
    columns = grid_of(maps.shape).columns
    rows = math.ceil(channels / columns)
    size = _cell_size(width, height, columns * rows)
    left, top = _MARGIN + _NUMBERS, _MARGIN + _TITLE
    across, down = size[0] + _GAP, size[1] + _GAP
    wide = max(left + columns * across, 2 * _MARGIN + round(_LARGE.getlength(title)))
    sheet = Image.new("RGB", (wide + _MARGIN, top + rows * down + _MARGIN), _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, top // 2), title, _TEXT, _LARGE, anchor="lm")
    full = _magnitudes(maps)
    if scaling == "layer":
        full = np.full_like(full, full.max())
    for row in range(rows):
        upper = top + row * down
        first = row * columns
        draw.text((left - _MARGIN, upper), str(first), _FAINT, _SMALL, anchor="ra")
        for channel in range(first, min(channels, first + columns)):
            cell = _cell(maps[channel], float(full[channel]), size, colors)
            sheet.paste(cell, (left + (channel - first) * across, upper))
    data = io.BytesIO()
    sheet.save(data, "PNG", compress_level=1)
    return data.getvalue()


def _magnitudes(maps: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return each channel's largest finite magnitude."""
    finite = np.where(np.isfinite(maps), maps, 0)
    largest: npt.NDArray[np.float64] = np.abs(finite).max((1, 2)).astype(np.float64)
    return largest


def _cell_size(width: int, height: int, count: int) -> tuple[int, int]:
    """Return the width and height of a map on a sheet with so many of them, in pixels."""
    whole = max(1, math.ceil(_SMALLEST_CELL / max(width, height)))
    fitting = math.sqrt(_MOST_PIXELS / (width * height * count))
    scale = whole if whole <= fitting else min(1.0, fitting)
    return max(1, int(width * scale)), max(1, int(height * scale))


def levels_of(
    values: npt.NDArray[np.float32], full: float, colors: Colors = "paper"
) -> npt.NDArray[np.uint8]:
    """Return values in the colours of feature maps: negative blue, zero black, positive white.

    What is not finite is magenta. Of the safe colours what is positive is orange, and what is not
    finite white.

    Args:
        values: of any shape.
        full: the magnitude that is shown as bright as can be, like all beyond; 0 where all is 0.
        colors: the colours.

    Returns:
        Red, green and blue in 0..255, along a last axis of their own.
    """
    finite = np.isfinite(values)
    shares = np.where(finite, values, 0).astype(np.float64) / (full or 1.0)
    shares = shares.clip(-1, 1)[..., None]
    palette = _PALETTES[colors]
    shown = np.where(shares >= 0, palette.positive, palette.negative) * np.abs(shares)
    shown[~finite] = palette.non_finite
    levels: npt.NDArray[np.uint8] = np.rint(255 * shown).astype(np.uint8)
    return levels


def _cell(
    values: npt.NDArray[np.float32], full: float, size: tuple[int, int], colors: Colors
) -> Image.Image:
    """Return a map as a picture.

    Args:
        values: of shape (h, w).
        full: as for `levels_of`.
        size: width and height in pixels.
        colors: the colours.
    """
    image = Image.fromarray(levels_of(values, full, colors))
    larger = size[0] >= image.width and size[1] >= image.height
    return image.resize(size, Image.Resampling.NEAREST if larger else Image.Resampling.BOX)
