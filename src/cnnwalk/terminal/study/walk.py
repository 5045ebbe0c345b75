"""``cnnwalk study walk``: the strategies side by side, one image in all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnnwalk.server.place import Place
from cnnwalk.study.trained import NetworkName
from cnnwalk.terminal.serving import Cert, Device, Host, Key, Lan, NoBrowser, Port
from cnnwalk.terminal.study.options import Data, Folder, Networks
from cnnwalk.terminal.walk import serve_walk

if TYPE_CHECKING:
    from cnnwalk.images import Dataset
    from cnnwalk.server.walk import Walk
    from cnnwalk.study.trained import About

_EMOJI = "emoji"

Which = Annotated[NetworkName, typer.Option(help="Which architecture.")]


def walk(  # noqa: PLR0913, PLR0917 - an option each
    network: Which = "covidresnet",
    networks: Networks = None,
    data: Data = None,
    folder: Folder = None,
    host: Host = None,
    port: Port = None,
    lan: Lan = False,
    cert: Cert = None,
    key: Key = None,
    no_browser: NoBrowser = False,
    device: Device = "cpu",
) -> None:
    """Walk through networks of several strategies side by side, with test images.

    Of each strategy the network with the lowest seed is shown.
    """

    def load(on_step: Callable[[str], None]) -> Walk:
        on_step("loading torch")
        from cnnwalk.study.found import find_trained
        from cnnwalk.study.walking import choose, make_walk, open_network

        chosen = choose(find_trained(networks), network, data)
        images = _open_images([one.about for one in chosen], folder, on_step)
        opened = []
        for one in chosen:
            on_step(f"loading {one.about.name}")
            opened.append(open_network(one, device))
        return make_walk(opened, [images], on_step)

    serve_walk(load, Place(host, port, lan, cert, key), browser=not no_browser)


def _open_images(
    abouts: Sequence[About], folder: Path | None, on_step: Callable[[str], None]
) -> Dataset:
    """Return the test images; photographs where the emoji cannot be had."""
    from cnnwalk.images import samples
    from cnnwalk.study.errors import StudyError
    from cnnwalk.study.found import check_trained_with, images_of
    from cnnwalk.study.walking import HeldOutImages

    first = abouts[0]
    on_step(f"opening the images {first.data}")
    try:
        images = images_of(first, folder, on_step)
    except StudyError as error:
        # They are made of packages from a registry, which may be out of reach.
        if first.data != _EMOJI or folder is not None:
            raise
        reason = str(error).rstrip(".")
        print(f"cnnwalk: {reason}. Until then there are photographs to insert.", file=sys.stderr)
        return samples()
    for about in abouts:
        if (about.height, about.width) == (first.height, first.width):
            check_trained_with(images, about)
    return HeldOutImages(images)
