"""The same hall in an emulated headset: both eyes, both hands, the tool and what it holds."""

import numpy as np
import pytest
from headset import Headset
from PIL import Image
from skimage import data

MOVES_PANELS = True


@pytest.fixture(scope="module")
def wearer(visitors, demo):
    """A visitor who puts the headset on and keeps it while the tests come and go."""
    visit = visitors(640, 360).open(demo.url, "&xr=emulate")
    yield Headset(visit).enter()
    visit.check(demo.origin)


@pytest.fixture
def headset(wearer):
    return wearer.rest()


def test_both_eyes_see_the_hall(headset):
    assert headset.tell("cnnwalk.views") == 2
    assert 0 < headset.tell("cnnwalk.drawCalls") <= 60
    assert headset.tell("cnnwalk.session.frameRate") == 72
    headset.picture("headset")


def test_the_reticle_lies_on_what_is_aimed_at(headset):
    goal = headset.aim("right", "cnnwalk.framePlace")
    reticle = headset.tell("cnnwalk.xr.reticle")
    assert list(reticle.values()) == pytest.approx(list(goal.values()), abs=0.01)


def test_coffee_is_carried_into_the_frame_and_is_espresso(headset, oracle):
    headset.take_picture("retina")
    headset.insert()
    headset.take_picture("coffee")
    assert headset.tell("cnnwalk.xr.hologram.lines[0]") == "coffee"
    assert headset.tell("cnnwalk.xr.hologram.textDegrees") >= 1.3
    assert headset.tell("cnnwalk.drawCalls") <= 60
    headset.picture("headset_coffee_in_hand")
    headset.insert()
    assert headset.tell("cnnwalk.selection.held") is None
    assert not headset.tell("cnnwalk.xr.hologram.visible")
    first = headset.tell("cnnwalk.predictions[0]")
    probabilities = oracle.probabilities(Image.fromarray(data.coffee()))
    assert first["label"] == "espresso"
    assert first["probability"] == pytest.approx(probabilities.max(), abs=1e-3)


def test_a_map_is_magnified_and_its_values_are_true(headset, oracle):
    truth = oracle.activations(Image.fromarray(data.coffee()))["conv_stem"][5]
    headset.go_to("conv_stem")
    headset.aim("right", "cnnwalk.mapPlace('conv_stem', 5)")
    headset.click()
    headset.until("cnnwalk.xr.hologram.lines.length === 4")
    name, channel, *figures = headset.tell("cnnwalk.xr.hologram.lines")
    assert name == "conv_stem"
    assert channel == "channel 5 \u00b7 112 \u00d7 112"
    assert f"max {truth.max():.4g}" in figures[0]
    assert f"zeros {100 * np.mean(truth == 0):.1f} %" in figures[1]
    # Near the eye it magnifies, and the stick zooms about its middle.
    headset.hold("right", (0.02, 1.32, -0.2), (0, 0, 0, 1))
    headset.until("cnnwalk.xr.hologram.near")
    headset.stick("right", 0, -1)
    headset.until("cnnwalk.xr.hologram.zoom > 7")
    headset.stick("right", 0, 0)
    headset.frames()
    headset.picture("headset_magnified")
    middle = headset.tell("cnnwalk.xr.hologram.pointed")
    assert (middle["x"], middle["y"]) == (56, 55)
    assert_shows(middle, truth)
    assert headset.tell("cnnwalk.xr.hologram.textDegrees") >= 1.3
    # The other hand points at another value.
    headset.aim(
        "left", "(({ x, y, z }) => ({ x: x + 0.04, y: y + 0.03, z }))(cnnwalk.xr.hologram.centre)"
    )
    pointed = headset.tell("cnnwalk.xr.hologram.pointed")
    assert (pointed["x"], pointed["y"]) != (56, 55)
    assert_shows(pointed, truth)
    headset.picture("headset_value")


def test_the_stick_walks_again_once_the_hologram_is_far(headset):
    headset.take_picture("coffee")
    headset.hold("right", (0.02, 1.32, -0.2), (0, 0, 0, 1))
    headset.until("cnnwalk.xr.hologram.near")
    stood = headset.tell("cnnwalk.xr.rig")
    headset.stick("right", 1, 0)
    headset.frames(4)
    assert headset.tell("cnnwalk.xr.rig") == stood
    headset.stick("right", 0, 0)
    headset.hold("right", (0.25, 1.3, -0.5))
    headset.until("!cnnwalk.xr.hologram.near")
    headset.stick("right", 1, 0)
    headset.until("yaw => cnnwalk.xr.rig.yaw !== yaw", stood["yaw"])
    headset.stick("right", 0, 0)


def test_the_left_hand_takes_the_tool(headset):
    headset.choose("Walking", "Tool: left hand")
    headset.until("cnnwalk.xr.tool.hand === 'left'")
    headset.take_picture("coffee", "left")
    tool, grip = headset.tell("[cnnwalk.xr.tool.position, cnnwalk.xr.hands.left.grip]")
    assert np.hypot(tool["x"] - grip["x"], tool["z"] - grip["z"]) < 0.2
    headset.picture("headset_left_handed")
    headset.insert("left")
    headset.choose("Walking", "Tool: right hand")


