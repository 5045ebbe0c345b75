"""Panels are moved with the mouse: by their header, with all that is at them."""

import math

MOVES_PANELS = True
LAYER = "blocks.0.0.conv_dw"
POSE = f"cnnwalk.layers.find(layer => layer.id === '{LAYER}').pose"
ENDS = f"cnnwalk.edgeEnds('{LAYER}')"


def fly(visit, layer):
    visit.page.keyboard.press("/")
    visit.page.keyboard.type(layer)
    visit.page.keyboard.press("Enter")
    visit.until(f"cnnwalk.headerSpot('{layer}') !== null")
    visit.frames(3)


def press(visit, spot):
    at = visit.until(spot)
    visit.page.mouse.move(at["x"], at["y"])
    visit.frames(2)
    visit.page.mouse.down()
    return at


def drag(visit, at, right, up, steps=4):
    for step in range(1, steps + 1):
        visit.page.mouse.move(at["x"] + right * step / steps, at["y"] - up * step / steps)
    visit.frames(3)


def stands(visit, pose):
    """Whether the panel stands as in a pose, within what the server's precision rounds."""
    now = visit.tell(POSE)
    return all(math.isclose(now[key], pose[key], abs_tol=1e-3) for key in pose)


def test_a_panel_is_dragged_by_its_header_and_its_edges_follow(visit):
    fly(visit, LAYER)
    before, ends = visit.tell(POSE), visit.tell(ENDS)
    eye = visit.tell("cnnwalk.camera")
    at = press(visit, f"cnnwalk.headerSpot('{LAYER}')")
    assert visit.tell("document.querySelector('canvas').style.cursor") == "grab"
    drag(visit, at, 120, 60)
    assert visit.tell("document.querySelector('canvas').style.cursor") == "grabbing"
    # What was taken stays under the pointer, and nobody looked about.
    spot = visit.tell(f"cnnwalk.headerSpot('{LAYER}')")
    assert math.isclose(spot["x"], at["x"] + 120, abs_tol=2)
    assert math.isclose(spot["y"], at["y"] - 60, abs_tol=2)
    assert visit.tell("cnnwalk.camera") == eye
    visit.page.mouse.up()
    visit.picture("moved-panel")
    after, now = visit.tell(POSE), visit.tell(ENDS)
    assert after["x"] > before["x"] + 0.3
    assert after["y"] > before["y"] + 0.15
    assert {key: after[key] for key in ("yaw", "columns", "cell_width")} == {
        key: before[key] for key in ("yaw", "columns", "cell_width")
    }
    assert len(now) == len(ends) == 2
    for end, moved in zip(ends, now, strict=True):
        assert math.isclose(moved["x"] - end["x"], after["x"] - before["x"], abs_tol=1e-3)
        assert math.isclose(moved["z"] - end["z"], after["z"] - before["z"], abs_tol=1e-3)
    visit.page.keyboard.press("Control+z")
    visit.until(f"Math.abs({POSE}.x - ({before['x']})) < 1e-4")
    assert stands(visit, before)


def test_the_wheel_scales_turns_and_pushes_while_one_drags(visit):
    fly(visit, LAYER)
    before = visit.tell(POSE)
    at = press(visit, f"cnnwalk.headerSpot('{LAYER}')")
    drag(visit, at, 20, 0)
    visit.page.mouse.wheel(0, -400)
    visit.until(f"{POSE}.cell_width > 1.4 * {before['cell_width']}")
    eye = visit.tell("cnnwalk.camera")
    visit.page.keyboard.down("Alt")
    visit.page.mouse.wheel(0, -400)
    visit.page.keyboard.up("Alt")
    visit.until(f"{POSE}.z < {before['z']} - 0.5")
    visit.page.keyboard.down("Shift")
    visit.page.mouse.wheel(0, 200)
    visit.page.keyboard.up("Shift")
    visit.until(f"{POSE}.yaw > {before['yaw']} + 0.4")
    assert visit.tell("cnnwalk.camera") == eye
    # Escape puts it back, and letting go then changes nothing.
    visit.page.keyboard.press("Escape")
    visit.page.mouse.up()
    visit.frames(2)
    assert visit.tell(POSE) == before


def test_a_header_that_is_clicked_opens_the_layers_card(visit):
    fly(visit, LAYER)
    visit.click(f"cnnwalk.headerSpot('{LAYER}')")
    card = visit.page.get_by_role("region", name="Layer", exact=True)
    card.get_by_text(LAYER).first.wait_for()
    card.get_by_role("button", name="Close the layer").click()
    card.wait_for(state="hidden")
