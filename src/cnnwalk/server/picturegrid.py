"""Many pictures as one: a grid of small ones, for the cells of a panel."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image

from cnnwalk.pixels import Pixels, preview

COLUMNS = 16
"""Cells in a row of a grid that has more than one row."""

MEDIA_TYPE = "image/webp"

# Of a large reduction, this part is done by plain averages: twice as fast, and by eye the same.
_REDUCING_GAP = 1.5


def picture_grid(pictures: Sequence[Pixels | None], size: tuple[int, int], longer: int) -> bytes:
    """Return pictures in rows of `COLUMNS` cells as a WebP file.

    It is lossless: a lossy WebP halves the resolution of colours, which are what pictures of
    early layers are made of, and takes longer to write.

    The grid is as wide as its first row: of fewer than `COLUMNS` pictures it has no empty
    columns. What a picture is missing for is transparent.

    Args:
        pictures: at least one, all of one size, see `cnnwalk.pixels.preview`.
        size: width and height of the network's input in pixels, whose proportions cells have.
        longer: side of a cell in pixels.
    """
    width, height = cell_size(size, longer)
    columns = min(COLUMNS, len(pictures))
    rows = math.ceil(len(pictures) / COLUMNS)
    grid = Image.new("RGBA", (columns * width, rows * height))
    for place, pixels in enumerate(pictures):
        if pixels is not None:
            small = preview(pixels).resize(
                (width, height), Image.Resampling.LANCZOS, reducing_gap=_REDUCING_GAP
            )
            row, column = divmod(place, COLUMNS)
            grid.paste(small, (column * width, row * height))
    data = io.BytesIO()
    grid.save(data, "WEBP", lossless=True, quality=0, method=0)  # the quickest
    return data.getvalue()


def cell_size(size: tuple[int, int], longer: int) -> tuple[int, int]:
    """Return width and height of a cell for pictures of this width and height."""
    scale = longer / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