def test_a_pinch_is_a_trigger(headset):
    headset.hands("hand")
    headset.take_picture("coffee")
    headset.picture("headset_bare_hand")
    headset.insert()
    # The palm is seen before the dark floor.
    headset.tell("() => { xrDevice.hands.right.position.set(0, 1.35, -0.4); }")
    headset.frames()
    palm = headset.visit.look({"x": 190, "y": 306, "width": 20, "height": 14})
    assert np.mean(palm) > 45
    headset.hands("controller")


def test_presses_between_two_frames_are_not_lost(headset):
    image = headset.tell("cnnwalk.draw.images[0].id")
    headset.aim("right", f"cnnwalk.datasetPlace('{image}')")
    # Down before the headset's next frame, and up right after it.
    headset.tell("""() => new Promise((done) => {
        const { right } = xrDevice.controllers;
        right.updateButtonValue('trigger', 1);
        cnnwalk.session.addEventListener('selectstart', () => {
            right.setButtonValueImmediate('trigger', 0);
            done();
        }, { once: true });
    })""")
    headset.until(f"cnnwalk.selection.held?.image.id === '{image}'")


def test_a_menu_of_the_headset_takes_the_hands_and_gives_them_back(headset):
    headset.tell("() => { xrDevice.updateVisibilityState('visible-blurred'); }")
    headset.until("!cnnwalk.xr.hands.right.present && !cnnwalk.xr.tool.visible")
    assert headset.tell("cnnwalk.xr.reticle") is None
    headset.tell("() => { xrDevice.updateVisibilityState('visible'); }")
    headset.until("cnnwalk.xr.hands.right.present && cnnwalk.xr.tool.visible")


def test_nothing_is_drawn_while_the_headset_is_off(headset):
    headset.tell("() => { xrDevice.updateVisibilityState('hidden'); }")
    headset.until("cnnwalk.session.visibilityState === 'hidden'")
    drawn = headset.tell("cnnwalk.frames")
    headset.tell(TEN_FRAMES)
    assert headset.tell("cnnwalk.frames") == drawn
    headset.tell("() => { xrDevice.updateVisibilityState('visible'); }")
    headset.until("frames => cnnwalk.frames > frames + 2", drawn)
    headset.until("cnnwalk.xr.hands.right.present")


def test_the_head_stays_where_it_is_when_the_headset_counts_anew(headset):
    headset.tell("() => { xrDevice.position.set(0.7, 1.6, -0.5); }")
    headset.frames()
    before = headset.tell("cnnwalk.camera")
    headset.tell("() => { xrDevice.recenter(); }")
    headset.until("xrDevice.position.x === 0")
    headset.frames()
    after = headset.tell("cnnwalk.camera")
    assert floor(after) == pytest.approx(floor(before), abs=0.02)


def test_a_session_that_ends_and_begins_again_keeps_the_place_and_what_is_in_hand(headset):
    headset.go_to("conv_stem")
    headset.aim("right", "cnnwalk.mapPlace('conv_stem', 2)")
    headset.click()
    headset.until("cnnwalk.selection.held?.map.channel === 2")
    stood = headset.tell("cnnwalk.camera")
    headset.leave()
    headset.visit.frames(2)
    left = headset.tell("cnnwalk.camera")
    assert floor(left) == pytest.approx(floor(stood), abs=0.1)
    assert headset.tell("cnnwalk.xr") is None
    assert headset.tell("cnnwalk.selection.held.map.channel") == 2
    headset.picture("headset_taken_off")
    # It is put on elsewhere in the room, and does not know at once where.
    headset.tell(LATE_HEAD)
    headset.enter()
    headset.until("window.headKnown")
    headset.frames()
    again = headset.tell("cnnwalk.camera")
    assert floor(again) == pytest.approx(floor(stood), abs=0.1)
    headset.until("cnnwalk.xr.hologram.visible")


LATE_HEAD = """() => {
    xrDevice.position.set(0.9, 1.6, 0.7);
    const { getViewerPose } = XRFrame.prototype;
    let missing = 6;
    XRFrame.prototype.getViewerPose = function (space) {
        missing -= 1;
        window.headKnown = missing < 0;
        return window.headKnown ? getViewerPose.call(this, space) : null;
    };
}"""
TEN_FRAMES = """() => new Promise((done) => {
    let left = 10;
    const next = () => { left -= 1; if (left < 0) done(); else requestAnimationFrame(next); };
    next();
})"""


def assert_shows(pointed, truth):
    shown = float(pointed["value"].replace("\u2212", "-"))
    assert shown == pytest.approx(truth[pointed["y"], pointed["x"]], rel=1e-3, abs=1e-6)


def floor(place):
    return place["x"], place["z"]
