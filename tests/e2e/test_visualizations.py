"""Asking for feature visualizations, steering them, and what a picture does to its channel."""

import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from timm.data import resolve_data_config

STEM = "conv_stem"
CLASSES = "classifier"
GOLDFISH = 1
SHOWS = "id => cnnwalk.layers.find((one) => one.id === id).shows"


@pytest.fixture(scope="module")
def walk(serve):
    with serve("demo", state="visualizations") as served:
        yield served


@pytest.fixture(scope="module")
def visitor(visitors, walk):
    visit = visitors().open(walk.url)
    yield visit
    visit.check(walk.origin)


@pytest.fixture
def visit(visitor):
    """The visitor before the first layer, with empty hands and with its choices open."""
    visitor.page.keyboard.press("Escape")
    visitor.until("cnnwalk.selection.held === null")
    choose(visitor, STEM)
    return visitor


@pytest.fixture(scope="module")
def pictures(visitor):
    """Four finished pictures of the first layer."""
    choose(visitor, STEM)
    make(visitor, channels="0-3", steps=12)
    progress(visitor, r"4 pictures of 32 channels")


def card(visit):
    return visit.page.get_by_role("region", name="Feature visualization", exact=True)


def choose(visit, layer):
    """Go before a layer and open the choices of its pictures."""
    if card(visit).get_by_text(layer, exact=True).is_visible():
        return
    visit.page.keyboard.press("/")
    visit.page.get_by_role("combobox", name="Search layers").fill(layer)
    visit.page.keyboard.press("Enter")
    pose = visit.tell("id => cnnwalk.layers.find((one) => one.id === id).pose", layer)
    near = "([x, z]) => Math.hypot(cnnwalk.camera.x - x, cnnwalk.camera.z - z) < 8"
    visit.until(near, [pose["x"], pose["z"]])
    visit.frames(2)
    visit.page.mouse.move(640, 2)  # over no panel
    visit.until("cnnwalk.selection.hover === null")
    visit.page.keyboard.press("Shift+V")
    card(visit).get_by_text(layer, exact=True).wait_for()


def fill(visit, **choices):
    """Fill the fields of the card by their names, in small letters, and press the button."""
    if not card(visit).get_by_role("textbox", name="Seed").is_visible():
        card(visit).locator("summary").click()
    for name, value in choices.items():
        card(visit).get_by_role("textbox", name=name.capitalize()).fill(str(value))
    card(visit).get_by_role("button", name="Make pictures").click()


def make(visit, channels, steps, seed=0):
    """Have pictures made, until the card is about them."""
    fill(visit, channels=channels, steps=steps, seed=seed)
    card(visit).get_by_text(f"{steps} steps · seed {seed} ·").wait_for()


def progress(visit, pattern):
    """Wait until the open card says so of its job, and return what was found."""
    text = "document.querySelector('.visualizer .progress-text').textContent"
    return re.search(pattern, visit.until(f"{text}.match(/{pattern}/) && {text}"))


def cells(visit, layer, channels):
    """What the cells of the layer's first channels show."""
    read = (
        "([layer, count]) => [...Array(count).keys()].map((at) => cnnwalk.pictureShows(layer, at))"
    )
    return visit.tell(read, [layer, channels])


def shows(visit, layer):
    return visit.tell(SHOWS, layer)


def hold(visit, layer, channel):
    visit.click(f"cnnwalk.mapSpot('{layer}', {channel})")
    visit.until(f"cnnwalk.selection.held?.visualization?.channel === {channel}")


def insert(visit):
    image = visit.tell("cnnwalk.selection.held.image.id")
    visit.page.keyboard.press("i")
    visit.until(f"cnnwalk.selection.inserted.id === '{image}'")
    visit.until("cnnwalk.progress.stage === 'done'")
    return image


def response(visit):
    """The card that says how strongly a channel responds: (heading, values, note)."""
    said = visit.page.get_by_role("status", name="Response of the channel")
    said.wait_for()
    values = [float(text) for text in said.locator("dd").all_inner_texts()]
    return said.locator("strong").inner_text(), values, said.locator("small").inner_text()


def network_input(oracle, visit, image):
    """The picture as the network takes it when it is inserted: its saved pixels, normalized."""
    read = "async (url) => Array.from(new Uint8Array(await (await fetch(url)).arrayBuffer()))"
    picture = Image.open(io.BytesIO(bytes(visit.tell(read, f"api/images/{image}"))))
    values = torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1) / 255
    config = resolve_data_config({}, model=oracle.model)
    mean, std = (torch.tensor(config[name])[:, None, None] for name in ("mean", "std"))
    return ((values - mean) / std)[None]


def test_previews_show_on_the_panel_until_the_pictures_are_there(visit):
    make(visit, channels="4-7", steps=24)
    shows = [f"cnnwalk.pictureShows('{STEM}', {at})" for at in range(4, 8)]
    visit.until(f"{shows[0]} === 'forming'")
    first = visit.until(f"cnnwalk.pictureTexels('{STEM}', 4)")
    visit.picture("visualization-forming")
    progress(visit, r"4 pictures of 32 channels")
    visit.until(" && ".join(f"{one} === 'picture'" for one in shows))
    assert visit.tell(f"cnnwalk.pictureTexels('{STEM}', 4)") != first
    assert cells(visit, STEM, 12)[8:] == ["waiting"] * 4


