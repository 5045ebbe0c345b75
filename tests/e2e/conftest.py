"""A real server, a real browser, and what a plain network says: what the browser tests compare."""

import base64
import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import sync_playwright
from sparing import SPARING
from timm.data import create_transform, resolve_data_config
from timm.layers import BatchNormAct2d

from cnnwalk.networks import load_network

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
PATIENCE = 120  # seconds until a state that does not come is a failure

# Software WebGL, as on a machine without a graphics card.
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


class Served:
    """`cnnwalk` in a process of its own, up to its line ``ready at``."""

    def __init__(self, *arguments, port, state):
        command = Path(sys.executable).with_name("cnnwalk")
        self.process = subprocess.Popen(
            [command, *arguments, "--no-browser", "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ
            | {"OMP_NUM_THREADS": "1"}
            | {f"XDG_{kind}_HOME": str(state) for kind in ("STATE", "CACHE")},
        )
        self.lines = []
        self.url = self._read_url()
        self.origin = re.match(r"https?://[^/]+", self.url)[0]
        self.port = int(self.origin.rsplit(":", 1)[1])
        # The pipe is read on, so that the server never waits for us.
        self._reader = threading.Thread(target=self.lines.extend, args=(self.process.stdout,))
        self._reader.start()

    def _read_url(self):
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(r"cnnwalk: ready at (\S+)", line):
                return found[1]
        raise AssertionError("the server ended: " + "".join(self.lines))

    def stop(self):
        """End it as a user does, and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self._reader.join()
        self.process.stdout.close()
        return code


class Visit:
    """A page on which someone walks; what its console, its network and its hooks say."""

    def __init__(self, context, *, sharp=False):
        self.sharp = sharp
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.console_errors = []
        self.requests = []
        self.page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _hear(self, message):
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url')})")

    def open(self, url, query=""):
        self.page.goto(url + query)
        return self._arrive()

    def reload(self):
        """Load the page again: what it shows then is what the server and the browser kept."""
        self.page.reload()
        return self._arrive()

    def _arrive(self):
        self.until("window.cnnwalk?.arrival.stage === 'ready'")
        self.until("cnnwalk.progress.stage === 'done'")
        return self

    def forgive(self, part):
        """Forget the console's errors that name something that was done to the page on purpose."""
        self.console_errors = [error for error in self.console_errors if part not in error]

    def tell(self, expression, argument=None):
        """What a JavaScript expression, or function of one argument, is on the page."""
        return self.page.evaluate(expression, argument)

    def until(self, expression, argument=None):
        """Wait until the expression is true, and return it.

        Playwright's own wait compiles strings within the page, which its policy forbids.
        """
        end = time.monotonic() + PATIENCE
        while not (value := self.tell(expression, argument)):
            if time.monotonic() > end:
                raise AssertionError(f"never true: {expression}; the page says {self.account()}")
            self.page.wait_for_timeout(30)
        return value

    def account(self):
        return self.tell(
            "window.cnnwalk && JSON.stringify({arrival: cnnwalk.arrival, errors: cnnwalk.errors,"
            " progress: cnnwalk.progress, connection: cnnwalk.connection, frames: cnnwalk.frames,"
            " camera: cnnwalk.camera, selection: cnnwalk.selection,"
            " locked: document.pointerLockElement !== null,"
            " draw: cnnwalk.draw?.images.map((image) => image.name),"
            " focus: document.activeElement?.outerHTML.slice(0, 80),"
            " notices: document.querySelector('.notices')?.textContent})"
        )

    def frames(self, count=2):
        """Wait until so many more frames are drawn."""
        self.until(f"cnnwalk.frames >= {self.tell('cnnwalk.frames') + count}")

    def click(self, spot, button="left"):
        """Click a place in the hall: an expression that gives {x, y}."""
        at = self.until(spot)
        self.page.mouse.click(at["x"], at["y"], button=button)

    def insert_picture(self, name):
        """Take a picture from the dataset panel in hand and click it into the frame."""
        find = f"cnnwalk.draw.images.find(image => image.name === {name!r})?.id"
        turned = {"Next": "cnnwalk.draw.offset > 0", "Previous": "cnnwalk.draw.offset === 0"}
        button = "Previous" if self.tell(turned["Next"]) else "Next"
        if not self.tell(find):
            self.click(f"cnnwalk.datasetSpot('{button}')")
            self.until(turned[button])
        image = self.until(find)
        self.click(f"cnnwalk.datasetSpot('{image}')")
        self.until(f"cnnwalk.selection.held?.image.id === '{image}'")
        self.click("cnnwalk.frameSpot")
        self.until(f"cnnwalk.selection.inserted.id === '{image}'")
        self.until("cnnwalk.progress.stage === 'done'")

    def drop(self, name, data):
        """Drop a file onto the page."""
        files = self.page.evaluate_handle(
            """([name, text]) => {
                const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
                const transfer = new DataTransfer();
                transfer.items.add(new File([bytes], name));
                return transfer;
            }""",
            [name, base64.b64encode(data).decode()],
        )
        self.page.dispatch_event("body", "drop", {"dataTransfer": files})

    def results(self):
        """The page's results as (class, percent) of its list for people."""
        rows = self.page.get_by_role("status", name="Results").locator("li")
        return [
            (row.locator("span").first.inner_text(), row.locator(".percent").inner_text())
            for row in rows.all()
        ]

    def texels(self, layer, channel, level):
        """The texels that are drawn for one map: float64 (n, 2), positive and negative part."""
        read = "([layer, channel, level]) => cnnwalk.texels(layer, channel, level)"
        return np.array(self.tell(read, [layer, channel, level]), float).reshape(-1, 2)

    def look(self, clip=None):
        """What is seen on the page, or on a part of it, {x, y, width, height}: RGB."""
        self.tell("() => { window.drawsAll = true; }")
        self.frames(3)
        seen = self.page.screenshot(clip=clip)
        self.tell("() => { window.drawsAll = false; }")
        return Image.open(io.BytesIO(seen)).convert("RGB")

    def picture(self, name):
        """Keep what is seen, to be looked at; of a page in few pixels there is little to see."""
        if not self.sharp:
            return
        ARTIFACTS.mkdir(exist_ok=True)
        self.look().save(ARTIFACTS / f"{name}.png")

    def check(self, origin):
        """Nothing went wrong, and nobody else was asked for anything."""
        assert self.console_errors == []
        assert self.tell("cnnwalk.errors") == []
        own = (origin + "/", "data:", "blob:" + origin)
        assert [url for url in self.requests if not url.startswith(own)] == []


class Oracle:
    """What plain torch says about the demo network: timm's module, timm's own preparation."""

    def __init__(self):
        torch.set_num_threads(1)
        self.model = load_network("demo").module
        self.transform = create_transform(**resolve_data_config({}, model=self.model))

    def prepare(self, image):
        return self.transform(image)[None]

    @torch.no_grad()
    def probabilities(self, image):
        return self.model(self.prepare(image)).softmax(-1)[0].numpy()

    @torch.no_grad()
    def activations(self, image):
        """By path of a convolution, pool or linear module: its output after norm and activation."""
        outputs, normed = {}, {}

        def keep(path, module):
            def hook(_module, inputs, output):
                if isinstance(module, BatchNormAct2d):
                    normed[id(inputs[0])] = output.clone()
                else:
                    outputs[path] = (output, output.clone())

            return hook

        kinds = (torch.nn.Conv2d, torch.nn.Linear, torch.nn.AdaptiveAvgPool2d, BatchNormAct2d)
        with contextlib.ExitStack() as hooks:
            for path, module in self.model.named_modules():
                if isinstance(module, kinds):
                    handle = module.register_forward_hook(keep(path, module))
                    hooks.callback(handle.remove)
            self.model(self.prepare(image))
        final = {path: normed.get(id(own), copy) for path, (own, copy) in outputs.items()}
        return {path: value[0].numpy() for path, value in final.items()}


@pytest.fixture(scope="session")
def chromium():
    found = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory):
    """Return the context manager that serves a walk and ends it by its own process.

    Servers of the same `state` know each other's cookies, as a user's servers do.
    """

    @contextlib.contextmanager
    def served(*arguments, port=0, state="state"):
        folder = tmp_path_factory.getbasetemp() / state
        walk = Served(*arguments, port=port, state=folder)
        try:
            yield walk
        finally:
            if walk.process.poll() is None:
                walk.stop()

    return served


