"""Whole journeys in an emulated headset: each gesture that a visitor makes there, one by one."""

import math

import numpy as np
import pytest
from headset import Headset
from PIL import Image
from skimage import data

LAYER = "conv_stem"
POSE = f"cnnwalk.layers.find(({{ id }}) => id === '{LAYER}').pose"
ENDS = f"cnnwalk.edgeEnds('{LAYER}')"
ROUNDING = 2e-3  # m, of what the server keeps
SIZE = (800, 450)


@pytest.fixture(scope="module")
def walk(restartable):
    with restartable("journeys-headset") as walk:
        yield walk


@pytest.fixture(scope="module")
def wearer(visitors, walk):
    """A visitor who keeps the headset on from one journey to the next."""
    visit = visitors(*SIZE, sharp=True).open(walk.url, "&xr=emulate")
    yield Headset(visit).enter()
    visit.check(walk.origin)


@pytest.fixture
def headset(wearer):
    return wearer.rest()


@pytest.fixture(scope="module")
def truth(oracle):
    """The activations of LAYER for the photograph of coffee, float (channels, height, width)."""
    return oracle.activations(Image.fromarray(data.coffee()))[LAYER]


def teleport_to_the_end(headset):
    """Throw three arcs straight ahead as far as they go, the last one before the last panel."""
    panel = headset.tell("cnnwalk.layers.at(-1).pose")
    for turn in (1, 2, 3):
        headset.stick("right", 0, -1)
        for pitch in np.arange(math.pi / 4, 0.2, -0.03):
            landing = headset.throw(pitch)
            if landing is not None and landing["z"] > panel["z"] + 1:
                break
        if turn == 3:
            headset.picture("journey-teleport")
        headset.stick("right", 0, 0)
        there = "({ x, z }) => Math.hypot(cnnwalk.xr.head.x - x, cnnwalk.xr.head.z - z) < 0.02"
        headset.until(there, landing)
    return headset.tell("cnnwalk.xr.head.z") - panel["z"]


def insert_coffee(headset, oracle, side="right"):
    headset.take_picture("coffee", side)
    assert headset.tell("cnnwalk.xr.hologram.lines[0]") == "coffee"
    headset.insert(side)
    first = headset.tell("cnnwalk.predictions[0]")
    probabilities = oracle.probabilities(Image.fromarray(data.coffee()))
    assert first["label"] == "espresso"
    assert first["index"] == probabilities.argmax()
    assert first["probability"] == pytest.approx(probabilities.max(), abs=1e-3)


def magnify(headset, channel, truth):
    """Take a feature map in hand, hold it near, zoom, and compare the value in its middle."""
    headset.aim("right", f"cnnwalk.mapPlace('{LAYER}', {channel})")
    headset.click()
    headset.until(f"cnnwalk.selection.held?.map.channel === {channel}")
    headset.until("cnnwalk.xr.hologram.visible")
    headset.hold("right", (0.02, 1.32, -0.2), (0, 0, 0, 1))
    headset.until("cnnwalk.xr.hologram.near")
    headset.stick("right", 0, -1)
    headset.until("cnnwalk.xr.hologram.zoom > 6")
    headset.stick("right", 0, 0)
    headset.frames()
    pointed = headset.tell("cnnwalk.xr.hologram.pointed")
    value = float(pointed["value"].replace("\u2212", "-"))
    true = truth[channel, pointed["y"], pointed["x"]]
    assert value == pytest.approx(true, rel=1e-3, abs=1e-6)
    assert pointed["x"] == truth.shape[2] // 2


def carry(headset, by):
    """Move the panel with one hand, by (x, y, z) of the rig's space; its edges' ends follow."""
    before, ends = headset.tell(f"[{POSE}, {ENDS}]")
    headset.aim("right", f"cnnwalk.mapPlace('{LAYER}', 5)")
    headset.press("right", "squeeze")
    at = headset.tell(
        "() => { const { x, y, z } = xrDevice.controllers.right.position; return [x, y, z]; }"
    )
    headset.hold("right", [start + way for start, way in zip(at, by, strict=True)])
    headset.picture("journey-panel-in-hand")
    headset.release("right", "squeeze")
    rig = headset.tell("cnnwalk.xr.rig")
    sin, cos = math.sin(rig["yaw"]), math.cos(rig["yaw"])
    x, y, z = (rig["scale"] * way for way in by)
    way = {"x": cos * x + sin * z, "y": y, "z": -sin * x + cos * z}
    after, now = headset.tell(f"[{POSE}, {ENDS}]")
    for axis in "xyz":
        assert after[axis] - before[axis] == pytest.approx(way[axis], abs=ROUNDING)
    for kept in ("yaw", "cell_width", "cell_height"):
        assert after[kept] == pytest.approx(before[kept], abs=1e-6)
    assert len(now) == len(ends) > 1
    for end, moved in zip(ends, now, strict=True):
        assert moved["x"] - end["x"] == pytest.approx(way["x"], abs=ROUNDING)
        assert moved["z"] - end["z"] == pytest.approx(way["z"], abs=ROUNDING)
    return before, after