def test_a_picture_excites_its_channel_and_the_page_says_how_much(visit, pictures, oracle):
    assert visit.tell("cnnwalk.selection.inserted.name") == "coffee"
    hold(visit, STEM, 3)
    image = insert(visit)
    heading, (before, after), note = response(visit)
    assert heading == f"Channel 3 · {STEM}"
    with torch.no_grad():
        stem = oracle.model.bn1(oracle.model.conv_stem(network_input(oracle, visit, image)))
    assert after == pytest.approx(stem[0, 3].mean().item(), rel=1e-3)
    assert after > before
    assert f"{after / before:.0f} times as strong" in note or after < 10 * before
    visit.picture("visualization-response")
    visit.page.keyboard.press("Control+z")
    visit.until("cnnwalk.selection.inserted.name === 'coffee'")
    visit.page.get_by_role("status", name="Response of the channel").wait_for(state="hidden")


def test_a_magnified_picture_stands_beside_what_its_channel_makes_of_it(visit, pictures):
    hold(visit, STEM, 2)
    visit.page.mouse.move(640, 2)
    visit.until("cnnwalk.selection.hover === null")
    visit.page.keyboard.press("m")
    beside = visit.page.get_by_role("complementary", name="The channel and its picture")
    beside.get_by_text("coffee").wait_for()
    assert beside.locator("figure").count() == 2
    with visit.page.expect_download() as download:
        beside.get_by_role("link", name="Save PNG").click()
    saved = Image.open(download.value.path())
    assert saved.size == (224, 224)
    assert saved.text["channel"] == "2"
    visit.picture("visualization-magnified")
    beside.get_by_role("button", name="Insert").click()
    visit.until("cnnwalk.selection.inserted.origin === 'visualization'")
    visit.until("cnnwalk.progress.stage === 'done'")
    visit.page.keyboard.press("Control+z")
    visit.until("cnnwalk.progress.stage === 'done'")


def test_the_picture_of_a_class_gives_that_class(visit, oracle):
    choose(visit, CLASSES)
    make(visit, channels="goldfish", steps=24)
    progress(visit, r"1 picture of 1,000 channels")
    visit.until(f"cnnwalk.pictureShows('{CLASSES}', {GOLDFISH}) === 'picture'")
    hold(visit, CLASSES, GOLDFISH)
    image = insert(visit)
    heading, (before, after), note = response(visit)
    name, share = visit.results()[0]
    assert heading == f"{name} · {CLASSES}"
    with torch.no_grad():
        scores = oracle.model(network_input(oracle, visit, image))[0]
    assert scores.argmax() == GOLDFISH
    assert after == pytest.approx(scores[GOLDFISH].item(), rel=1e-2)
    assert before < after
    assert f"probability {share}, place 1" in note
    visit.picture("visualization-class")
    visit.page.keyboard.press("Control+z")
    visit.until("cnnwalk.progress.stage === 'done'")


def test_a_job_is_paused_and_goes_on_and_the_walk_stays_live(visit):
    make(visit, channels="0-3", steps=2000, seed=5)
    progress(visit, r"step [1-9]\d* of 2000")
    card(visit).get_by_role("button", name="Pause").click()
    progress(visit, r"Paused at 0 of 4")
    card(visit).get_by_role("button", name="Go on").click()
    progress(visit, r"step [1-9]\d* of 2000")
    card(visit).get_by_role("button", name="Close feature visualization").click()
    jobs = visit.page.get_by_role("region", name="Feature visualizations")
    jobs.get_by_text("of 2000").wait_for()
    visit.page.keyboard.press("Home")
    visit.frames(3)
    visit.insert_picture("astronaut")
    assert jobs.get_by_text("of 2000").is_visible()
    visit.page.keyboard.press("Control+z")
    visit.until("cnnwalk.selection.inserted.name === 'coffee'")


def test_a_page_that_is_loaded_anew_follows_the_job_and_cancels_it(visit):
    """The job is that of the test before, or is asked for once more: it is the same."""
    make(visit, channels="0-3", steps=2000, seed=5)
    progress(visit, r"step [1-9]\d* of 2000")
    visit.reload()
    jobs = visit.page.get_by_role("region", name="Feature visualizations")
    jobs.get_by_text(re.compile(r"step \d+ of 2000")).wait_for()
    assert shows(visit, STEM) == "pictures"
    assert jobs.get_by_role("button", name=f"Pause {STEM}").is_visible()
    jobs.get_by_role("button", name=f"Fly to {STEM}").click()
    progress(visit, r"step \d+ of 2000")
    card(visit).get_by_role("button", name=f"Cancel {STEM}").click()
    progress(visit, r"Stopped\. 0 pictures")
    assert not jobs.is_visible()


def test_pictures_are_deleted_only_after_asking(visit, pictures):
    make(visit, channels="0-3", steps=12, seed=0)
    progress(visit, r"4 pictures of 32 channels")
    visit.until(f"cnnwalk.pictureShows('{STEM}', 0) === 'picture'")
    question = visit.page.get_by_role("dialog", name="Delete these pictures?")
    card(visit).get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Not now").click()
    question.wait_for(state="hidden")
    assert cells(visit, STEM, 4) == ["picture"] * 4
    card(visit).get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Delete").click()
    visit.until(f"id => ({SHOWS})(id) === 'activations'", STEM)
    make(visit, channels="0", steps=12, seed=0)
    progress(visit, r"1 picture of 32 channels")


def test_fields_that_say_nothing_sensible_are_told(visit):
    fill(visit, channels="30-40")
    visit.page.get_by_text("The layer has channels 0 to 31, there is no 40.").wait_for()
    fill(visit, channels="all", steps="many")
    visit.page.get_by_text("Steps: “many” is not a whole number from 1 on.").wait_for()
