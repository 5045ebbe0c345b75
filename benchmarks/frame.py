"""What one frame costs in JavaScript: bytes that are put on the heap, and time.

A real Chromium shows the walk standing still, walking, and in an emulated headset: standing, and
with a picture in one hand while the other hand's ray sweeps over the panels. Once all has come and
the functions that run each frame are compiled, V8's sampling heap profiler counts what is
allocated, also what is thrown away at once, by who allocates: our own code, each library in the
page's bundle (the profiler names places in the bundle; a source map, made here from the same
sources, names the file), the emulator, which is a script of its own, and the browser. Then each
frame's callback is timed, and a CPU profile tells whose time that is.

Draw calls do nothing here: without a graphics card the browser would draw on the same processor,
in a headset a few frames a second, and thousands of frames have to pass. Neither does the browser
wait for a screen; only where one walks it does, because a stride must take as many frames as usual.
Run: python benchmarks/frame.py [NETWORK] [--frames N] [--warm N]
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from _bundle import Bundle, build_bundle
from _profiles import EMULATOR, allocated, spent
from _real_server import served
from page import DONE, FLAGS, PATIENCE, RESIDENT

FEW = 256  # bytes between two samples, on average
LEAST = 4  # bytes a frame: what is less is not the frame's own, but happens now and then
OFTEN = 0.25  # s between two looks at how many frames have passed
MICROS = 200  # between two samples of the CPU profile
UNCAPPED = "--disable-frame-rate-limit"
NO_DRAWING = """for (const name of ['Elements', 'Arrays', 'ElementsInstanced', 'ArraysInstanced']) {
    WebGL2RenderingContext.prototype['draw' + name] = function () {};
}"""
# Around the callbacks that the page hands to the browser or to the emulated session.
TIMED = """() => {
    window.frameTimes = [];
    const timed = (owner) => {
        const ask = owner.requestAnimationFrame;
        owner.requestAnimationFrame = function (callback) {
            return ask.call(this, (...given) => {
                const start = performance.now();
                callback(...given);
                window.frameTimes.push(performance.now() - start);
            });
        };
    };
    timed(window.cnnwalk.session === null ? window : Object.getPrototypeOf(window.cnnwalk.session));
}"""
HEADSET_READY = "document.querySelector('.vr').getAttribute('aria-disabled') === 'false'"
HANDS_SEEN = "window.cnnwalk.xr !== null && window.cnnwalk.xr.hands.right.present"
PICTURE = """(() => {
    const image = window.cnnwalk.draw?.images[0];
    return image && window.cnnwalk.datasetSpot(image.id);
})()"""
HELD = "window.cnnwalk.selection.held !== null"
HOLOGRAM = "window.cnnwalk.xr.hologram.visible"
# The right hand holds the tool before the chest, and its ray sweeps over what stands ahead.
SWEEP = """() => {
    const { right } = window.xrDevice.controllers;
    let turn = 0;
    setInterval(() => {
        turn += 0.01;
        const half = 0.3 * Math.sin(turn);
        right.quaternion.set(0, Math.sin(half), 0, Math.cos(half));
    }, 5);
}"""


@dataclasses.dataclass(frozen=True)
class Scene:
    """What the visitor does while frames are measured."""

    name: str
    begin: Callable[[Page], None]
    query: str = ""
    capped: bool = False


def until(page: Page, expression: str) -> Any:  # noqa: ANN401 - JSON
    """Wait until an expression is true, and return it.

    By looking now and then: the browser's own wait looks in each frame, and allocates there.
    """
    end = time.monotonic() + PATIENCE / 1000
    while not (value := page.evaluate(expression)):
        if time.monotonic() > end:
            raise SystemExit(f"This was never true: {expression}")
        time.sleep(OFTEN)
    return value


def wait_frames(page: Page, count: int) -> None:
    """Wait until so many more frames are drawn, however long that takes while there are any."""
    drawn: int = page.evaluate("window.cnnwalk.frames")
    last, since = drawn + count, time.monotonic()
    while drawn < last:
        time.sleep(OFTEN)
        now = page.evaluate("window.cnnwalk.frames")
        if now > drawn:
            drawn, since = now, time.monotonic()
        elif time.monotonic() - since > PATIENCE / 1000:
            raise SystemExit("The page draws no more frames.")


def stand(page: Page) -> None:
    """Do nothing."""


def walk(page: Page) -> None:
    """Go forward until the walk's end, where one goes on stepping."""
    page.keyboard.down("w")


