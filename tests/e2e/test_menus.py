"""The headset's boards: opened, read, and pressed with a ray."""

import json

import numpy as np
import pytest
from headset import Headset
from PIL import Image
from skimage import data

MOVES_PANELS = True
LAYER = "conv_stem"


@pytest.fixture(scope="module")
def wearer(visitors, demo):
    visit = visitors(640, 360).open(demo.url, "&xr=emulate")
    yield Headset(visit).enter()
    visit.check(demo.origin)


@pytest.fixture
def headset(wearer):
    wearer.rest()
    # The off hand hangs down, so that its plate hides nothing.
    wearer.hold("left", (-0.3, 0.7, -0.1), (0, 0, 0, 1))
    return wearer


def press(headset, label):
    """Point at a button and press it."""
    find = f"cnnwalk.xr.menus.buttons.find((one) => one.label === {json.dumps(label)})"
    headset.aim("right", find)
    headset.click()


def on_slider(headset, share):
    """A place on the way of the first slider that is shown, as a share from its left end."""
    slider = headset.tell("cnnwalk.xr.menus.sliders[0]")
    ends = [(slider["from"][axis], slider["to"][axis]) for axis in "xyz"]
    return dict(zip("xyz", (a + share * (b - a) for a, b in ends), strict=True))


def open_menu(headset, page):
    if headset.tell("cnnwalk.xr.menus.open") != "menu":
        headset.click("left", "y-button")
    headset.until("cnnwalk.xr.menus.open === 'menu'")
    press(headset, page)
    headset.until(f"cnnwalk.xr.menus.page === '{page}'")


def open_layer(headset):
    headset.go_to(LAYER)
    headset.aim("right", f"cnnwalk.mapPlace('{LAYER}', 0)")
    headset.click("right", "b-button")
    headset.until("cnnwalk.xr.menus.open === 'layer'")


def turn_to(headset, page):
    """Show a page of the menu; two of them are reached from another one."""
    if page in ("Search", "Map"):
        press(headset, "Places")
    press(headset, page)
    headset.until("(page) => cnnwalk.xr.menus.page === page", page)


def assert_is_readable(headset, lines="cnnwalk.xr.menus.lines"):
    """The first capital of everything that is written is high enough, as the eye sees it."""
    eye, written = headset.tell(f"[cnnwalk.camera, {lines}]")
    eye = np.array([eye[axis] for axis in "xyz"])
    found = {}
    for line in written:
        ends = (np.array([line[end][axis] for axis in "xyz"]) - eye for end in ("foot", "head"))
        foot, head = (way / np.linalg.norm(way) for way in ends)
        found[line["text"]] = np.degrees(2 * np.arcsin(np.linalg.norm(head - foot) / 2))
    assert len(found) > 8
    assert {text: high for text, high in found.items() if high < 1.3} == {}


def test_every_page_of_the_menu_can_be_read_and_costs_little(headset):
    headset.take_picture(headset.tell("cnnwalk.draw.images[0].name"))
    assert headset.tell("cnnwalk.xr.hologram.textDegrees") >= 1.3
    open_menu(headset, "Images")
    press(headset, "Results in view")
    headset.until("cnnwalk.xr.menus.bulletin.length >= 5")
    assert headset.tell("cnnwalk.views") == 2
    for page in ("Places", "Network", "Walking", "Search", "Map", "Images"):
        turn_to(headset, page)
        assert headset.tell("cnnwalk.xr.tool.visible && cnnwalk.xr.hologram.visible")
        assert 0 < headset.tell("cnnwalk.drawCalls") <= 60
        assert_is_readable(headset)
    assert 0 < headset.tell("cnnwalk.textureBytes") <= 192 * 2**20
    press(headset, "Results in view")
    press(headset, "Images beside me")
    headset.frames()
    assert_is_readable(headset, "cnnwalk.xr.images")
    press(headset, "Images beside me")
    headset.click("left", "y-button")
    headset.until("cnnwalk.xr.menus.open === 'none'")


