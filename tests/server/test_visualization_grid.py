"""Grids of pictures, read back cell by cell."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cnnwalk.server.downloads import file_name
from cnnwalk.server.picturegrid import picture_grid


def read(grid: bytes) -> np.ndarray:
    """Return (H, W, 4) uint8."""
    picture = Image.open(io.BytesIO(grid))
    assert picture.format == "WEBP"
    return np.asarray(picture.convert("RGBA"))


def random_pixels(seed, height=32, width=32, channels=3):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


@pytest.mark.parametrize(
    ("count", "rows", "columns"), [(1, 1, 1), (15, 1, 15), (16, 1, 16), (17, 2, 16), (40, 3, 16)]
)
def test_cells_stand_in_rows_of_sixteen(count, rows, columns):
    pictures = [random_pixels(n) for n in range(count)]
    grid = read(picture_grid(pictures, (32, 32), 32))
    assert grid.shape == (rows * 32, columns * 32, 4)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, 16)
        cell = grid[row * 32 : (row + 1) * 32, column * 32 : (column + 1) * 32]
        assert (cell[..., :3] == picture).all()  # lossless, since nothing is scaled
        assert (cell[..., 3] == 255).all()
    filled = np.zeros((rows, 16), bool)
    filled.flat[:count] = True
    for row, column in zip(*np.nonzero(~filled[:, :columns]), strict=True):
        assert not grid[row * 32 : (row + 1) * 32, column * 32 : (column + 1) * 32].any()


def test_a_cell_without_a_picture_is_transparent():
    grid = read(picture_grid([random_pixels(0), None, random_pixels(1)], (32, 32), 8))
    assert grid.shape == (8, 24, 4)
    assert [int(grid[:, x : x + 8, 3].min()) for x in (0, 8, 16)] == [255, 0, 255]
    assert not grid[:, 8:16].any()


def test_cells_have_the_proportions_of_the_input():
    wide = read(picture_grid([random_pixels(0, 30, 60)], (60, 30), 20))
    assert wide.shape == (10, 20, 4)
    thin = read(picture_grid([random_pixels(0, 300, 1)], (1, 300), 16))
    assert thin.shape == (16, 1, 4)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_pictures_of_any_number_of_channels_are_shown(channels):
    pixels = random_pixels(3, channels=channels)
    cell = read(picture_grid([pixels], (32, 32), 32))[..., :3]
    shown = pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    assert (cell == shown).all()


def test_large_pictures_are_averaged_not_sampled():
    """Black and white columns become grey; a picture of one colour keeps it at its edges."""
    stripes = np.zeros((224, 224, 3), np.uint8)
    stripes[:, ::2] = 255
    cell = read(picture_grid([stripes], (224, 224), 64))[4:-4, 4:-4, :3]
    assert abs(cell.astype(int) - 127.5).max() < 24
    plain = np.full((224, 224, 3), (200, 30, 90), np.uint8)
    assert (read(picture_grid([plain], (224, 224), 64))[..., :3] == (200, 30, 90)).all()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("small", "conv1", "natural", "channel_00003"), "small_conv1_natural_channel_00003.png"),
        (("../../etc/passwd",), "etc-passwd.png"),
        (('a"b\r\nSet-Cookie: c',), "a-b-Set-Cookie-c.png"),
        (("Netz äöü", "层"), "Netz-_-.png"),
        (("…",), "picture.png"),
        (("x" * 400,), f"{'x' * 150}.png"),
    ],
)
def test_file_names_are_safe_everywhere(parts, expected):
    assert file_name(*parts, suffix=".png") == expected
