"""What one frame costs in JavaScript: time, and bytes that are put on the heap.

A real Chromium draws the walk standing still, walking, and in an emulated headset. Once all is
drawn and the functions that run each frame are compiled, each frame's callback is timed, and V8's
sampling heap profiler counts what is allocated, also what is thrown away at once, by who
allocates: our own code, each library in the page's bundle (the profiler names places in the
bundle; a source map, made here from the same sources, names the file), and the emulator, which
is a script of its own. A native function counts for who calls it. In the headset the time is that
of the page's callback alone, so the emulator's own loop is not in it.
Run: python benchmarks/frame.py [NETWORK] [--frames N] [--warm N]
"""

from __future__ import annotations

import argparse
import collections
import shutil
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from _bundle import Bundle, build_bundle
from _real_server import served
from page import DONE, FLAGS, PATIENCE, RESIDENT

FEW = 256  # bytes between two samples, on average
LEAST = 4  # bytes a frame: what is less is not the frame's own, but happens now and then
SETTLED = 30  # frames after which one is where one wants to be
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
IN_VR = "() => window.cnnwalk.session !== null"


def open_walk(browser: Browser, bundle: Bundle, url: str) -> Page:
    """Open the walk in a small window, so that drawing in software is quick, and wait for it."""
    page = browser.new_page(viewport=ViewportSize(width=320, height=180), reduced_motion="reduce")
    page.goto(url)
    if page.locator(f"script[src$='{bundle.script}']").count() == 0:
        raise SystemExit("The page is not built from these sources: run `make client` first.")
    page.wait_for_function(DONE, timeout=PATIENCE)
    page.wait_for_function(RESIDENT, timeout=PATIENCE)
    return page


def wait_frames(page: Page, count: int) -> None:
    """Wait until so many more frames are drawn."""
    before = page.evaluate("() => window.cnnwalk.frames")
    page.wait_for_function(
        "(frames) => window.cnnwalk.frames >= frames", arg=before + count, timeout=PATIENCE
    )


def heap(page: Page, cdp: CDPSession) -> int:
    """Return the bytes on the heap that something still refers to."""
    cdp.send("HeapProfiler.collectGarbage")
    used: int = page.evaluate("() => performance.memory.usedJSHeapSize")
    return used


def allocated(
    profile: dict[str, Any], bundle: Bundle
) -> tuple[collections.Counter[str], dict[str, collections.Counter[str]]]:
    """Return the bytes that everyone allocated, and by owner those of their functions."""
    owners: collections.Counter[str] = collections.Counter()
    functions: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    # A native function counts for who calls it.
    waiting = [(profile["head"], "browser", "")]
    while waiting:
        node, owner, function = waiting.pop()
        frame = node["callFrame"]
        file = frame["url"].rpartition("/")[2]
        if file == bundle.script:
            source = bundle.source(frame["lineNumber"], frame["columnNumber"])
            owner = "ours" if source is None else source.owner
            function = "" if source is None else f"{source.path[-44:]}:{source.line}"
        elif file:
            owner, function = "emulator" if file.startswith("lib-") else file, ""
        owners[owner] += node["selfSize"]
        functions[owner][function] += node["selfSize"]
        waiting.extend((child, owner, function) for child in node["children"])
    return owners, functions


def measure(page: Page, bundle: Bundle, warm: int, frames: int) -> None:
    """Print what the next frames cost."""
    wait_frames(page, warm)
    page.evaluate(TIMED)
    cdp = page.context.new_cdp_session(page)
    cdp.send("HeapProfiler.enable")
    before = heap(page, cdp)
    start = page.evaluate("() => window.cnnwalk.frames")
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
    drawn = page.evaluate("() => window.cnnwalk.frames") - start
    grown = heap(page, cdp) - before
    times = sorted(page.evaluate("() => window.frameTimes"))
    print(f"  callback, median of {len(times):5} frames {times[len(times) // 2]:9.2f} ms")
    print(f"  callback, 95th percentile        {times[len(times) * 95 // 100]:9.2f} ms")
    owners, functions = allocated(profile, bundle)
    for owner, count in owners.most_common():
        print(f"  allocated a frame, {owner:14} {count / drawn:9.0f} bytes")
        for function, part in functions[owner].most_common():
            if function and part >= LEAST * drawn:
                print(f"    {function:48} {part / drawn:9.0f} bytes")
    print(f"  heap grown over {drawn:5} frames     {grown / drawn:9.1f} bytes a frame")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", default="demo")
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--warm", type=int, default=1500, help="frames before the measured ones")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    bundle = build_bundle()
    with served(arguments.network) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = open_walk(browser, bundle, server.url)
        print("standing still")
        measure(page, bundle, arguments.warm, arguments.frames)
        page.close()
        page = open_walk(browser, bundle, server.url)
        print("walking")
        # Forward until the walk's end, where one goes on stepping.
        page.keyboard.down("w")
        measure(page, bundle, arguments.warm, arguments.frames)
        page.close()
        page = open_walk(browser, bundle, f"{server.url}&xr=emulate")
        print("in the headset")
        page.get_by_role("button", name="Enter VR").click()
        page.wait_for_function(IN_VR, timeout=PATIENCE)
        wait_frames(page, SETTLED)
        measure(page, bundle, arguments.warm, arguments.frames)
        browser.close()


if __name__ == "__main__":
    main()
