"""One visitor in the demo: the whole network is there, and all that is shown is true."""

import io
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from skimage import data

FIGURE = "\u2212"  # the page's minus sign


def number(text):
    return float(text.replace(FIGURE, "-"))


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def fly(visit, query):
    """Search a layer and fly there; returns its id."""
    visit.page.keyboard.press("/")
    visit.page.get_by_role("combobox").fill(query)
    layer = visit.page.get_by_role("option").first.get_attribute("data-layer")
    visit.page.keyboard.press("Enter")
    pose = visit.tell("id => cnnwalk.layers.find((one) => one.id === id).pose", layer)
    near = "([x, z]) => Math.hypot(cnnwalk.camera.x - x, cnnwalk.camera.z - z) < 8"
    visit.until(near, [pose["x"], pose["z"]])
    visit.frames(2)
    return layer


def test_few_requests_come_before_the_network(resident):
    paths = [urlsplit(url).path for url in resident.requests]
    before = paths[: next(at for at, path in enumerate(paths) if path.endswith("/hall"))]
    assert len(before) <= 6, before


def test_the_whole_network_stands_there(visit):
    command = Path(sys.executable).with_name("cnnwalk")
    graph = json.loads(subprocess.check_output([command, "graph", "demo", "--json"]))
    layers = {layer["id"]: layer["shape"] for layer in graph["layers"]}
    shown = visit.tell("cnnwalk.layers")
    assert [layer["id"] for layer in shown] == list(layers)
    maps = sum(shape[0] for shape in layers.values())
    assert maps > 20_000
    cells = {layer["id"]: layer["pose"]["columns"] * layer["pose"]["rows"] for layer in shown}
    assert all(cells[layer] >= shape[0] for layer, shape in layers.items())
    title = visit.page.get_by_text("feature maps").first.inner_text()
    assert f"{len(layers)} layers · {maps:,} feature maps" in title
    visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
    visit.picture("arrival")


def test_the_hall_is_few_draw_calls(visit):
    visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
    assert 0 < visit.tell("cnnwalk.drawCalls") <= 60


def test_vr_says_why_it_cannot_be_entered(visit):
    button = visit.page.get_by_role("button", name="Enter VR")
    visit.until("document.querySelector('.vr').title.includes('cnnwalk demo --lan')")
    assert button.get_attribute("aria-disabled") == "true"


def test_the_w_key_walks_ahead(visit):
    start = visit.tell("cnnwalk.camera")
    visit.page.keyboard.down("w")
    visit.until(f"cnnwalk.camera.z < {start['z'] - 1}")
    visit.page.keyboard.up("w")


def test_the_search_flies_to_a_layer(visit):
    layer = fly(visit, "blocks.3.1 add")
    assert layer.startswith("blocks.3.1")
    assert visit.until("id => cnnwalk.mapSpot(id, 0)", layer)
    visit.picture("layer")


def test_the_search_says_that_it_found_nothing(visit):
    visit.page.keyboard.press("Control+k")
    visit.page.get_by_role("combobox").fill("zebra")
    assert visit.page.get_by_text("No layer matches").is_visible()
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("combobox").wait_for(state="hidden")


def test_the_sheet_of_controls(visit):
    visit.page.keyboard.press("?")
    sheet = visit.page.get_by_role("dialog", name="Controls")
    assert "search a layer and fly there" in sheet.inner_text()
    visit.picture("controls")
    visit.page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")


def test_coffee_is_espresso(visit, oracle):
    visit.insert_picture("chelsea")
    visit.requests.clear()
    visit.insert_picture("coffee")
    probabilities = oracle.probabilities(Image.fromarray(data.coffee()))
    (name, percent), *others = visit.results()
    assert name == "espresso"
    assert float(percent.removesuffix(" %")) / 100 == pytest.approx(probabilities.max(), abs=0.01)
    assert len(others) == 2
    predictions = visit.tell("cnnwalk.predictions")
    assert [one["index"] for one in predictions] == list(np.argsort(-probabilities)[:10])
    for one in predictions:
        assert one["probability"] == pytest.approx(probabilities[one["index"]], abs=1e-3)
    passes = [url for url in visit.requests if "/passes/" in url]
    assert len(passes) == 2, passes


def test_a_dropped_picture_goes_in_and_can_be_undone(visit, oracle):
    before = visit.tell("cnnwalk.selection.inserted")
    image = Image.fromarray(data.astronaut()).resize((300, 200))
    visit.drop("someone.png", png(image))
    visit.until("cnnwalk.selection.inserted.name === 'someone.png'")
    visit.until("cnnwalk.progress.stage === 'done'")
    expected = oracle.probabilities(image).argmax()
    assert visit.tell("cnnwalk.predictions[0].index") == expected
    visit.page.keyboard.press("Control+z")
    visit.until("id => cnnwalk.selection.inserted.id === id", before["id"])
    visit.until("cnnwalk.progress.stage === 'done'")


def test_a_dropped_text_file_is_refused_in_words(visit):
    before = visit.tell("cnnwalk.selection.inserted.id")
    visit.drop("notes.jpg", b"Buy milk, and some bread.")
    alert = visit.page.get_by_role("alert").filter(has_text="picture")
    alert.wait_for()
    assert "JPEG" in alert.inner_text()
    assert visit.tell("cnnwalk.selection.inserted.id") == before
    # The browser itself reports the refused upload on the console.
    refused = [error for error in visit.console_errors if "/api/images" in error]
    visit.console_errors = [error for error in visit.console_errors if error not in refused]
    assert len(refused) == 1