def undo(headset, pose):
    """Take the last step back by the menu: the panel stands as it did."""
    headset.choose("Network", "Undo")
    headset.until(f"Math.abs({POSE}.x - ({pose['x']})) < 1e-6")
    assert headset.tell(POSE) == pytest.approx(pose)


def test_arcs_steps_and_the_menu_on_the_wrist_lead_through_the_walk(headset):
    assert 1 < teleport_to_the_end(headset) < 7
    here = headset.tell("cnnwalk.xr.head")
    headset.stick("right", 1, 0)
    headset.until(
        "(before) => Math.abs(cnnwalk.xr.head.heading - before + Math.PI / 6) < 0.01",
        here["heading"],
    )
    headset.stick("right", 0, 0)
    headset.frames()
    turned = headset.tell("cnnwalk.xr.head")
    assert (turned["x"], turned["z"]) == pytest.approx((here["x"], here["z"]), abs=1e-3)
    headset.open_menu("Places")
    headset.picture("journey-menu")
    headset.press_button("Next")
    headset.press_button("Fly to blocks.2")
    before = """() => {
        const { x, z } = cnnwalk.layers.find(({ id }) => id.startsWith('blocks.2.')).pose;
        const { head } = cnnwalk.xr;
        return Math.abs(head.x - x) < 2 && head.z - z > 0.5 && head.z - z < 5;
    }"""
    headset.until(before)
    headset.until("cnnwalk.xr.menus.open === 'none'")
    headset.picture("journey-flown")


def test_coffee_is_carried_inserted_and_looked_at_value_by_value(headset, oracle, truth):
    headset.take_picture("retina")
    headset.insert()
    insert_coffee(headset, oracle)
    headset.picture("journey-espresso")
    headset.go_to(LAYER)
    magnify(headset, 5, truth)
    headset.picture("journey-magnified")


def test_a_layers_board_changes_the_brightness_of_its_maps(headset, truth):
    headset.go_to(LAYER)
    weak = int(np.argmin(np.where(truth.max((1, 2)) > 0.01, truth.max((1, 2)), np.inf)))
    brightest = f"Math.max(...cnnwalk.texels('{LAYER}', {weak}, 'base'))"
    before = headset.tell(brightest)
    headset.aim("right", f"cnnwalk.mapPlace('{LAYER}', 0)")
    headset.click("right", "b-button")
    headset.until("cnnwalk.xr.menus.open === 'layer'")
    headset.press_button("Brightness: per channel")
    headset.until(f"{brightest} > {before}")
    headset.picture("journey-layer-board")
    headset.press_button("Brightness: per layer")
    headset.until(f"{brightest} === {before}")
    headset.press_button("Close")
    headset.until("cnnwalk.xr.menus.open === 'none'")


def test_a_panel_goes_with_the_hand_and_grows_between_both(headset):
    headset.go_to(LAYER)
    before, _ = carry(headset, (0.35, 0.15, -0.25))
    undo(headset, before)

    headset.hold("right", (0.25, 1.3, -0.4))
    for side, channel in (("left", 0), ("right", 5)):
        headset.aim(side, f"cnnwalk.mapPlace('{LAYER}', {channel})")
        headset.press(side, "squeeze")
    way = between(headset)
    headset.hold("left", (-0.42, 1.3, -0.3))
    headset.hold("right", (0.42, 1.35, -0.5))
    factor = np.linalg.norm(between(headset)) / np.linalg.norm(way)
    turn = float(np.diff([math.atan2(x, z) for x, _, z in (way, between(headset))])[0])
    headset.picture("journey-both-hands")
    for side in ("left", "right"):
        headset.release(side, "squeeze")
    after = headset.tell(POSE)
    assert factor > 1.5
    assert abs(turn) > 0.1
    assert after["cell_width"] == pytest.approx(factor * before["cell_width"], rel=1e-3)
    assert after["cell_height"] == pytest.approx(factor * before["cell_height"], rel=1e-3)
    assert after["yaw"] - before["yaw"] == pytest.approx(turn, abs=1e-3)
    undo(headset, before)


