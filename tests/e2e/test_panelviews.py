"""A panel that shows its channels in another order, larger, and a part of its rows."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

SHARP = True
LAYER = "blocks.2.0.conv_pw"
COLUMNS = 15  # of 144 channels


@pytest.fixture
def card(visit):
    """The card of a layer with 144 channels, the visitor before its panel."""
    visit.insert_picture("coffee")
    visit.page.keyboard.press("/")
    visit.page.get_by_role("combobox", name="Search layers").fill(LAYER)
    visit.page.keyboard.press("Enter")
    visit.frames(4)
    visit.page.keyboard.press("l")
    card = visit.page.get_by_role("region", name="Layer")
    card.wait_for()
    detailed = f"cnnwalk.layers.find(({{id}}) => id === '{LAYER}').level === 'detail'"
    visit.until(detailed)
    yield card
    card.get_by_label("Order by").select_option("index")
    card.get_by_label("Maps").select_option("1")
    card.get_by_role("button", name="Close the layer").click()


def spot(visit, channel):
    return visit.until(f"cnnwalk.mapSpot('{LAYER}', {channel})")


def hovered(visit, at):
    """The channel under a place of the page, once the page has said so."""
    visit.page.mouse.move(at["x"] + 40, at["y"] + 40)
    visit.frames(2)
    visit.page.mouse.move(at["x"], at["y"])
    visit.frames(3)
    return visit.tell("cnnwalk.selection.hover?.channel ?? null")


def shown_at(visit, at, side):
    """What is drawn around a place of the page, as side x side brightnesses."""
    visit.page.mouse.move(2, 2)
    clip = {"x": at["x"] - side / 2, "y": at["y"] - side / 2, "width": side, "height": side}
    picture = visit.look(clip).convert("L")
    return np.asarray(picture.resize((14, 14), Image.Resampling.BOX), float)


def likeness(shown, maps):
    """Correlation of what is drawn with each of the maps; 0 where either is the same all over."""
    reduced = maps.reshape(len(maps), 14, 4, 14, 4).mean((2, 4)).reshape(len(maps), -1)
    reduced = reduced - reduced.mean(1, keepdims=True)
    drawn = shown.ravel() - shown.mean()
    lengths = np.linalg.norm(reduced, axis=1) * np.linalg.norm(drawn)
    return reduced @ drawn / np.maximum(lengths, 1e-9)


def test_channels_stand_in_the_order_of_their_means(visit, card, oracle):
    truth = oracle.activations(Image.fromarray(data.coffee()))[LAYER]
    places = [spot(visit, channel) for channel in range(2 * COLUMNS)]
    card.get_by_label("Order by").select_option("mean")
    first = int(np.argmax(truth.mean((1, 2))))
    visit.until(
        "([channel, x]) => Math.abs(cnnwalk.mapSpot(channel[0], channel[1]).x - x) < 0.01",
        [[LAYER, first], places[0]["x"]],
    )
    order = np.argsort(-truth.mean((1, 2)), kind="stable")
    # Those that lie in view beside the card, from the second row.
    for rank in (COLUMNS + 5, COLUMNS + 8, COLUMNS + 11):
        channel = int(order[rank])
        at = spot(visit, channel)
        assert (at["x"], at["y"]) == pytest.approx((places[rank]["x"], places[rank]["y"]), abs=0.01)
        assert hovered(visit, at) == channel
        width = places[rank + 1]["x"] - places[rank]["x"]
        alike = likeness(shown_at(visit, at, 0.8 * width), truth)
        assert np.argmax(alike) == channel
        assert alike[channel] > 0.5
    visit.picture("panel-by-mean")


def test_larger_maps_are_scrolled_with_the_wheel_and_the_card(visit, card):
    every = [spot(visit, channel) for channel in range(2)]
    card.get_by_label("Maps").select_option("2")
    visit.until("(x) => cnnwalk.mapSpot('blocks.2.0.conv_pw', 0).x > x + 1", every[0]["x"])
    # Seven columns and five rows, more than twice as far apart.
    step = spot(visit, 1)["x"] - spot(visit, 0)["x"]
    assert step > 1.9 * (every[1]["x"] - every[0]["x"])
    at = spot(visit, 11)
    assert hovered(visit, at) == 11
    before = visit.tell("cnnwalk.camera")
    visit.page.mouse.wheel(0, 200)
    visit.until("cnnwalk.selection.hover?.channel === 25")
    assert visit.tell("cnnwalk.camera") == before
    card.get_by_text("rows 3–7 of 21").wait_for()
    visit.picture("panel-scrolled")
    card.get_by_role("button", name="Rows below").click()
    assert hovered(visit, at) == 25 + 5 * 7
    # What is taken is what is seen.
    visit.page.mouse.click(at["x"], at["y"])
    visit.until(
        "cnnwalk.selection.held?.kind === 'map' && cnnwalk.selection.held.map.channel === 60"
    )


def test_signs_are_blue_and_orange_where_that_is_chosen(visit):
    """The input layer is normalized, so it has both."""
    visit.insert_picture("coffee")
    visit.page.keyboard.press("/")
    visit.page.get_by_role("combobox", name="Search layers").fill("input")
    visit.page.keyboard.press("Enter")
    visit.frames(4)

    def colors():
        at = visit.until("cnnwalk.mapSpot('input', 1)")
        visit.page.mouse.move(2, 2)
        clip = {"x": at["x"] - 60, "y": at["y"] - 60, "width": 120, "height": 120}
        return np.asarray(visit.look(clip), float).reshape(-1, 3)

    def warm(pixels):
        red, _, blue = pixels.T
        return float(np.mean(red > blue + 30)), float(np.mean(blue > red + 30))

    orange, blue = warm(colors())
    assert orange < 0.02 < blue
    visit.page.get_by_role("button", name="Settings").click()
    visit.page.get_by_label("blue to orange").check()
    visit.page.keyboard.press("Escape")
    visit.frames(3)
    orange, blue = warm(colors())
    assert min(orange, blue) > 0.05
    visit.picture("panel-safe-colors")