def test_the_magnifier_shows_true_values(visit, oracle):
    visit.insert_picture("coffee")
    truth = oracle.activations(Image.fromarray(data.coffee()))["conv_stem"][5]
    fly(visit, "conv_stem")
    # The inspector that comes up over this map must not take the click.
    spot = visit.tell("cnnwalk.mapSpot('conv_stem', 5)")
    visit.page.mouse.move(spot["x"], spot["y"])
    visit.until("cnnwalk.selection.hover?.channel === 5")
    visit.page.get_by_role("region", name="Feature map under the pointer").wait_for()
    visit.page.mouse.click(spot["x"], spot["y"], button="right")
    magnifier = visit.page.get_by_role("dialog", name="Magnifier")
    magnifier.get_by_text("channel 5").wait_for()
    value = magnifier.get_by_label("Value of the pixel under the pointer")
    canvas = magnifier.locator("canvas").bounding_box()
    visit.page.mouse.move(canvas["x"] + canvas["width"] * 0.5, canvas["y"] + canvas["height"] * 0.4)
    _, x, _, y, shown = value.inner_text().split()
    assert truth[int(y), int(x)] != 0
    assert number(shown) == pytest.approx(truth[int(y), int(x)], rel=1e-3)
    assert f"max {truth.max():.4g}" in magnifier.inner_text()
    visit.picture("magnifier")
    visit.page.mouse.click(canvas["x"] + 200, canvas["y"] + 200, button="right")
    magnifier.wait_for(state="hidden")


def test_the_magnifier_shows_the_pixels_of_a_picture(visit):
    visit.insert_picture("coffee")
    visit.click("cnnwalk.frameSpot", button="right")
    magnifier = visit.page.get_by_role("dialog", name="Magnifier")
    magnifier.get_by_text("600 × 400 pixels").wait_for()
    canvas = magnifier.locator("canvas").bounding_box()
    visit.page.mouse.move(canvas["x"] + canvas["width"] * 0.5, canvas["y"] + canvas["height"] * 0.4)
    value = magnifier.get_by_label("Value of the pixel under the pointer")
    _, x, _, y, _, red, green, blue = value.inner_text().split()
    assert [int(red), int(green), int(blue)] == data.coffee()[int(y), int(x)].tolist()
    visit.page.keyboard.press("Escape")
    magnifier.wait_for(state="hidden")


def test_the_inspector_shows_the_value_under_the_pointer(visit, oracle):
    visit.insert_picture("coffee")
    truth = oracle.activations(Image.fromarray(data.coffee()))["conv_stem"]
    fly(visit, "conv_stem")
    spot = visit.until("cnnwalk.mapSpot('conv_stem', 7)")
    visit.page.mouse.move(spot["x"], spot["y"])
    visit.until("cnnwalk.selection.hover?.channel === 7")
    visit.until("!['', '…'].includes(document.querySelector('.inspector output').textContent)")
    hit = visit.tell("cnnwalk.selection.hover")
    shown = visit.page.get_by_label("Value under the pointer").inner_text()
    assert number(shown) == pytest.approx(truth[7, hit["y"], hit["x"]], rel=1e-3, abs=1e-6)
    visit.picture("inspector")
    visit.page.keyboard.press("m")
    magnifier = visit.page.get_by_role("dialog", name="Magnifier")
    magnifier.get_by_text("channel 7").wait_for()
    visit.page.keyboard.press("Escape")
    magnifier.wait_for(state="hidden")


def test_every_byte_that_is_drawn_is_what_numpy_says(visit, oracle):
    visit.insert_picture("coffee")
    truth = oracle.activations(Image.fromarray(data.coffee()))
    paths = {layer["id"] for layer in visit.tell("cnnwalk.layers")} & truth.keys()
    assert len(paths) >= 50  # 49 convolutions, the pool and the classifier
    random = np.random.default_rng(0)
    for layer in random.choice(sorted(paths), 20, replace=False):
        maps = truth[layer].reshape(len(truth[layer]), -1)
        channel = int(random.integers(len(maps)))
        small = max(truth[layer].shape[1:], default=1) <= 14
        level = "base" if small else "detail"
        loaded = "([id, small]) => cnnwalk.layers.find((one) => one.id === id).level"
        visit.until(f"{loaded} === (small ? 'base' : 'detail')", [layer, small])
        drawn = visit.texels(layer, channel, level)
        values = np.stack([maps[channel].clip(0), -maps[channel].clip(None, 0)], -1)
        expected = values / np.abs(maps).max() * 255
        # One step of the codes, counted in those of the texels.
        step = 255 / 127 if maps.min() < 0 else 255 / 254
        assert drawn.shape == expected.shape
        assert np.abs(drawn - expected).max() <= step, layer


def test_brightness_can_be_chosen_per_channel(visit, oracle):
    visit.insert_picture("coffee")
    truth = oracle.activations(Image.fromarray(data.coffee()))["blocks.6.0.conv_dw"]
    channel = int(np.argmin(np.where(truth.max((1, 2)) > 0.1, truth.max((1, 2)), np.inf)))
    expected = truth[channel].reshape(-1) / truth[channel].max() * 255
    settled = "cnnwalk.layers.every((layer) => layer.level !== 'none')"
    for choice in ("per channel", "per layer"):
        visit.page.get_by_role("button", name="Settings").click()
        visit.page.get_by_label(choice).check()
        visit.page.get_by_role("button", name="Done").click()
        visit.until(settled)
        if choice == "per channel":
            full = "id => Math.max(...cnnwalk.texels(id, CHANNEL, 'base')) === 255"
            visit.until(full.replace("CHANNEL", str(channel)), "blocks.6.0.conv_dw")
            drawn = visit.texels("blocks.6.0.conv_dw", channel, "base")[:, 0]
            assert np.abs(drawn - expected).max() <= 1
