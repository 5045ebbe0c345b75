"""Panels that show feature visualizations: what is drawn on them, and what one does with it."""

import io

import numpy as np
import pytest
from PIL import Image

# 40 channels: number 3 is dead before its activation function, too, number 7 only after it.
NETWORK = """
import torch
from torch import nn

def build():
    torch.manual_seed(1)
    stem = nn.Sequential(nn.Conv2d(3, 40, 3, padding=1), nn.ReLU())
    with torch.no_grad():
        stem[0].weight[3] = 0
        stem[0].bias[3] = -1
        stem[0].bias[7] = -1000
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(40, 4))
    return nn.Sequential(stem, head)
"""
LAYER = "0.0"
CHANNELS = 40
SIDE = 64
FLAT = (3, 130, 251)


@pytest.fixture(scope="module")
def small(serve, tmp_path_factory):
    file = tmp_path_factory.mktemp("turned") / "small.py"
    file.write_text(NETWORK)
    size = ("--input-size", f"{SIDE}x{SIDE}")
    with serve("walk", f"{file}:build", *size, state="turned") as walk:
        yield walk


@pytest.fixture(scope="module")
def turned(small, visitors):
    """A visitor before the first layer, whose pictures were made in few steps."""
    visit = visitors(sharp=True).open(small.url)
    job = visit.tell(
        """async ([layer]) => {
            const body = JSON.stringify({layer, steps: 2, mode: 'natural'});
            const headers = {'Content-Type': 'application/json'};
            const url = `api/networks/${cnnwalk.networks[0].id}/visualizations`;
            return await (await fetch(url, {method: 'POST', body, headers})).json();
        }""",
        [LAYER],
    )
    visit.page.reload()
    visit.until("window.cnnwalk?.progress?.stage === 'done'")
    go_to(visit, LAYER)
    visit.click(f"cnnwalk.buttonSpot('{LAYER}')")
    every = f"[...Array({CHANNELS}).keys()].every"
    visit.until(f"{every}((channel) => !{shows('channel')}.match(/waiting|forming/))")
    yield visit, job["id"]
    visit.check(small.origin)


def shows(channel):
    return f"cnnwalk.pictureShows('{LAYER}', {channel})"


def go_to(visit, layer):
    visit.page.keyboard.press("/")
    visit.page.keyboard.type(layer)
    visit.page.keyboard.press("Enter")
    visit.frames(4)


def pixels_of(visit, url):
    read = """async (url) => {
        const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
        return Array.from(bytes);
    }"""
    return np.asarray(Image.open(io.BytesIO(bytes(visit.tell(read, url)))).convert("RGB"))


def test_the_button_turns_the_panel_and_turns_it_back(turned):
    visit, _ = turned
    shown = f"cnnwalk.layers.find(({{id}}) => id === '{LAYER}').shows"
    assert visit.tell(shown) == "pictures"
    visit.click(f"cnnwalk.buttonSpot('{LAYER}')")
    visit.until(f"{shown} === 'activations'")
    visit.click(f"cnnwalk.buttonSpot('{LAYER}')")
    visit.until(f"{shown} === 'pictures' && {shows(0)} === 'picture'")
    visit.picture("turned-panel")


def test_cells_tell_pictures_from_silent_channels(turned):
    visit, job = turned
    assert visit.tell(shows(3)) == "dead"
    assert visit.tell(shows(7)) == "before"
    dead = visit.tell(
        "async (id) => (await (await fetch('api/visualizations')).json())[0].dead", job
    )
    assert 3 in dead
    for channel in range(CHANNELS):
        assert (visit.tell(shows(channel)) == "dead") == (channel in dead)


def test_the_texels_are_the_bytes_of_the_picture(turned):
    visit, job = turned
    for channel in (0, 7, CHANNELS - 1):
        facts = visit.tell(
            "async (url) => (await fetch(url)).json()",
            f"api/visualizations/{job}/channels/{channel}",
        )
        full = pixels_of(visit, f"api/images/{facts['image']['id']}")
        texels = visit.tell(f"cnnwalk.pictureTexels('{LAYER}', {channel})")
        drawn = np.array(texels, np.uint8).reshape(SIDE, SIDE, 4)[..., :3]
        np.testing.assert_array_equal(drawn, full)
    other = visit.tell(f"cnnwalk.pictureTexels('{LAYER}', 1)")
    assert (np.array(other, np.uint8).reshape(SIDE, SIDE, 4)[..., :3] != full).any()


def test_a_click_takes_a_picture_in_hand_and_the_right_button_magnifies_it(turned):
    visit, _ = turned
    visit.click(f"cnnwalk.mapSpot('{LAYER}', 9)")
    visit.until("cnnwalk.selection.held?.image.origin === 'visualization'")
    held = visit.tell("cnnwalk.selection.held.visualization")
    assert (held["layer"], held["channel"]) == (LAYER, 9)
    image = visit.tell("cnnwalk.selection.held.image.id")
    visit.click(f"cnnwalk.mapSpot('{LAYER}', 9)", button="right")
    visit.until(f"cnnwalk.selection.magnified?.image.id === '{image}'")
    visit.page.keyboard.press("Escape")
    visit.until("cnnwalk.selection.magnified === null")
    visit.page.keyboard.press("Escape")
    visit.until("cnnwalk.selection.held === null")


def test_pictures_come_back_after_the_gpu_lost_them(turned):
    visit, _ = turned
    read = f"cnnwalk.pictureTexels('{LAYER}', 0)"
    before = visit.tell(read)
    visit.tell(
        """() => {
            const gl = document.querySelector('canvas').getContext('webgl2');
            window.lost = gl.getExtension('WEBGL_lose_context');
            document.querySelector('canvas').addEventListener(
                'webglcontextlost', () => { window.isLost = true; });
            lost.loseContext();
        }"""
    )
    visit.until("window.isLost")
    visit.tell("lost.restoreContext()")
    visit.until(f"{shows(0)} === 'waiting'")
    visit.until(f"{shows(0)} === 'picture' && {shows(3)} === 'dead'")
    assert visit.tell(read) == before
    # What the browser says about it is no failure of the page.
    visit.console_errors[:] = [text for text in visit.console_errors if "Context Lost" not in text]


def test_colours_appear_on_the_screen_as_they_are(turned):
    visit, _ = turned
    sheet = io.BytesIO()
    Image.new("RGB", (16 * SIDE, 3 * SIDE), FLAT).save(sheet, "png")
    flat = {"content_type": "image/png", "body": sheet.getvalue()}
    visit.page.route("**/pictures?*", lambda route: route.fulfill(**flat))
    visit.click(f"cnnwalk.buttonSpot('{LAYER}')")
    visit.until(f"{shows(20)} === 'waiting'")
    visit.click(f"cnnwalk.buttonSpot('{LAYER}')")
    visit.until(f"{shows(20)} === 'picture'")
    at = visit.tell(f"cnnwalk.mapSpot('{LAYER}', 20)")
    screen = np.asarray(visit.look(), int)
    shown = screen[round(at["y"]), round(at["x"])]
    assert np.abs(shown - FLAT).max() <= 1, shown