def test_bare_hands_pinch_and_the_left_hand_carries_the_tool(headset, oracle):
    headset.hands("hand")
    headset.take_picture("retina")
    headset.insert()
    headset.open_menu("Walking")
    headset.picture("journey-bare-hands")
    headset.press_button("Tool: left hand")
    headset.until("cnnwalk.xr.tool.hand === 'left'")
    headset.press_button("Close")
    headset.hands("controller")
    insert_coffee(headset, oracle, "left")
    headset.take_picture("coffee", "left")
    tool, grip = headset.tell("[cnnwalk.xr.tool.position, cnnwalk.xr.hands.left.grip]")
    assert math.hypot(tool["x"] - grip["x"], tool["z"] - grip["z"]) < 0.2
    headset.picture("journey-left-handed")
    headset.choose("Walking", "Tool: right hand")
    headset.until("cnnwalk.xr.tool.hand === 'right'")


def test_who_takes_the_headset_off_finds_everything_where_it_was(headset):
    headset.go_to(LAYER)
    before, after = carry(headset, (-0.3, 0.1, 0.2))
    here = headset.tell("cnnwalk.xr.head")
    headset.leave()
    headset.until("cnnwalk.xr === null && cnnwalk.views === 1")
    assert headset.tell(POSE) == after
    headset.picture("journey-headset-off")
    headset.enter()
    assert headset.tell(POSE) == after
    again = headset.tell("cnnwalk.xr.head")
    assert (again["x"], again["z"]) == pytest.approx((here["x"], here["z"]), abs=0.1)
    headset.picture("journey-headset-on-again")
    undo(headset, before)


def test_one_eye_sees_the_same_journey(headset, oracle, truth):
    assert headset.tell("cnnwalk.views") == 2
    headset.leave()
    headset.tell("() => { xrDevice.stereoEnabled = false; }")
    headset.enter()
    assert headset.tell("cnnwalk.views") == 1
    headset.rest()
    headset.take_picture("retina")
    headset.insert()
    insert_coffee(headset, oracle)
    headset.picture("journey-mono")
    headset.go_to(LAYER)
    before, _ = carry(headset, (0.2, 0.1, -0.2))
    undo(headset, before)
    magnify(headset, 2, truth)
    headset.rest()
    assert 1 < teleport_to_the_end(headset) < 7
    headset.leave()
    headset.tell("() => { xrDevice.stereoEnabled = true; }")
    headset.enter()
    assert headset.tell("cnnwalk.views") == 2


def test_a_server_that_restarts_takes_nothing_away(headset, walk):
    headset.take_picture("coffee")
    held = headset.tell("cnnwalk.selection.held.image.id")
    headset.visit.check(walk.origin)
    walk.stop()
    headset.until("cnnwalk.connection === 'lost'")
    told = "cnnwalk.xr.menus.bulletin.join(' ').includes('The server does not answer. The page')"
    headset.until(told)
    headset.picture("journey-server-lost")
    # One goes on meanwhile.
    headset.go_to(LAYER)
    _, after = carry(headset, (0.3, 0.1, -0.2))
    walk.start()
    headset.until("cnnwalk.connection === 'online'")
    headset.until(f"!{told}")
    assert headset.tell("cnnwalk.session !== null && cnnwalk.xr.hands.right.present")
    assert headset.tell(POSE) == after
    assert headset.tell("cnnwalk.selection.held.image.id") == held
    headset.visit.page.keyboard.press("Home")
    headset.until("Math.abs(cnnwalk.camera.z - cnnwalk.framePlace.z) < 6")
    headset.insert()
    assert headset.tell("cnnwalk.predictions[0].label") == "espresso"
    assert headset.tell("cnnwalk.errors") == []
    # What was moved meanwhile is kept for the next visit.
    headset.visit.reload()
    assert headset.tell(POSE) == pytest.approx(after, abs=ROUNDING)
    headset.visit.forgive("net::ERR_")
    # The page asked the new server whether it has its images.
    headset.visit.forgive("/thumbnail)")


def between(headset):
    """From the left palm to the right one, as (x, y, z) in the world."""
    left, right = headset.tell("[cnnwalk.xr.hands.left.grip, cnnwalk.xr.hands.right.grip]")
    return [right[axis] - left[axis] for axis in "xyz"]