def enter(page: Page) -> None:
    """Put the headset on."""
    until(page, HEADSET_READY)
    page.get_by_role("button", name="Enter VR").click()
    until(page, HANDS_SEEN)


def sweep(page: Page) -> None:
    """Take a picture in hand, put the headset on, and point about."""
    spot = until(page, PICTURE)
    page.mouse.click(spot["x"], spot["y"])
    until(page, HELD)
    enter(page)
    until(page, HOLOGRAM)
    page.evaluate(SWEEP)


SCENES = (
    Scene("standing still", stand),
    Scene("walking", walk, capped=True),
    Scene("in the headset", enter, "&xr=emulate"),
    Scene("in the headset, a picture in hand, pointing about", sweep, "&xr=emulate"),
)


def open_walk(browser: Browser, bundle: Bundle, url: str) -> Page:
    """Open the walk in a small window and wait until all of it has come."""
    page = browser.new_page(viewport=ViewportSize(width=640, height=360))
    page.add_init_script(NO_DRAWING)
    page.goto(url)
    if page.locator(f"script[src$='{bundle.script}']").count() == 0:
        raise SystemExit("The page is not built from these sources: run `make client` first.")
    until(page, f"({DONE})()")
    until(page, f"({RESIDENT})()")
    return page


def heap(page: Page, cdp: CDPSession) -> int:
    """Return the bytes on the heap that something still refers to."""
    cdp.send("HeapProfiler.collectGarbage")
    used: int = page.evaluate("performance.memory.usedJSHeapSize")
    return used


def measure_bytes(page: Page, cdp: CDPSession, bundle: Bundle, frames: int) -> None:
    """Print what the next frames allocate, and by how much the heap has grown after them."""
    cdp.send("HeapProfiler.enable")
    before = heap(page, cdp)
    start = page.evaluate("window.cnnwalk.frames")
    cdp.send(
        "HeapProfiler.startSampling",
        {
            "samplingInterval": FEW,
            "includeObjectsCollectedByMajorGC": True,
            "includeObjectsCollectedByMinorGC": True,
        },
    )
    wait_frames(page, frames)
    profile = cdp.send("HeapProfiler.stopSampling")["profile"]
    drawn = page.evaluate("window.cnnwalk.frames") - start
    grown = heap(page, cdp) - before
    shares = allocated(profile, bundle)
    for owner, amount in shares.owners.most_common():
        print(f"  allocated a frame, {owner:30} {amount / drawn:8.0f} bytes")
        for function, part in shares.functions[owner].most_common():
            if function and part >= LEAST * drawn:
                print(f"    {function:47} {part / drawn:8.0f} bytes")
    print(f"  heap grown over {drawn:6} frames {grown / drawn:24.1f} bytes a frame")


def measure_time(page: Page, cdp: CDPSession, bundle: Bundle, frames: int) -> None:
    """Print how long the next frames' callbacks take, and whose time that is."""
    page.evaluate(TIMED)
    cdp.send("Profiler.enable")
    cdp.send("Profiler.setSamplingInterval", {"interval": MICROS})
    cdp.send("Profiler.start")
    wait_frames(page, frames)
    shares = spent(cdp.send("Profiler.stop")["profile"], bundle)
    times = sorted(page.evaluate("window.frameTimes"))
    whole = shares.owners.total()
    own = 1 - shares.owners[EMULATOR] / whole if whole > 0 else 1
    median, late = times[len(times) // 2], times[len(times) * 95 // 100]
    print(f"  callback, median of {len(times):6} frames {median:20.3f} ms")
    print(f"  callback, 95th percentile {late:27.3f} ms")
    print(f"  callback, median beyond the emulator {median * own:16.3f} ms")
    for owner, share in shares.owners.most_common():
        print(f"  share of the callback, {owner:27} {share / max(whole, 1e-9):6.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", default="demo")
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--warm", type=int, default=12000, help="frames before the measured ones")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    bundle = build_bundle()
    with served(arguments.network) as server, sync_playwright() as playwright:
        for scene in SCENES:
            flags = FLAGS if scene.capped else [*FLAGS, UNCAPPED]
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            page = open_walk(browser, bundle, server.url + scene.query)
            print(scene.name, flush=True)
            scene.begin(page)
            wait_frames(page, arguments.warm)
            cdp = page.context.new_cdp_session(page)
            measure_bytes(page, cdp, bundle, arguments.frames)
            measure_time(page, cdp, bundle, arguments.frames)
            browser.close()


if __name__ == "__main__":
    main()
