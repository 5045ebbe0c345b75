"""The options of all commands that serve a walk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Device = Annotated[str, typer.Option(help="Where torch runs, such as cpu or cuda:0.")]
Host = Annotated[
    str | None,
    typer.Option(
        help="Address to listen at.",
        show_default="127.0.0.1, this machine alone; with --lan, its own in the network",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="0 is any free one.", show_default="8765, or the next"),
]
Lan = Annotated[
    bool, typer.Option("--lan", help="For a headset: over https, with a code to come in.")
]
Cert = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="As --lan, with a certificate of your own, in PEM format."),
]
Key = Annotated[Path | None, typer.Option(metavar="FILE", help="Its key, in PEM format.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")]
