"""The whole walk with the keyboard alone: no test here touches the mouse."""

import json
import math

import pytest
from PIL import Image
from skimage import data

MOVES_PANELS = True
STEP = 0.1  # m that a panel is moved by one press
CONV = "conv_stem"


def press(visit, *keys):
    for key in keys:
        visit.page.keyboard.press(key)


def fly(visit, query):
    """Search a layer and fly there; returns its id."""
    press(visit, "/")
    visit.page.keyboard.type(query)
    layer = visit.page.locator("[role=option][aria-selected]").get_attribute("data-layer")
    press(visit, "Enter")
    visit.frames(2)
    return layer


def pose(visit, layer):
    return visit.tell("(id) => cnnwalk.layers.find((layer) => layer.id === id).pose", layer)


def until_pose(visit, layer, condition):
    """Wait until what the condition says of `pose` is true of a layer's panel."""
    visit.until(f"(({{pose}}) => {condition})(cnnwalk.layers.find(({{id}}) => id === {layer!r}))")


@pytest.fixture
def layer(visit):
    """The visitor stands before the first convolution."""
    return fly(visit, "conv_stem")


def take(visit, name):
    """Take a picture from the dialog of images in hand."""
    press(visit, "p")
    pictures = visit.page.get_by_role("dialog", name="Images")
    wanted = pictures.get_by_role("button", name=f"Take {name}")
    if wanted.count() == 0:
        page = "Previous" if visit.tell("cnnwalk.draw.offset > 0") else "Next"
        before = visit.tell("cnnwalk.draw.offset")
        focus(visit, pictures.get_by_role("button", name=page))
        press(visit, "Enter")
        visit.until(f"cnnwalk.draw.offset !== {before}")
    focus(visit, wanted)
    press(visit, "Enter")
    visit.until("cnnwalk.selection.held?.kind === 'image'")


def insert(visit):
    """Insert what is in hand; returns the id of the image."""
    image = visit.tell("cnnwalk.selection.held.image.id")
    press(visit, "i")
    visit.until(f"cnnwalk.selection.held === null && cnnwalk.selection.inserted.id === '{image}'")
    visit.until("cnnwalk.progress.stage === 'done'")
    return image


def focus(visit, element):
    """Press Tab until an element has the focus."""
    for _ in range(40):
        if element.evaluate("(element) => element === document.activeElement"):
            return
        press(visit, "Tab")
    raise AssertionError(f"Tab never reaches {element}")


def test_take_an_image_insert_it_and_read_what_the_network_says(visit, oracle):
    take(visit, "rocket")
    before = insert(visit)
    take(visit, "coffee")
    coffee = insert(visit)
    best, percent = visit.results()[0]
    true = oracle.probabilities(Image.fromarray(data.coffee()))
    assert best == "espresso"
    assert int(true.argmax()) == 967  # espresso in ImageNet's order
    assert abs(float(percent.removesuffix(" %")) - 100 * true.max()) < 2
    press(visit, "Control+z")
    visit.until(f"cnnwalk.selection.inserted.id === '{before}'")
    press(visit, "Control+Shift+z")
    visit.until(f"cnnwalk.selection.inserted.id === '{coffee}'")
    visit.until("cnnwalk.progress.stage === 'done'")


def test_go_through_the_maps_of_a_layer_take_one_and_magnify_it(visit, layer):
    press(visit, "Enter")
    here = f"cnnwalk.selection.hover?.layer === {layer!r}"
    visit.until(f"{here} && cnnwalk.selection.hover.channel === 0")
    columns = pose(visit, layer)["columns"]
    eye = visit.tell("cnnwalk.camera")
    press(visit, "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft")
    channel = columns + 1
    visit.until(f"{here} && cnnwalk.selection.hover.channel === {channel}")
    press(visit, "m")
    visit.until(f"cnnwalk.selection.magnified?.map.channel === {channel}")
    press(visit, "+")
    visit.until("document.querySelector('.magnifier output').textContent.startsWith('x ')")
    press(visit, "Escape")
    visit.until("cnnwalk.selection.magnified === null")
    press(visit, "Enter")
    visit.until(f"cnnwalk.selection.held?.map.channel === {channel}")
    press(visit, "Escape")
    visit.until("cnnwalk.selection.hover === null")
    assert visit.tell("cnnwalk.camera") == eye  # the arrows did not walk
    press(visit, "Escape")
    visit.until("cnnwalk.selection.held === null")


