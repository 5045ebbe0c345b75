"""``cnnwalk study accuracy``: what trained networks get right, measured anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILES...]", help="Trained networks.", show_default="the shipped ones"),
]


def accuracy(files: Files = None) -> None:
    """Measure again how often trained networks are right."""