@pytest.fixture(scope="module")
def restartable(serve):
    """Return the context manager that serves the demo so that it can be restarted in its place."""

    class Walk:
        def __init__(self, state, stack):
            self.state, self.stack, self.port = state, stack, 0
            self.start()

        def start(self):
            served = serve("demo", port=self.port, state=self.state)
            self.served = self.stack.enter_context(served)
            self.url, self.origin, self.port = self.served.url, self.served.origin, self.served.port

        def stop(self):
            assert self.served.stop() == 0

    @contextlib.contextmanager
    def walks(state):
        with contextlib.ExitStack() as stack:
            yield Walk(state, stack)

    return walks


@pytest.fixture(scope="session")
def shared_demo(serve):
    with serve("demo") as walk:
        yield walk


@pytest.fixture(scope="module")
def demo(request, serve):
    """The demo: one for all modules, but for those that say ``MOVES_PANELS``."""
    if not getattr(request.module, "MOVES_PANELS", False):
        yield request.getfixturevalue("shared_demo")
        return
    # The server keeps where panels stand, and others expect them where the layout has them.
    with serve("demo", state=request.module.__name__) as walk:
        yield walk


@pytest.fixture(scope="module")
def visitors(chromium):
    """Return the function that gives a visitor: a browser of their own, without any past."""
    with contextlib.ExitStack() as contexts:

        def make(width=1280, height=720, motion="reduce", accepts_certificates=False, sharp=False):
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                # Half the pixels each way: without a graphics card they are what a frame costs.
                device_scale_factor=1 if sharp else 0.5,
                reduced_motion=motion,
                ignore_https_errors=accepts_certificates,
            )
            contexts.callback(context.close)
            context.add_init_script(SPARING)
            return Visit(context, sharp=sharp)

        yield make


@pytest.fixture(scope="module")
def resident(request, visitors, demo):
    """A visitor who stays in the demo while the tests of a module come and go.

    Modules that compare what is seen say ``SHARP``.
    """
    visit = visitors(sharp=getattr(request.module, "SHARP", False)).open(demo.url)
    yield visit
    visit.check(demo.origin)


@pytest.fixture
def visit(resident):
    """The resident, back at the start, with empty hands."""
    resident.page.keyboard.press("Escape")
    resident.page.keyboard.press("Home")
    resident.until("cnnwalk.selection.held === null && cnnwalk.progress.stage === 'done'")
    resident.frames(2)
    return resident


@pytest.fixture(scope="session")
def oracle():
    return Oracle()
