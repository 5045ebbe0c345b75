"""What the page costs: bytes, requests, draw calls, memory, and how long the browser is busy.

A real Chromium visits a real server, waits until the first image is drawn, inserts noise a few
times, then flies to layers all along the walk. Without a graphics card the browser draws in
software on the same processor, so times are then those of that drawing.
Run: python benchmarks/page.py [NETWORK ...] [--insertions N] [--stops N]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from _real_server import served

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--enable-precise-memory-info",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 300_000  # ms until a state that does not come ends the benchmark

DONE = """() => window.cnnwalk?.networks.length > 0
    && window.cnnwalk.networks.every(({ progress }) => progress.stage === 'done')"""
RESIDENT = "() => window.cnnwalk.layers.every(({ level }) => level !== 'none')"
MOST = {
    "draw calls, most on the way": "() => window.cnnwalk.drawCalls",
    "texture MB, most on the way": "() => window.cnnwalk.textureBytes / 1e6",
    "JS heap MB, most on the way": "() => performance.memory.usedJSHeapSize / 1e6",
}
WATCH_TASKS = """() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
}"""
DROP_NOISE = """async (seed) => {
    const [width, height] = [300, 257];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    const pixels = context.createImageData(width, height);
    let state = seed;
    for (let at = 0; at < pixels.data.length; at++) {
        state = (state * 1103515245 + 12345) % 2147483648;
        pixels.data[at] = at % 4 === 3 ? 255 : state >> 16;
    }
    context.putImageData(pixels, 0, 0);
    const png = await canvas.convertToBlob();
    const file = new File([png], `noise ${seed}.png`, { type: 'image/png' });
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(file);
    window.longTasks.length = 0;
    window.started = performance.now();
    document.body.dispatchEvent(
        new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }),
    );
}"""


def visit(page: Page, url: str) -> dict[str, Any]:
    """Open the walk and return what its start took."""
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    page.wait_for_function(DONE, timeout=PATIENCE)
    page.wait_for_function(RESIDENT, timeout=PATIENCE)
    hall = next(at for at, asked in enumerate(requests) if "/hall" in asked)
    return {"requests before the network's first data": hall, "requests in all": len(requests)}


def insert_noise(page: Page, seed: int) -> dict[str, float]:
    """Drop a picture of noise onto the page and wait until all of it is drawn."""
    before = page.evaluate("() => window.cnnwalk.frames")
    page.evaluate(DROP_NOISE, seed)
    page.wait_for_function(
        "(name) => window.cnnwalk.selection.inserted?.name.startsWith(name)",
        arg=f"noise {seed}",
        timeout=PATIENCE,
    )
    page.wait_for_function(DONE, timeout=PATIENCE)
    page.wait_for_function(RESIDENT, timeout=PATIENCE)
    found: dict[str, float] = page.evaluate(
        """(before) => ({
            seconds: (performance.now() - window.started) / 1000,
            longest: Math.max(0, ...window.longTasks),
            frames: window.cnnwalk.frames - before,
        })""",
        before,
    )
    return found


def walk_along(page: Page, stops: int) -> dict[str, float]:
    """Fly to layers all along the walk, wait for their detail, and return the most there was."""
    layers: list[str] = page.evaluate("() => window.cnnwalk.layers.map(({ id }) => id)")
    most = dict.fromkeys(MOST, 0.0)
    for at in range(stops):
        page.keyboard.press("/")
        field = page.get_by_role("combobox", name="Search layers")
        field.fill(layers[at * (len(layers) - 1) // max(1, stops - 1)])
        field.press("Enter")
        page.wait_for_load_state("networkidle")
        frames = page.evaluate("() => window.cnnwalk.frames")
        page.wait_for_function("(frames) => window.cnnwalk.frames > frames + 3", arg=frames)
        for name, expression in MOST.items():
            most[name] = max(most[name], page.evaluate(expression))
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=["torchvision:resnet50"])
    parser.add_argument("--insertions", type=int, default=3)
    parser.add_argument("--stops", type=int, default=12)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with served(*arguments.networks) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        size = ViewportSize(width=960, height=540)
        page = browser.new_page(viewport=size, reduced_motion="reduce")
        figures = visit(page, server.url)
        page.evaluate(WATCH_TASKS)
        runs = [insert_noise(page, seed) for seed in range(arguments.insertions)]
        figures["draw calls, whole scene"] = page.evaluate("() => window.cnnwalk.drawCalls")
        figures["texture MB"] = page.evaluate("() => window.cnnwalk.textureBytes / 1e6")
        figures["JS heap MB"] = page.evaluate("() => performance.memory.usedJSHeapSize / 1e6")
        most = walk_along(page, arguments.stops)
        browser.close()
    for key in ("seconds", "longest", "frames"):
        figures[f"insertion, {key}"] = statistics.median(run[key] for run in runs)
    print(*arguments.networks)
    for name, value in {**figures, **most}.items():
        print(f"  {name:42} {value:.1f}" if isinstance(value, float) else f"  {name:42} {value}")


if __name__ == "__main__":
    main()
