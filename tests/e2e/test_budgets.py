"""The counts and bytes of DESIGN section 6."""

import gzip
import io
import json
import math

import pytest
from headset import Headset
from PIL import Image

from cnnwalk.server.static import BUNDLE

MIB = 2**20


def compressed(path):
    already = path.suffix in {".woff", ".woff2"}
    return path.stat().st_size if already else len(gzip.compress(path.read_bytes(), 9))


def test_the_page_is_light():
    files = [path for path in BUNDLE.rglob("*") if path.is_file()]
    chunks = [path for path in files if path.suffix == ".js" and "index" not in path.name]
    emulator = [path for path in chunks if b"XRDevice" in path.read_bytes()]
    assert len(emulator) == 1, "the emulator is a chunk of its own"
    page = [path for path in files if path not in emulator]
    assert sum(map(compressed, page)) <= 400_000


@pytest.fixture(scope="module")
def resnet50(serve):
    with serve("walk", "torchvision:resnet50") as walk:
        yield walk


@pytest.fixture(scope="module")
def resnet(resnet50, visitors):
    visit = visitors(640, 400).open(resnet50.url)
    visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
    return visit


def test_resnet50_takes_an_image_by_two_requests_of_few_bytes(resnet):
    passes = [url for url in resnet.requests if "/passes/" in url]
    assert len(passes) == 2, passes
    read = "async (url) => (await (await fetch(url)).arrayBuffer()).byteLength"
    sent = sum(resnet.tell(read, url) for url in passes)
    hall = next(url for url in resnet.requests if url.endswith("/hall"))
    graph = resnet.tell("async (url) => (await (await fetch(url)).json()).graph", hall)
    values = sum(math.prod(layer["shape"]) for layer in graph["layers"])
    # Every value at full size at least once, and the base levels beside it.
    assert values <= sent <= 1.4 * values


def assert_is_within_budget(visit, texture_bytes=1024 * MIB):
    visit.frames(2)
    assert 0 < visit.tell("cnnwalk.drawCalls") <= 60
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("HeapProfiler.collectGarbage")
    assert visit.tell("performance.memory.usedJSHeapSize") <= 150 * MIB
    assert 0 < visit.tell("cnnwalk.textureBytes") <= texture_bytes


def test_resnet50_is_few_draw_calls_and_little_memory(resnet):
    assert_is_within_budget(resnet)


def job_of(network, layer, channels):
    """A feature visualization of which every picture is finished."""
    count = {"seed": 0, "steps": 1, "step": 1, "waiting": 0, "revision": 0, "channels": channels}
    none = {"start": None, "problem": None, "seconds_left": 0}
    empty = {"before_activation": [], "dead": [], "forming": []}
    job = {"id": layer, "network": network, "layer": layer, "mode": "natural", "state": "done"}
    return job | count | none | empty | {"done": list(range(channels))}


def give_pictures(page, jobs):
    """Have the page find these jobs, and a sheet of grey for whichever of their pictures."""
    sheet = io.BytesIO()
    Image.new("RGB", (256, 256), (90, 90, 90)).save(sheet, "png")
    found = {"content_type": "application/json", "body": json.dumps(jobs)}
    page.route("**/api/visualizations", lambda route: route.fulfill(**found))
    grey = {"content_type": "image/png", "body": sheet.getvalue()}
    page.route("**/pictures?*", lambda route: route.fulfill(**grey))


def turn_panels(visit):
    """Turn five panels, as large as they come, to pictures; returns their layers' channels."""
    network = visit.tell("cnnwalk.current")
    hall = next(url for url in visit.requests if url.endswith("/hall"))
    layers = visit.tell("async (url) => (await (await fetch(url)).json()).graph.layers", hall)
    convs = [(layer["id"], layer["shape"][0]) for layer in layers if layer["kind"] == "conv"]
    turned = dict([convs[0], *convs[-4:]])
    give_pictures(visit.page, [job_of(network, *one) for one in turned.items()])
    visit.page.reload()
    visit.until("window.cnnwalk?.progress?.stage === 'done'")
    for layer in turned:
        visit.page.keyboard.press("/")
        visit.page.keyboard.type(layer)
        visit.page.keyboard.press("Enter")
        visit.frames(3)
        visit.page.keyboard.press("v")
        shows = "(layer) => cnnwalk.layers.find(({ id }) => id === layer).shows === 'pictures'"
        visit.until(shows, layer)
        visit.until("(layer) => cnnwalk.pictureShows(layer, 0) === 'picture'", layer)
    return turned


def test_resnet50_with_turned_panels_is_within_the_same_budget(resnet, resnet50):
    before = resnet.tell("cnnwalk.textureBytes")
    for layer, channels in turn_panels(resnet).items():
        resnet.until(f"cnnwalk.pictureShows('{layer}', {channels - 1}) === 'picture'")
    assert_is_within_budget(resnet)
    assert 20 * MIB < resnet.tell("cnnwalk.textureBytes") - before <= 192 * MIB
    resnet.check(resnet50.origin)
    resnet.page.close()  # the next test draws the same hall, in the headset


def carry_and_open(headset):
    """Hold a picture, open the menu, and have the results told beside it."""
    headset.rest()
    headset.take_picture(headset.tell("cnnwalk.draw.images[0].name"))
    headset.open_menu("Images")
    if headset.tell("cnnwalk.xr.menus.bulletin.length") < 5:
        headset.press_button("Results in view")
    headset.until("cnnwalk.xr.menus.bulletin.length >= 5")
    assert headset.tell("cnnwalk.views") == 2
    assert headset.tell("cnnwalk.xr.tool.visible && cnnwalk.xr.hologram.visible")


def test_resnet50_in_the_headset_is_within_the_headsets_budget(resnet50, visitors):
    visit = visitors(480, 270).open(resnet50.url, "&xr=emulate")
    visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
    turn_panels(visit)
    headset = Headset(visit).enter()
    carry_and_open(headset)
    assert_is_within_budget(visit, 192 * MIB)
    headset.press_button("Places")
    headset.press_button("Map")
    headset.until("cnnwalk.xr.menus.page === 'Map'")
    assert_is_within_budget(visit, 192 * MIB)
    headset.picture("resnet50_headset_menu")
    visit.page.close()


def test_many_layers_and_two_networks_are_within_the_same_budget(serve, visitors):
    with serve("walk", "torchvision:densenet201", "torchvision:resnet18") as walk:
        visit = visitors(640, 400).open(walk.url)
        visit.until("cnnwalk.networks.every((one) => one.progress.stage === 'done')")
        visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
        assert len(visit.tell("cnnwalk.layers")) > 150
        assert_is_within_budget(visit)
        visit.check(walk.origin)
