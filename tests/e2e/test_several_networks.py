"""Several networks in one world, each with its own image, maps and results."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from cnnwalk.networks import load_network

# Two small networks of a user's own, which differ in everything that the hall shows.
CODE = """
import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network


def build(name, channels, seed):
    torch.manual_seed(seed)
    layers = [nn.Conv2d(3, channels, 3, padding=1), nn.ReLU(), nn.Conv2d(channels, 9, 3, stride=2)]
    module = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(9, 4))
    spec = InputSpec(3, 28, 28, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    return Network(name, module, spec, classes=("ant", "bee", "cat", "dog"))


def left():
    return build("left", 5, 1)


def right():
    return build("right", 6, 2)
"""

NAMES = ("left", "right")


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    """The file of the networks, and the same networks for plain torch."""
    path = tmp_path_factory.mktemp("networks") / "pair.py"
    path.write_text(CODE)
    return path, {name: load_network(f"{path}:{name}").module for name in NAMES}


@pytest.fixture(scope="module")
def pair(serve, visitors, modules):
    path, _ = modules
    with serve("walk", f"{path}:left", f"{path}:right") as walk:
        visit = visitors(960, 540).open(walk.url)
        yield visit
        visit.check(walk.origin)


def picture(seed):
    """A picture of just the networks' size, so that nothing is scaled."""
    pixels = np.random.default_rng(seed).integers(0, 256, (28, 28, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return pixels, buffer.getvalue()


def settle(visit):
    visit.until("cnnwalk.networks.every((one) => one.progress.stage === 'done')")
    visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")


def network(visit, name):
    return visit.tell("name => cnnwalk.networks.find((one) => one.name === name)", name)


def go(visit, name):
    """Choose a network in the title, which flies to its start."""
    visit.page.get_by_role("combobox", name="Network").select_option(name)
    visit.until("id => cnnwalk.current === id", network(visit, name)["id"])
    visit.frames(2)


def take_in_hand(visit, seed):
    """Bring a picture by the dataset panel's button for files, as a visitor does."""
    with visit.page.expect_file_chooser() as chooser:
        visit.click("cnnwalk.datasetSpot('Open file…')")
    file = {"name": f"{seed}.png", "mimeType": "image/png", "buffer": picture(seed)[1]}
    chooser.value.set_files(file)
    visit.until("name => cnnwalk.selection.held?.image.name === name", f"{seed}.png")


@torch.no_grad()
def assert_shows(visit, modules, name, seed):
    """What is drawn of a network's first convolution, and its result, are of this picture."""
    shown = network(visit, name)
    assert shown["inserted"]["name"] == f"{seed}.png"
    module = modules[1][name].eval()
    values = torch.from_numpy(picture(seed)[0]).permute(2, 0, 1)[None] / 255
    prepared = (values - 0.5) / 0.25
    maps = module[1](module[0](prepared))[0]
    read = "([id, layer, channel]) => cnnwalk.texels(layer, channel, 'base', id)"
    for channel in range(len(maps)):
        drawn = np.array(visit.tell(read, [shown["id"], "0", channel]), float).reshape(-1, 2)
        means = torch.nn.functional.avg_pool2d(maps[channel][None], 2)[0]
        expected = (means / maps.max() * 255).reshape(-1).numpy()
        assert np.abs(drawn[:, 0] - expected).max() <= 255 / 254, (name, channel)
        assert drawn[:, 1].max() == 0
    probabilities = module(prepared).softmax(-1)[0]
    first = shown["predictions"][0]
    assert first["index"] == probabilities.argmax()
    assert first["probability"] == pytest.approx(probabilities.max().item(), abs=1e-3)


def test_they_stand_side_by_side(pair):
    settle(pair)
    networks = pair.tell("cnnwalk.networks")
    assert [one["name"] for one in networks] == list(NAMES)
    left, right = (one["hall"]["bounds"] for one in networks)
    assert left["max_x"] + 2 < right["min_x"]
    poses = pair.tell("cnnwalk.layers.map(({network, pose}) => [network, pose.x])")
    for one, bounds in zip(networks, (left, right), strict=True):
        places = [x for network, x in poses if network == one["id"]]
        assert len(places) == 5
        assert all(bounds["min_x"] < x < bounds["max_x"] for x in places)
    assert 0 < pair.tell("cnnwalk.drawCalls") <= 60


def test_a_key_goes_to_the_same_place_in_the_next_network_and_round_again(pair):
    settle(pair)
    go(pair, "left")
    # Not where a network begins, to which one who is nowhere else is brought.
    begins = pair.tell("cnnwalk.camera.yaw")
    pair.page.keyboard.down(".")
    pair.until("begins => Math.abs(cnnwalk.camera.yaw - begins) > 0.1", begins)
    pair.page.keyboard.up(".")
    pair.frames(2)
    places = [pair.tell("cnnwalk.camera")]
    for name in ("right", "left"):
        pair.page.keyboard.press("t")
        pair.until("id => cnnwalk.current === id", network(pair, name)["id"])
        pair.frames(2)
        places.append(pair.tell("cnnwalk.camera"))
    inputs = pair.tell("cnnwalk.layers.filter(({id}) => id === 'input').map(({pose}) => pose.x)")
    aside = [place["x"] - places[0]["x"] for place in places]
    assert aside == pytest.approx([0, max(inputs) - min(inputs), 0], abs=1e-6)
    for kept in ("y", "z", "yaw"):
        assert [place[kept] for place in places] == pytest.approx([places[0][kept]] * 3)
    # Back to where those stand who come next, with the board's buttons beside the cards.
    pair.page.keyboard.press("Home")
    pair.until("begins => cnnwalk.camera.yaw === begins", begins)


def test_what_all_say_is_in_view_while_the_card_is_folded(pair):
    settle(pair)
    pair.page.mouse.move(480, 20)
    rows = pair.page.get_by_role("list", name="All networks").locator("li")
    assert [row.locator("span").first.inner_text() for row in rows.all()] == list(NAMES)
    assert not pair.page.get_by_role("slider", name="Noise on the input").is_visible()
    rows.last.hover()
    assert pair.page.get_by_role("slider", name="Noise on the input").is_visible()
    pair.page.mouse.move(480, 20)


def test_an_image_goes_into_the_one_whose_frame_is_clicked(pair, modules):
    for name, seed in (("left", 11), ("right", 12)):
        go(pair, name)
        take_in_hand(pair, seed)
        pair.click("cnnwalk.frameSpot")
        pair.until("cnnwalk.selection.held === null")
        settle(pair)
    assert_shows(pair, modules, "left", 11)
    assert_shows(pair, modules, "right", 12)
    pair.picture("two-networks")


@pytest.mark.parametrize("how", ["shift and click", "shift and i", "button"])
def test_an_image_goes_into_all_on_request(pair, modules, how):
    seed = {"shift and click": 21, "shift and i": 22, "button": 23}[how]
    take_in_hand(pair, seed)
    if how == "shift and click":
        pair.page.keyboard.down("Shift")
        pair.click("cnnwalk.frameSpot")
        pair.page.keyboard.up("Shift")
    elif how == "shift and i":
        pair.page.keyboard.press("Shift+I")
    else:
        pair.click("cnnwalk.datasetSpot('Insert into all networks')")
    pair.until("cnnwalk.selection.held === null")
    settle(pair)
    for name in NAMES:
        assert_shows(pair, modules, name, seed)


def inserted_twice_into_all(pair):
    for image in (31, 32):
        take_in_hand(pair, image)
        pair.page.keyboard.press("Shift+I")
        settle(pair)
    go(pair, "right")


def inserted(pair):
    return [network(pair, name)["inserted"]["name"] for name in NAMES]


def test_undo_takes_back_all_that_was_done_at_once(pair):
    inserted_twice_into_all(pair)
    pair.page.keyboard.press("Control+z")
    settle(pair)
    assert inserted(pair) == ["31.png", "31.png"]
    pair.page.keyboard.press("Control+Shift+z")
    settle(pair)
    assert inserted(pair) == ["32.png", "32.png"]


def test_the_card_puts_the_image_before_into_the_network_one_is_at(pair):
    inserted_twice_into_all(pair)
    undo = pair.page.get_by_role("button", name="Image before")
    pair.page.mouse.move(700, 200)
    at = undo.bounding_box()
    place = pytest.approx(at, abs=2)  # a pixel of the screen here is two of the page
    go(pair, "left")
    assert undo.bounding_box() == place
    # The card unfolds above its line, which stays where a quick hand goes.
    pair.page.mouse.move(at["x"] + 5, at["y"] + 5)
    pair.page.get_by_label("Noise on the input").wait_for()
    assert undo.bounding_box() == place
    go(pair, "right")
    pair.page.mouse.click(at["x"] + 5, at["y"] + 5)
    settle(pair)
    assert inserted(pair) == ["32.png", "31.png"]


def test_the_search_finds_layers_of_all_and_flies_there(pair):
    go(pair, "left")
    pair.page.keyboard.press("/")
    pair.page.get_by_role("combobox", name="Search layers").fill("right linear")
    option = pair.page.locator("#found-layers li").first
    target = network(pair, "right")
    assert option.get_attribute("data-network") == target["id"]
    pair.page.keyboard.press("Enter")
    pair.until("id => cnnwalk.current === id", target["id"])
    assert pair.page.locator(".title .figures").inner_text().startswith("5 layers")


def test_a_network_can_be_asked_for_by_the_address(serve, visitors, modules):
    path, _ = modules
    with serve("walk", f"{path}:left", f"{path}:right") as walk:
        visit = visitors(640, 400)
        visit.open(walk.url, "&network=right" if "?" in walk.url else "?network=right")
        assert visit.tell("cnnwalk.current") == network(visit, "right")["id"]
        halls = [url for url in visit.requests if "/hall" in url]
        assert network(visit, "right")["id"] in halls[0]
        settle(visit)
        visit.check(walk.origin)
