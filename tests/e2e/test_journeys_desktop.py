"""The journeys of the headset at a screen: each gesture with mouse and keyboard, one by one."""

import math

import numpy as np
import pytest
from PIL import Image
from skimage import data

LAYER = "conv_stem"
POSE = f"cnnwalk.layers.find(({{ id }}) => id === '{LAYER}').pose"
ENDS = f"cnnwalk.edgeEnds('{LAYER}')"
ROUNDING = 2e-3  # m, of what the server keeps
STEP = 0.1  # m that a key moves a panel


@pytest.fixture(scope="module")
def truth(oracle):
    """The activations of LAYER for the photograph of coffee, float (channels, height, width)."""
    return oracle.activations(Image.fromarray(data.coffee()))[LAYER]


@pytest.fixture(scope="module")
def walk(restartable):
    with restartable("journeys-desktop") as walk:
        yield walk


@pytest.fixture(scope="module")
def resident(visitors, walk):
    """A visitor who stays from one journey to the next."""
    visit = visitors(sharp=True).open(walk.url)
    yield visit
    visit.check(walk.origin)


def press(visit, *keys):
    for key in keys:
        visit.page.keyboard.press(key)


def fly(visit, layer):
    """Search a layer and stand before its panel."""
    press(visit, "/")
    visit.page.get_by_role("combobox", name="Search layers").fill(layer)
    press(visit, "Enter")
    near = """(layer) => {
        const { x, z } = cnnwalk.layers.find(({ id }) => id === layer).pose;
        return Math.hypot(x - cnnwalk.camera.x, z - cnnwalk.camera.z) < 8;
    }"""
    visit.until(near, layer)
    visit.frames(3)


def scale_on_page(visit):
    """CSS pixels to a metre of the panel that one stands before."""
    left, right = (visit.tell(f"cnnwalk.mapSpot('{LAYER}', {channel})") for channel in (0, 1))
    return (right["x"] - left["x"]) / visit.tell(POSE)["cell_width"]


def carry(visit, pixels):
    """Drag the panel by its header to the right; it and its edges' ends move by so much."""
    before, ends = visit.tell(f"[{POSE}, {ENDS}]")
    metres = pixels / scale_on_page(visit)
    at = visit.until(f"cnnwalk.headerSpot('{LAYER}')")
    visit.page.mouse.move(at["x"], at["y"])
    visit.page.mouse.down()
    visit.page.mouse.move(at["x"] + pixels / 2, at["y"])
    visit.page.mouse.move(at["x"] + pixels, at["y"])
    visit.frames(2)
    visit.picture("journey-desk-panel-in-hand")
    visit.page.mouse.up()
    after, now = visit.tell(f"[{POSE}, {ENDS}]")
    way = {"x": math.cos(before["yaw"]) * metres, "z": -math.sin(before["yaw"]) * metres}
    for axis in "xz":
        assert after[axis] - before[axis] == pytest.approx(way[axis], abs=0.02 * abs(metres))
    for kept in ("y", "yaw", "cell_width", "cell_height"):
        assert after[kept] == pytest.approx(before[kept], abs=1e-6)
    assert len(now) == len(ends) > 1
    for end, moved in zip(ends, now, strict=True):
        for axis in "xz":
            shift = after[axis] - before[axis]
            assert moved[axis] - end[axis] == pytest.approx(shift, abs=ROUNDING)
    return before, after


def undo(visit, pose):
    """Take the last step back: the panel stands as it did."""
    press(visit, "Control+z")
    visit.until(f"Math.abs({POSE}.x - ({pose['x']})) < 1e-6")
    assert visit.tell(POSE) == pytest.approx(pose)


def test_keys_search_and_outline_lead_through_the_walk(visit):
    start = visit.tell("cnnwalk.camera")
    visit.page.keyboard.down("w")
    visit.until(f"cnnwalk.camera.z < {start['z'] - 2}")
    visit.page.keyboard.up("w")
    for layer in (
        "blocks.2.1.conv_dw",
        "blocks.5.0.conv_pw",
        visit.tell("cnnwalk.layers.at(-1).id"),
    ):
        fly(visit, layer)
    visit.picture("journey-desk-last-layer")
    here = visit.tell("cnnwalk.camera")
    visit.page.keyboard.down("Period")
    visit.until("(yaw) => cnnwalk.camera.yaw < yaw - 0.4", here["yaw"])
    visit.page.keyboard.up("Period")
    turned = visit.tell("cnnwalk.camera")
    assert (turned["x"], turned["z"]) == pytest.approx((here["x"], here["z"]), abs=0.01)
    press(visit, "o")
    blocks = visit.page.get_by_role("tree", name="Blocks")
    blocks.get_by_title("Fly to blocks.2", exact=True).click()
    before = """() => {
        const { x, z } = cnnwalk.layers.find(({ id }) => id.startsWith('blocks.2.')).pose;
        return Math.abs(cnnwalk.camera.x - x) < 3 && Math.abs(cnnwalk.camera.z - z) < 8;
    }"""
    visit.until(before)
    visit.picture("journey-desk-outline")
    press(visit, "o")
    blocks.wait_for(state="hidden")


