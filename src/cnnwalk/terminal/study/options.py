"""The options that several commands of the study have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnnwalk.terminal import arguments

Networks = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Trained networks.",
        show_default="study/networks, or the shipped ones",
    ),
]
Data = Annotated[
    str | None,
    typer.Option(
        metavar="SOURCE",
        help="Images that the networks were trained on, such as emoji.",
        show_default="as the networks say",
    ),
]
Folder = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where these images are, if in a folder.")
]
# A plain tuple would ask for two arguments.
Size = Annotated[
    arguments.Size | None,
    typer.Option(
        metavar="HxW",
        parser=arguments.size,
        help="Of the images in pixels.",
        show_default="as the source has it",
    ),
]
Split = Annotated[
    str | None,
    typer.Option(
        metavar="by-emoji|by-folder|random",
        help="How training and test are divided.",
        show_default="as the source has it",
    ),
]
