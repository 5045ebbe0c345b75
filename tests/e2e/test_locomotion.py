"""Getting about in an emulated headset: thrown arcs, sticks, pinches, jumps, sizes."""

import json
import math

import numpy as np
from headset import Headset

HEAD = "cnnwalk.xr.head"
TO_LAYER = 7  # m before a panel at which one has come to it


def visit_with(visitors, demo, size=(640, 360), **preferences):
    """A visit with preferences that the browser remembers from another one."""
    visit = visitors(*size)
    kept = json.dumps({f"cnnwalk.{name}": str(value) for name, value in preferences.items()})
    visit.page.add_init_script(f"Object.assign(localStorage, {kept})")
    return visit.open(demo.url, "&xr=emulate")


def point(headset, yaw, pitch, side="right"):
    """Point a hand in a direction of the hall: to the left of -z and upwards, in rad."""
    start = headset.visit.tell(f"cnnwalk.xr.hands.{side}.origin")
    x, z = (-math.cos(pitch) * turn(yaw) for turn in (math.sin, math.cos))
    ways = {"x": x, "y": math.sin(pitch), "z": z}
    headset.aim(side, {axis: start[axis] + 4 * way for axis, way in ways.items()})
    return headset.visit.tell("cnnwalk.xr.landing")


def over_floor(visit, place):
    """Wait until the head is over a place of the floor."""
    visit.until(f"(at) => Math.hypot({HEAD}.x - at.x, {HEAD}.z - at.z) < 0.02", place)


def test_three_throws_lead_to_the_last_layer(demo, visitors):
    visit = visitors(640, 360).open(demo.url, "&xr=emulate")
    headset = Headset(visit).enter()
    panel = visit.tell("cnnwalk.layers.at(-1).pose")
    for _ in range(3):
        before = visit.tell(HEAD)
        headset.stick("right", 0, -1)
        # As far as it goes, or before the last panel.
        for pitch in np.arange(math.pi / 4, 0.3, -0.03):
            landing = point(headset, 0, pitch)
            if landing is not None and landing["z"] > panel["z"] + 1:
                break
        visit.picture("teleport")
        headset.stick("right", 0, 0)
        over_floor(visit, landing)
        assert before["z"] - landing["z"] > 45
        assert abs(visit.tell(HEAD)["heading"]) < 0.02  # Along the arc.
        assert visit.tell(HEAD)["y"] == before["y"]
    here = visit.tell(HEAD)
    assert 1 < here["z"] - panel["z"] < TO_LAYER

    # Where a panel stands nobody comes to stand.
    headset.stick("right", 0, -1)
    yaw = math.atan2(here["x"] - panel["x"], here["z"] - panel["z"])
    pitch = next(p for p in np.arange(-1, 0.2, 0.04) if point(headset, yaw, p) is None)
    assert pitch > -1
    visit.picture("teleport_refused")
    headset.stick("right", 0, 0)
    headset.frames(6)
    over_floor(visit, here)

    # A snap of the stick turns about the head.
    headset.stick("right", 1, 0)
    visit.until(f"Math.abs({HEAD}.heading + Math.PI / 6) < 0.01")
    headset.stick("right", 0, 0)
    over_floor(visit, here)

    # In VR nobody flies: Home leads back at once, before the frame.
    visit.page.keyboard.press("Home")
    visit.until(f"{HEAD}.z > 4")
    start = visit.tell(HEAD)
    headset.leave()
    visit.until("(z) => Math.abs(cnnwalk.camera.z - z) < 0.02", start["z"])
    headset.enter()
    over_floor(visit, start)

    # Bare hands pinch the floor.
    headset.hands("hand")
    goal = {"x": start["x"] + 0.5, "y": 0, "z": start["z"] - 2}
    headset.aim("right", goal, at={**start, "y": 1.2})
    visit.until("cnnwalk.xr.landing !== null")
    headset.click()
    over_floor(visit, goal)
    assert abs(visit.tell(HEAD)["heading"] - start["heading"]) < 0.02
    visit.check(demo.origin)


def test_smooth_movement_has_a_dark_rim_and_who_sits_is_raised(demo, visitors):
    visit = visit_with(
        visitors, demo, moving="smooth", turning="smooth", vignette="strong", posture="seated"
    )
    visit.tell("() => { xrDevice.position.y = 1.1; }")
    headset = Headset(visit).enter()
    visit.until(f"Math.abs({HEAD}.y - 1.65) < 0.001")
    before = visit.tell(HEAD)
    assert visit.tell("cnnwalk.xr.vignette") == 0
    headset.stick("left", 0, -1)
    visit.until(f"(at) => Math.hypot({HEAD}.x - at.x, {HEAD}.z - at.z) > 1", before)
    visit.until("cnnwalk.xr.vignette > 0.5")
    visit.picture("vignette")
    headset.stick("left", 0, 0)
    visit.until("cnnwalk.xr.vignette === 0")
    after = visit.tell(HEAD)
    # Where the head looks, on the floor.
    way = math.atan2(before["x"] - after["x"], before["z"] - after["z"])
    assert abs(way - before["heading"]) < 0.02
    assert after["y"] == before["y"]
    headset.stick("right", -1, 0)
    visit.until(f"(at) => {HEAD}.heading > at.heading + 0.3", after)
    headset.stick("right", 0, 0)
    visit.until("cnnwalk.xr.vignette === 0")
    over_floor(visit, after)
    visit.check(demo.origin)


def test_the_map_leads_to_a_panel(demo, visitors):
    visit = visit_with(visitors, demo, (960, 540), scale=0.5)
    frame, panels = (
        visit.tell(f"cnnwalk.{what}") for what in ("framePlace", "layers.map(({ pose }) => pose)")
    )
    visit.page.keyboard.press("n")
    plan = visit.page.get_by_role("region", name="Map").locator("canvas")
    box = plan.bounding_box()
    # The walk runs from left to right, with 2.5 m around it.
    near = max(frame["z"], *(panel["z"] for panel in panels)) + 2.5
    far = min(panel["z"] for panel in panels) - 2.5
    goal = panels[40]
    across = (near - goal["z"]) / (near - far) * box["width"]
    visit.page.mouse.move(box["x"] + across, box["y"] + box["height"] / 2)
    visit.until("document.querySelector('.walkmap strong').textContent.includes('conv')")
    visit.picture("map")
    visit.page.mouse.click(box["x"] + across, box["y"] + box["height"] / 2)
    visit.until("(z) => Math.abs(cnnwalk.camera.z - z) < 8", goal["z"])
    # Of a visitor twice as large as the hall was made for.
    assert abs(visit.tell("cnnwalk.camera.y") - 3.3) < 0.001
    headset = Headset(visit).enter()
    assert visit.tell("cnnwalk.xr.rig.scale") == 2
    assert abs(visit.tell(HEAD)["y"] - 3.2) < 0.001  # The emulated head is 1.6 m high.
    headset.leave()
    visit.until("Math.abs(cnnwalk.camera.y - 3.3) < 0.001")
    visit.check(demo.origin)
