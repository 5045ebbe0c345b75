"""Pictures as PNG files, and many of them on a sheet."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cnnwalk.featvis import FeatureVisualizationError, Picture
from cnnwalk.featvis.png import to_png
from cnnwalk.featvis.sheet import contact_sheet

FACTS = {"layer": "blocks.1:add", "network": "Netz “Größe” №5", "rate": "0.05", "direction": ""}


def picture(height, width, channels, silence=None, seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    return Picture(None if silence == "dead" else values, silence, None, 1.0)


def read(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_what_people_can_see_is_saved_without_loss(channels, mode):
    made = picture(9, 14, channels)
    image = read(to_png(made, FACTS))
    assert (image.format, image.mode) == ("PNG", mode)
    np.testing.assert_array_equal(np.asarray(image).reshape(9, 14, channels), made.pixels)
    assert image.text == FACTS


@pytest.mark.parametrize(
    ("channels", "shown", "said"),
    [(2, 1, "the first of 2 channels"), (5, 3, "the first 3 of 5 channels")],
)
def test_of_other_channels_a_preview_is_saved_which_says_so(channels, shown, said):
    made = picture(9, 14, channels)
    image = read(to_png(made, FACTS))
    seen = np.asarray(image).reshape(9, 14, shown)
    np.testing.assert_array_equal(seen, made.pixels[:, :, :shown])
    assert image.text == FACTS | {"shown": said}


def test_there_is_no_file_of_a_dead_channel():
    with pytest.raises(FeatureVisualizationError, match=r"dead: no gradient.*Take another"):
        to_png(picture(9, 9, 3, "dead"), FACTS)


def places(sheet, colour):
    """Return the box of all pixels of a colour."""
    rows, columns = np.nonzero((np.asarray(sheet) == colour).all(2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def plain(colour, silence=None, size=(20, 30)):
    return Picture(np.full((*size, 3), colour, np.uint8), silence, None, 1.0)


RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def test_pictures_stand_in_a_grid_in_their_order_and_shape():
    pictures = {5: plain(RED), 0: plain(GREEN), 2: plain((9, 9, 9)), 7: plain(BLUE)}
    sheet = contact_sheet(pictures, 60)
    red, green, blue = (places(sheet, colour) for colour in (RED, GREEN, BLUE))
    for left, top, right, bottom in (red, green, blue):
        assert (right - left, bottom - top) == (60, 40)
    assert red[1] == green[1] < blue[1]
    assert red[0] == blue[0] < green[0]
    assert sheet.size[0] >= green[2]
    assert sheet.size[1] > blue[3] + 12  # its number stands below


def text_in(sheet, box):
    """Return the pixels of a box that are lighter than the background."""
    return np.asarray(sheet.crop(box)).max(2) > 60


def test_numbers_names_and_silence_are_written():
    """What is written is told by what changes: no font is read here."""
    bare = contact_sheet({1: plain(RED)}, 100)
    left, _, right, bottom = places(bare, RED)
    below = (left, bottom, right, bare.size[1])
    number = text_in(bare, below)
    assert number.any()
    assert (text_in(contact_sheet({4: plain(RED)}, 100), below) != number).any()
    named = contact_sheet({1: plain(RED)}, 100, names=["cup", "dog"])
    assert text_in(named, below).sum() > number.sum()
    long = contact_sheet({1: plain(RED)}, 100, names=["", "a name that is far too long"])
    assert long.size == bare.size
    assert not text_in(long, (right, bottom, long.size[0], long.size[1])).any()
    silent = contact_sheet({1: plain(RED, "before_activation")}, 100)
    assert silent.size[1] > bare.size[1]
    second = (left, bottom + 20, right, silent.size[1])
    assert text_in(silent, second).any()
    assert not text_in(bare, second).any()
    dead = contact_sheet({0: plain(RED), 1: picture(20, 30, 3, "dead")}, 100)
    assert text_in(dead, (right, 0, dead.size[0], bottom)).any()


def test_a_title_widens_the_sheet_and_a_sheet_of_dead_channels_is_one():
    title = "EfficientNet-Lite0: layer blocks.1.1, mode natural"
    narrow, titled = contact_sheet({0: plain(RED)}), contact_sheet({0: plain(RED)}, title=title)
    assert titled.size[0] > 2 * narrow.size[0]
    assert titled.size[1] > narrow.size[1]
    sheet = contact_sheet({channel: picture(1, 1, 3, "dead") for channel in range(3)})
    assert min(sheet.size) > 100


def test_the_pixels_of_small_pictures_stay_squares():
    small = Picture(np.array([[[0, 0, 0], [255, 0, 0]]] * 2, np.uint8), None, None, 1.0)
    left, top, right, bottom = places(contact_sheet({0: small}, 80), RED)
    assert (right - left, bottom - top) == (40, 80)


def test_a_thousand_pictures_fit():
    one = picture(8, 8, 1)
    sheet = contact_sheet(dict.fromkeys(range(1000), one), 16)
    assert sheet.size[0] * sheet.size[1] < 1000 * 24 * 48 * 1.2
