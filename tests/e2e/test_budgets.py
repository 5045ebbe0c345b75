"""The counts and bytes of DESIGN section 6."""

import gzip
import math

import pytest

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


@pytest.mark.parametrize("networks", [("densenet201",), ("inception_v3", "resnet18")])
def test_many_layers_and_two_networks_are_within_the_same_budget(serve, visitors, networks):
    with serve("walk", *(f"torchvision:{network}" for network in networks)) as walk:
        visit = visitors(640, 400).open(walk.url)
        visit.until("cnnwalk.networks.every((one) => one.progress.stage === 'done')")
        visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
        assert len(visit.tell("cnnwalk.layers")) > 150
        assert_is_within_budget(visit)
        visit.check(walk.origin)
