"""Many pictures of a layer on one sheet, to be looked at together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont

from cnnwalk.featvis.picture import Picture
from cnnwalk.pixels import preview

_BACKGROUND = (18, 20, 24)
_EMPTY = (40, 43, 50)
_TEXT = (222, 226, 232)
_FAINT = (150, 156, 166)
_GAP = 8
_LINE = 16
_TITLE = 34
_SMALL = ImageFont.load_default(12)
_LARGE = ImageFont.load_default(16)

_BEFORE_ACTIVATION = "before activation"
_DEAD = "dead"


def contact_sheet(
    pictures: Mapping[int, Picture],
    cell: int = 112,
    *,
    title: str = "",
    names: Sequence[str] | None = None,
) -> Image.Image:
    """Return all pictures in a grid, each above the number of its channel.

    A silent channel is said to be so in words: ``before activation`` where the picture maximizes
    the value before the activation function, ``dead`` in an empty cell where there is none.

    Args:
        pictures: by channel, in the order in which they are shown; all of one size.
        cell: longer side of a picture on the sheet in pixels.
        title: one line above; the sheet is as wide as it needs.
        names: of all channels, such as those of classes; shown as far as there is room.

    Returns:
        RGB.
    """
    columns = max(1, min(len(pictures), math.ceil(math.sqrt(1.5 * len(pictures)))))
    rows = math.ceil(len(pictures) / columns)
    size = _size(pictures, cell)
    lines = 1 + any(each.silence == "before_activation" for each in pictures.values())
    top = _GAP + (_TITLE if title else 0)
    across, down = size[0] + _GAP, size[1] + lines * _LINE + 2 * _GAP
    width = max(columns * across, round(_LARGE.getlength(title)) + _GAP) + _GAP
    sheet = Image.new("RGB", (width, top + rows * down), _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((_GAP, top // 2), title, _TEXT, _LARGE, anchor="lm")
    for place, (channel, picture) in enumerate(pictures.items()):
        left, upper = _GAP + place % columns * across, top + place // columns * down
        sheet.paste(_fitted(picture, size), (left, upper))
        label = f"{channel} {names[channel]}" if names else str(channel)
        below = upper + size[1] + _GAP // 2
        draw.text((left, below), _cut(label, size[0]), _TEXT, _SMALL)
        if picture.silence == "before_activation":
            draw.text((left, below + _LINE), _cut(_BEFORE_ACTIVATION, size[0]), _FAINT, _SMALL)
    return sheet


def _size(pictures: Mapping[int, Picture], cell: int) -> tuple[int, int]:
    """Return the width and height of every picture on the sheet."""
    shapes = (each.pixels.shape for each in pictures.values() if each.pixels is not None)
    height, width, _ = next(shapes, (1, 1, 0))
    scale = cell / max(height, width)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _fitted(picture: Picture, size: tuple[int, int]) -> Image.Image:
    if picture.pixels is not None:
        image = preview(picture.pixels)
        # The pixels of small pictures stay sharp squares.
        small = size[0] >= 2 * image.width
        return image.resize(size, Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS)
    empty = Image.new("RGB", size, _EMPTY)
    centre = (size[0] / 2, size[1] / 2)
    ImageDraw.Draw(empty).text(centre, _DEAD, _FAINT, _LARGE, anchor="mm")
    return empty


def _cut(text: str, width: int) -> str:
    """Return as much of a text as there is room for."""
    if _SMALL.getlength(text) <= width:
        return text
    while text and _SMALL.getlength(f"{text}...") > width:
        text = text[:-1]
    return f"{text.rstrip()}..."
