from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def picture() -> Callable[..., Image.Image]:
    """Make a smooth picture, which survives lossy formats, another one for each seed."""

    def make(width: int = 40, height: int = 30, seed: int = 0) -> Image.Image:
        coarse = np.random.default_rng(seed).integers(0, 256, (3, 4, 3), dtype=np.uint8)
        return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)

    return make


@pytest.fixture
def file_bytes() -> Callable[..., bytes]:
    def encode(image: Image.Image, kind: str, **options: object) -> bytes:
        data = io.BytesIO()
        image.save(data, kind, **options)
        return data.getvalue()

    return encode
