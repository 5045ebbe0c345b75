"""``cnnwalk study data``: the images of the study, decoded and counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnnwalk.terminal.progress import progress
from cnnwalk.terminal.study.options import Size, Split

if TYPE_CHECKING:
    from rich.table import Table

    from cnnwalk.study.imageset import ImageSet

_NAMED = 5
"""Files that could not be read and are named; the others are counted."""

Source = Annotated[
    str | None, typer.Argument(metavar="SOURCE", help="Its name; left out, all are listed.")
]
Folder = Annotated[
    Path | None,
    typer.Argument(metavar="FOLDER", help="Where the images are, if they are yours."),
]
Seed = Annotated[int, typer.Option(help="Of the split.")]


def data(
    source: Source = None,
    folder: Folder = None,
    size: Size = None,
    split: Split = None,
    seed: Seed = 0,
) -> None:
    """Get images to train on ready, and say what they are; emoji are downloaded for that."""
    from rich.console import Console

    console = Console()
    if source is None:
        console.print(_sources())
        return
    with progress() as on_step:
        on_step("looking at the images")
        from cnnwalk.study.sources import open_images

        images = open_images(source, folder, size=size, split=split, seed=seed, on_step=on_step)
    console.print(_facts(images))


def _sources() -> Table:
    from rich.table import Table
    from rich.text import Text

    from cnnwalk.study.sources import SOURCES

    table = Table("source", "size", "split", "", box=None, pad_edge=False)
    for source in SOURCES.values():
        name = f"{source.name} FOLDER" if source.needs_folder else source.name
        size = "{}x{}".format(*source.size)
        table.add_row(
            *(Text(cell) for cell in (name, size, ", ".join(source.splits))),
            Text(source.says),
        )
    return table


def _facts(images: ImageSet) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in _rows(images):
        table.add_row(Text(name), Text(value))
    return table


def _rows(images: ImageSet) -> Iterator[tuple[str, str]]:
    from cnnwalk.study.sources.counting import count

    found = count(images)
    _, height, width, _ = images.pixels.shape
    yield "images", f"{len(images.labels):,} of {height}x{width} pixels"
    yield "classes", f"{len(images.classes)}, with {found.smallest} to {found.largest} images each"
    for part, rows in images.parts.items():
        yield part, f"{len(rows):,}"
    unused = len(images.labels) - sum(len(rows) for rows in images.parts.values())
    if unused:
        yield "in no part", f"{unused:,}"
    yield "split", images.split
    yield "majority class", f"{found.majority:.3f} of the images, {found.majority_class}"
    yield "chance", f"{found.chance:.3f} right by guessing as often as classes occur"
    yield "mean, std", f"{_figures(images.mean)}, {_figures(images.std)}"
    yield "duplicates", f"{images.duplicates:,} left out"
    yield "unreadable", f"{len(images.skipped):,} left out"
    for file in images.skipped[:_NAMED]:
        yield "", file
    if len(images.skipped) > _NAMED:
        yield "", f"and {len(images.skipped) - _NAMED:,} more"
    for note in images.notes:
        yield "note", note
    if images.licence:
        yield "licence", images.licence


def _figures(values: tuple[float, ...]) -> str:
    return " ".join(f"{value:.4f}" for value in values)
