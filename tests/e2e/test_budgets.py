"""The counts and bytes of DESIGN section 6."""

import gzip
import io
import json
import math

import pytest
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
def resnet(serve, visitors):
    with serve("walk", "torchvision:resnet50") as walk:
        visit = visitors(640, 400).open(walk.url)
        visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
        yield visit
        visit.check(walk.origin)


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


def assert_is_within_budget(visit):
    visit.frames(2)
    assert 0 < visit.tell("cnnwalk.drawCalls") <= 60
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("HeapProfiler.collectGarbage")
    assert visit.tell("performance.memory.usedJSHeapSize") <= 150 * MIB
    assert 0 < visit.tell("cnnwalk.textureBytes") <= 1024 * MIB


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


def test_resnet50_with_turned_panels_is_within_the_same_budget(resnet):
    network = resnet.tell("cnnwalk.current")
    before = resnet.tell("cnnwalk.textureBytes")
    hall = next(url for url in resnet.requests if url.endswith("/hall"))
    layers = resnet.tell("async (url) => (await (await fetch(url)).json()).graph.layers", hall)
    convs = [(layer["id"], layer["shape"][0]) for layer in layers if layer["kind"] == "conv"]
    turned = dict([convs[0], *convs[-4:]])
    give_pictures(resnet.page, [job_of(network, *one) for one in turned.items()])
    resnet.page.reload()
    resnet.until("window.cnnwalk?.progress?.stage === 'done'")
    for layer, channels in turned.items():
        resnet.page.keyboard.press("/")
        resnet.page.keyboard.type(layer)
        resnet.page.keyboard.press("Enter")
        resnet.frames(3)
        resnet.page.keyboard.press("v")
        resnet.until(f"cnnwalk.pictureShows('{layer}', {channels - 1}) === 'picture'")
    shows = "cnnwalk.layers.filter((layer) => layer.shows === 'pictures').length"
    assert resnet.tell(shows) == len(turned)
    assert_is_within_budget(resnet)
    assert 20 * MIB < resnet.tell("cnnwalk.textureBytes") - before <= 192 * MIB


@pytest.mark.parametrize("networks", [("densenet201",), ("inception_v3", "resnet18")])
def test_many_layers_and_two_networks_are_within_the_same_budget(serve, visitors, networks):
    with serve("walk", *(f"torchvision:{network}" for network in networks)) as walk:
        visit = visitors(640, 400).open(walk.url)
        visit.until("cnnwalk.networks.every((one) => one.progress.stage === 'done')")
        visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
        assert len(visit.tell("cnnwalk.layers")) > 150
        assert_is_within_budget(visit)
        visit.check(walk.origin)