def test_move_turn_and_scale_a_panel_and_take_it_back_in_one_step(visit, layer):
    was = pose(visit, layer)
    keyboard = visit.page.keyboard
    keyboard.down("Alt")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "PageUp"):
        press(visit, key)
    keyboard.up("Alt")
    keyboard.down("Alt")
    for key in ("Comma", "Equal"):
        press(visit, key)
    keyboard.up("Alt")
    until_pose(visit, layer, f"pose.cell_width > {1.05 * was['cell_width']}")
    now = pose(visit, layer)
    # The panel faces the visitor: right is its own right, ahead is away from its face.
    right = math.cos(was["yaw"]), -math.sin(was["yaw"])
    away = -math.sin(was["yaw"]), -math.cos(was["yaw"])
    assert now["x"] == pytest.approx(was["x"] + 2 * STEP * right[0] + STEP * away[0], abs=1e-3)
    assert now["z"] == pytest.approx(was["z"] + 2 * STEP * right[1] + STEP * away[1], abs=1e-3)
    assert now["y"] == pytest.approx(was["y"] + STEP, abs=1e-3)
    assert now["yaw"] == pytest.approx(was["yaw"] + math.radians(5), abs=1e-3)
    assert now["cell_width"] == pytest.approx(1.1 * was["cell_width"], rel=1e-3)
    # What was done while Alt was held is one step.
    press(visit, "Control+z")
    until_pose(visit, layer, f"pose.cell_width === {was['cell_width']}")
    assert pose(visit, layer)["x"] == pytest.approx(now["x"], abs=1e-6)
    press(visit, "Control+z")
    until_pose(visit, layer, f"pose.x === {was['x']}")
    assert pose(visit, layer) == was
    press(visit, "Control+y", "Control+Shift+z")
    until_pose(visit, layer, f"pose.cell_width > {was['cell_width']}")
    assert pose(visit, layer) == now
    press(visit, "Control+z", "Control+z")
    until_pose(visit, layer, f"pose.x === {was['x']}")


def test_a_layers_card_orders_its_channels_enlarges_its_maps_and_closes(visit, layer):
    press(visit, "l")
    card = visit.page.get_by_role("region", name="Layer", exact=True)
    assert CONV in card.inner_text()
    focus(visit, card.get_by_label("Order by"))
    visit.page.keyboard.type("mean")
    shown = "(layer) => cnnwalk.layers.find(({id}) => id === layer).view"
    visit.until(f"({shown})({layer!r})?.order?.length > 0")
    order = visit.tell(shown, layer)["order"]
    means = visit.tell(
        """async ([layer, network, image]) => (await (await fetch(
            `api/networks/${network}/passes/${image}/layers/${layer}/figures`)).json()).mean""",
        [layer, visit.tell("cnnwalk.current"), visit.tell("cnnwalk.selection.inserted.id")],
    )
    assert order == sorted(range(len(means)), key=lambda channel: -means[channel])
    focus(visit, card.get_by_label("Maps"))
    visit.page.keyboard.type("4")
    visit.until(f"({shown})({layer!r})?.zoom === 4")
    focus(visit, card.get_by_role("button", name="Rows below"))
    press(visit, "Enter")
    visit.until(f"({shown})({layer!r})?.row > 0")
    visit.picture("keyboard-layer-card")
    press(visit, "Escape")
    assert not card.is_visible()
    # Back as it was, for who comes next.
    press(visit, "l")
    focus(visit, card.get_by_label("Maps"))
    visit.page.keyboard.type("all")
    focus(visit, card.get_by_label("Order by"))
    visit.page.keyboard.type("number")
    visit.until(f"({shown})({layer!r}) === null")
    press(visit, "Escape")


def test_the_next_visit_finds_the_panel_where_it_was_put(visit, layer, visitors, demo):
    was = pose(visit, layer)
    with visit.page.expect_response(lambda answer: answer.request.method == "PUT") as kept:
        press(visit, "Alt+ArrowRight")
    assert json.loads(kept.value.body())["placements"].keys() == {layer}
    later = visitors().open(demo.url)
    assert pose(later, layer)["x"] == pytest.approx(was["x"] + STEP, abs=1e-3)
    # Both move something: the one that comes late keeps what the other did.
    with visit.page.expect_response(lambda answer: answer.request.method == "PUT"):
        press(visit, "Alt+PageUp")
    fly(later, "blocks.0.0")
    with later.page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        press(later, "Alt+PageUp")
    until_pose(later, layer, f"pose.y > {was['y']} + 0.05")
    assert "another window" in later.page.locator(".notices").inner_text()
    press(later, "l")
    card = later.page.get_by_role("region", name="Layer", exact=True)
    focus(later, card.get_by_role("button", name="Reset all"))
    with later.page.expect_response(lambda answer: answer.request.method == "PUT"):
        press(later, "Enter")
    assert pose(later, layer) == was
    later.page.close()


def test_turn_about_by_keys(visit):
    yaw = visit.tell("cnnwalk.camera.yaw")
    visit.page.keyboard.down("Comma")
    visit.until(f"Math.abs(cnnwalk.camera.yaw - {yaw}) > 0.2")
    visit.page.keyboard.up("Comma")
