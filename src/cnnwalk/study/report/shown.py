"""Pictures as addresses that hold them, so that the page needs no other file."""

from __future__ import annotations

import base64
import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from cnnwalk.pixels import Pixels, preview
from cnnwalk.server.mapsheet import levels_of

_GAP = (58, 62, 70)
_FULL = 99.5
_QUALITY = 88
_SHAPE = 2.0
"""Width of a sheet over its height."""


def sheet(maps: npt.NDArray[np.float32]) -> str:
    """Return all feature maps of a layer on one sheet, a value to a pixel, as a data address.

    They stand in rows, channel 0 at the upper left, with a pixel between them, in the paper's
    colours. All share one scale: the magnitude that 99.5 % of the values do not exceed is as
    bright as can be.

    Args:
        maps: of shape (K, h, w).
    """
    count, height, width = maps.shape
    columns = min(count, max(1, round(math.sqrt(_SHAPE * count * (height + 1) / (width + 1)))))
    rows = math.ceil(count / columns)
    finite = np.abs(maps[np.isfinite(maps)])
    levels = levels_of(maps, float(np.percentile(finite, _FULL)) if finite.size else 0.0)
    picture = np.empty((rows * (height + 1) + 1, columns * (width + 1) + 1, 3), np.uint8)
    picture[:] = _GAP
    for at, level in enumerate(levels):
        top, left = (at // columns) * (height + 1) + 1, (at % columns) * (width + 1) + 1
        picture[top : top + height, left : left + width] = level
    return _address(Image.fromarray(picture), "PNG")


def picture(pixels: Pixels) -> str:
    """Return an image as people see it, nearly without loss, as a data address."""
    return _address(preview(pixels), "WEBP")


def _address(image: Image.Image, kind: str) -> str:
    data = io.BytesIO()
    image.save(data, kind, quality=_QUALITY)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(data.getvalue()).decode()}"
