"""What every command that serves a walk does: load, serve, say where, wait for Ctrl-C."""

from __future__ import annotations

import contextlib
import dataclasses
import getpass
import logging
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING

from cnnwalk.graph import maps_shape
from cnnwalk.server.listen import DEFAULT_PORT, Listener
from cnnwalk.server.place import Place
from cnnwalk.server.showing import Showing
from cnnwalk.terminal.headset import invite
from cnnwalk.terminal.networks import NetworkOptions, load_networks
from cnnwalk.terminal.progress import progress

if TYPE_CHECKING:
    from cnnwalk.server.run import RunningWalk
    from cnnwalk.server.walk import Walk


@dataclasses.dataclass(frozen=True)
class WalkOptions:
    """What the user asked for; None leaves the choice to cnnwalk."""

    networks: list[str]
    loading: NetworkOptions
    images: str | None = None
    showing: Showing = dataclasses.field(default_factory=Showing)
    place: Place = dataclasses.field(default_factory=Place)
    browser: bool = True


def run_walk(options: WalkOptions) -> None:
    """Serve a walk through networks until Ctrl-C.

    Raises:
        ListenError: the server cannot listen where it was asked to.
        NetworkError: a network cannot be loaded.
        ImageError: there are no such images.
        CaptureError: a network cannot be recorded.
    """
    serve_walk(lambda on_step: _load(options, on_step), options.place, browser=options.browser)


def serve_walk(
    load: Callable[[Callable[[str], None]], Walk], place: Place, *, browser: bool
) -> None:
    """Serve a walk until Ctrl-C.

    Args:
        load: makes the walk; is given the function that it tells its steps.
        place: where to serve it.
        browser: whether to open one, where there is a screen.

    Raises:
        ListenError: the server cannot listen there; and what `load` raises.
    """
    logging.basicConfig(format="cnnwalk: %(message)s", level=logging.WARNING)
    # It warns of every page that is closed while it reads a stream.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    # SIGTERM ends it as Ctrl-C does; a shell starts what runs behind it with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as cleanup:
        listener = place.listen()
        cleanup.callback(listener.socket.close)
        with progress() as on_step:
            walk = load(on_step)
            on_step("starting the server")
            from cnnwalk.server.run import RunningWalk

            running = RunningWalk(walk, listener)
        cleanup.callback(_close, running)
        _announce(running, listener, place)
        if browser and _has_browser():
            webbrowser.open(running.url)
        running.wait()


def _load(options: WalkOptions, on_step: Callable[[str], None]) -> Walk:
    networks = load_networks(options.networks, options.loading, on_step)
    from cnnwalk.images import find_images, samples
    from cnnwalk.server.walk import Walk

    on_step("looking for images")
    # Class names that the user gives are those of the dataset's labels, too.
    classes = networks[0].classes if options.loading.classes else None
    datasets = [samples() if options.images is None else find_images(options.images, classes)]
    return Walk(networks, datasets, showing=options.showing, on_step=on_step)


def _close(running: RunningWalk) -> None:
    # A second, impatient Ctrl-C must not tear the end apart.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    running.close()


def _announce(running: RunningWalk, listener: Listener, place: Place) -> None:
    if place.port is None and listener.port != DEFAULT_PORT:
        print(f"Port {DEFAULT_PORT} is in use, so this walk is at {listener.port}.")
    if listener.is_public and listener.tls is None:
        print(
            "cnnwalk: other machines can reach this walk, and its token travels unencrypted: "
            "do this only in a network that you trust, or use --lan.",
            file=sys.stderr,
        )
    for served in running.walk.networks.values():
        layers = served.graph.layers
        maps = sum(maps_shape(layer.shape)[0] for layer in layers)
        print(
            f"{served.network.name}: {len(layers)} layers, {maps:,} feature maps"
            f"{_collapsed(len(served.arrival.collapsed))}"
        )
        for warning in served.graph.warnings:
            print(f"cnnwalk: {served.network.name}: {warning}", file=sys.stderr)
    for dataset in running.walk.datasets.values():
        print(f"{dataset.name}: {len(dataset):,} images")
    if "SSH_CONNECTION" in os.environ and not listener.is_public:
        at = f"{listener.port}:127.0.0.1:{listener.port}"
        print(f"From your own machine: ssh -L {at} {getpass.getuser()}@{socket.gethostname()}")
    invite(running, listener)
    print("Ctrl-C ends the walk.")
    print(f"cnnwalk: ready at {running.url}", flush=True)


def _collapsed(count: int) -> str:
    if count == 0:
        return ""
    return f"; {count} {'block is' if count == 1 else 'blocks are'} collapsed on arrival"


def _has_browser() -> bool:
    """Whether a person sits in front of this machine's own screen."""
    if "CI" in os.environ or "SSH_CONNECTION" in os.environ:
        return False
    has_screen = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return has_screen or sys.platform in {"darwin", "win32"}
