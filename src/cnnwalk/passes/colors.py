"""Colours that tell classes apart, for eyes that see all colours and for eyes that do not."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import numpy.typing as npt

_COUNT = 64
_FIRST = "#56b4e9"
"""The sky blue of the palette of Okabe and Ito."""

# Bright enough to stand on the dark hall, dark enough to differ from white.
_LIGHTNESS = 0.62, 0.9
_CHROMA = 0.12

# From linear sRGB to what eyes without one kind of cones see, in linear sRGB: Machado,
# Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency" (2009), severity 1.0.
_VISIONS = (
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
)
# From linear sRGB to the cones' answers and on to Oklab: Ottosson, "A perceptual color space
# for image processing" (2020).
_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)

_Rows = npt.NDArray[np.float64]


def class_color(index: int) -> str:
    """Return the colour of a class, the same in every image, such as ``#56b4e9``.

    Classes of low numbers differ most; from 64 on colours come again.
    """
    return _palette()[index % _COUNT]


@functools.cache
def _palette() -> tuple[str, ...]:
    """Return colours in an order in which each is as far as can be from all before it.

    How far two colours are is the least of their distances in Oklab over `_VISIONS`.
    """
    steps = range(0, 256, 17)
    levels = np.array(list(itertools.product(steps, repeat=3)), np.float64)
    lightness, *rest = oklab(levels).T
    fits = (_LIGHTNESS[0] <= lightness) & (lightness <= _LIGHTNESS[1])
    levels = levels[fits & (np.hypot(*rest) >= _CHROMA)]
    seen = [oklab(levels, vision) for vision in range(len(_VISIONS))]
    first = [int(_FIRST[at : at + 2], 16) for at in (1, 3, 5)]
    chosen = [int(np.abs(levels - first).sum(1).argmin())]
    nearest = np.full(len(levels), np.inf)
    while len(chosen) < _COUNT:
        distances = [np.linalg.norm(colors - colors[chosen[-1]], axis=1) for colors in seen]
        nearest = np.minimum(nearest, np.min(distances, axis=0))
        chosen.append(int(nearest.argmax()))
    return tuple("#{:02x}{:02x}{:02x}".format(*levels[at].astype(int)) for at in chosen)


def oklab(levels: _Rows, vision: int = 0) -> _Rows:
    """Return colours in Oklab, where distances are differences for the eye.

    Args:
        levels: sRGB in 0..255, of shape (n, 3).
        vision: number in `_VISIONS`: 0 for all cones, 1 without red, 2 without green, 3
            without blue ones.
    """
    shares = levels / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    seen = (linear @ np.array(_VISIONS[vision]).T).clip(0, 1)
    answers: _Rows = np.cbrt(seen @ np.array(_CONES).T) @ np.array(_OKLAB).T
    return answers