def test_coffee_is_carried_inserted_and_looked_at_value_by_value(visit, oracle, truth):
    visit.insert_picture("retina")
    visit.insert_picture("coffee")
    first = visit.tell("cnnwalk.predictions[0]")
    probabilities = oracle.probabilities(Image.fromarray(data.coffee()))
    assert visit.results()[0][0] == first["label"] == "espresso"
    assert first["index"] == probabilities.argmax()
    assert first["probability"] == pytest.approx(probabilities.max(), abs=1e-3)
    visit.picture("journey-desk-espresso")

    fly(visit, LAYER)
    visit.click(f"cnnwalk.mapSpot('{LAYER}', 5)")
    visit.until("cnnwalk.selection.held?.map.channel === 5 && cnnwalk.hologram.visible")
    spot = visit.until("cnnwalk.hologramSpot")
    visit.page.mouse.move(spot["x"] + 12, spot["y"] + 9)
    visit.until("cnnwalk.hologram.pointed !== null")
    while visit.tell("cnnwalk.hologram.zoom") < 4:
        visit.page.mouse.wheel(0, -300)
        visit.frames(2)
    visit.picture("journey-desk-magnified")
    pointed = visit.tell("cnnwalk.hologram.pointed")
    value = float(pointed["value"].replace("\u2212", "-"))
    assert value == pytest.approx(truth[5, pointed["y"], pointed["x"]], rel=1e-3, abs=1e-6)
    press(visit, "Escape")
    visit.until("cnnwalk.selection.held === null")


def test_a_layers_card_changes_the_brightness_of_its_maps(visit, truth):
    fly(visit, LAYER)
    weak = int(np.argmin(np.where(truth.max((1, 2)) > 0.01, truth.max((1, 2)), np.inf)))
    brightest = f"Math.max(...cnnwalk.texels('{LAYER}', {weak}, 'base'))"
    before = visit.tell(brightest)
    visit.click(f"cnnwalk.headerSpot('{LAYER}')")
    card = visit.page.get_by_role("region", name="Layer", exact=True)
    card.get_by_label("Brightness").select_option(label="per channel")
    visit.until(f"{brightest} > {before}")
    visit.picture("journey-desk-layer-card")
    card.get_by_label("Brightness").select_option(label="per layer")
    visit.until(f"{brightest} === {before}")
    card.get_by_role("button", name="Close the layer").click()
    card.wait_for(state="hidden")


def test_a_panel_goes_with_the_mouse_grows_by_the_wheel_and_steps_by_keys(visit):
    fly(visit, LAYER)
    before, _ = carry(visit, 150)
    undo(visit, before)

    at = visit.until(f"cnnwalk.headerSpot('{LAYER}')")
    visit.page.mouse.move(at["x"], at["y"])
    visit.page.mouse.down()
    visit.page.mouse.move(at["x"] + 30, at["y"])
    visit.page.mouse.wheel(0, -300)
    visit.until(f"{POSE}.cell_width > 1.3 * {before['cell_width']}")
    visit.page.keyboard.down("Shift")
    visit.page.mouse.wheel(0, 150)
    visit.page.keyboard.up("Shift")
    visit.until(f"{POSE}.yaw > {before['yaw']} + 0.3")
    visit.picture("journey-desk-larger")
    visit.page.mouse.up()
    after = visit.tell(POSE)
    assert after["cell_height"] / after["cell_width"] == pytest.approx(
        before["cell_height"] / before["cell_width"], rel=1e-6
    )
    undo(visit, before)

    press(visit, "Alt+ArrowRight")
    visit.until(f"Math.abs({POSE}.x - ({before['x']})) > 0.05")
    moved = visit.tell(POSE)
    shift = math.hypot(moved["x"] - before["x"], moved["z"] - before["z"])
    assert shift == pytest.approx(STEP, abs=ROUNDING)
    undo(visit, before)


def test_who_loads_the_page_again_finds_the_panel_where_it_was_put(visit):
    fly(visit, LAYER)
    before, after = carry(visit, -120)
    visit.reload()
    assert visit.tell(POSE) == pytest.approx(after, abs=ROUNDING)
    fly(visit, LAYER)
    visit.picture("journey-desk-loaded-again")
    press(visit, "l")
    card = visit.page.get_by_role("region", name="Layer", exact=True)
    card.get_by_role("button", name="Reset", exact=True).click()
    visit.until(f"Math.abs({POSE}.x - ({before['x']})) < 1e-6")
    card.get_by_role("button", name="Close the layer").click()


def test_a_server_that_restarts_takes_nothing_away(visit, walk):
    visit.insert_picture("retina")
    button = "Previous" if visit.tell("cnnwalk.draw.offset > 0") else "Next"
    find = "cnnwalk.draw.images.find(({ name }) => name === 'coffee')?.id"
    if not visit.tell(find):
        visit.click(f"cnnwalk.datasetSpot('{button}')")
    coffee = visit.until(find)
    visit.click(f"cnnwalk.datasetSpot('{coffee}')")
    visit.until("cnnwalk.selection.held !== null")
    visit.check(walk.origin)
    walk.stop()
    visit.until("cnnwalk.connection === 'lost'")
    assert "does not answer" in visit.page.get_by_role("alert").first.inner_text()
    fly(visit, LAYER)
    _, after = carry(visit, 100)
    visit.picture("journey-desk-server-lost")
    walk.start()
    visit.until("cnnwalk.connection === 'online'")
    assert visit.tell(POSE) == after
    assert visit.tell("cnnwalk.selection.held.image.id") == coffee
    press(visit, "Home")
    visit.click("cnnwalk.frameSpot")
    visit.until(f"cnnwalk.selection.inserted.id === '{coffee}'")
    visit.until("cnnwalk.progress.stage === 'done'")
    assert visit.results()[0][0] == "espresso"
    assert visit.tell("cnnwalk.errors") == []
    # What was moved meanwhile is kept for the next visit.
    visit.reload()
    assert visit.tell(POSE) == pytest.approx(after, abs=ROUNDING)
    visit.forgive("net::ERR_")
    # The page asked the new server whether it has its images.
    visit.forgive("/thumbnail)")