def test_a_block_of_the_outline_is_a_place_to_go_to(headset):
    open_menu(headset, "Places")
    press(headset, "Fly to blocks.1")
    before = """() => {
        const { x, z } = cnnwalk.layers.find(({ id }) => id.startsWith('blocks.1.')).pose;
        const { camera } = cnnwalk;
        return Math.abs(camera.x - x) < 2 && camera.z > z && camera.z - z < 5;
    }"""
    headset.until(before)
    # One wants to see the panel now, not the board.
    assert headset.tell("cnnwalk.xr.menus.open") == "none"


def test_letters_find_a_layer_without_a_keyboard(headset):
    open_menu(headset, "Places")
    press(headset, "Search")
    for letter in "head":
        press(headset, f"Key {letter}")
    headset.picture("menu_search")
    press(headset, "Fly to conv_head")
    near = """() => {
        const { x, z } = cnnwalk.layers.find(({ id }) => id === 'conv_head').pose;
        return Math.hypot(x - cnnwalk.camera.x, z - cnnwalk.camera.z) < 5;
    }"""
    headset.until(near)


def test_brightness_is_chosen_for_all_maps(headset, oracle):
    truth = oracle.activations(Image.fromarray(data.coffee()))[LAYER].max((1, 2))
    weak = int(np.argmin(np.where(truth > 0.01, truth, np.inf)))
    brightest = f"Math.max(...cnnwalk.texels('{LAYER}', {weak}, 'base'))"
    open_menu(headset, "Network")
    before = headset.tell(brightest)
    assert before < 255
    press(headset, "Brightness: per channel")
    headset.until(f"{brightest} > {before}")
    press(headset, "Brightness: per layer")
    headset.until(f"{brightest} === {before}")


def test_a_slider_scales_the_halls_when_it_is_let_go(headset):
    open_menu(headset, "Network")
    headset.aim("right", on_slider(headset, 0.5))
    headset.press("right")
    headset.aim("right", on_slider(headset, 1))
    assert headset.tell("cnnwalk.xr.rig.scale") == 1
    headset.release("right")
    headset.until("Math.abs(cnnwalk.xr.rig.scale - 1 / 4) < 0.01")
    # The board stands again where the smaller visitor reads it.
    headset.frames()
    assert_is_readable(headset)
    headset.aim("right", on_slider(headset, 1 / 2))
    headset.click()
    headset.until("Math.abs(cnnwalk.xr.rig.scale - 1) < 0.06")


def test_the_layer_board_orders_and_enlarges(headset, oracle):
    truth = oracle.activations(Image.fromarray(data.coffee()))[LAYER]
    open_layer(headset)
    assert_is_readable(headset)
    headset.picture("layer_board")
    press(headset, "Order by: mean")
    view = f"cnnwalk.layers.find(({{ id }}) => id === '{LAYER}').view"
    headset.until(f"{view}?.order != null")
    largest = int(truth.mean((1, 2)).argmax())
    assert headset.tell(f"{view}.order[0]") == largest
    press(headset, "Maps: 2 \u00d7 as large")
    headset.until(f"{view}.zoom === 2")
    press(headset, "Down")
    headset.until(f"{view}.row > 0")
    press(headset, "Maps: all")
    press(headset, "Order by: number")
    headset.until(f"{view} === null")


def test_the_layer_board_tells_figures_and_moves_the_panel(headset, oracle):
    truth = oracle.activations(Image.fromarray(data.coffee()))[LAYER]
    if headset.tell("cnnwalk.xr.menus.open") != "layer":
        open_layer(headset)
    press(headset, "Figures")
    lines = [one["text"] for one in headset.tell("cnnwalk.xr.menus.lines")]
    assert f"most {truth.max():.4g}" in lines
    assert f"mean {truth.mean():.4g}" in lines
    assert_is_readable(headset)
    press(headset, "Pictures")
    headset.until("cnnwalk.xr.menus.page === 'Pictures'")
    assert_is_readable(headset)
    press(headset, "Arrange")
    assert_is_readable(headset)
    width = f"cnnwalk.layers.find(({{ id }}) => id === '{LAYER}').pose.cell_width"
    before = headset.tell(width)
    headset.aim("right", on_slider(headset, 0.98))
    headset.click()
    headset.until(f"{width} > {4 * before}")
    headset.picture("layer_arrange")
    press(headset, "Reset")
    headset.until(f"Math.abs({width} - {before}) < 1e-9")
    press(headset, "Close")
    headset.until("cnnwalk.xr.menus.open === 'none'")
