"""``cnnwalk study accuracy``: what trained networks get right, measured anew."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnnwalk.terminal.progress import progress
from cnnwalk.terminal.serving import Device
from cnnwalk.terminal.study.options import Folder

if TYPE_CHECKING:
    from rich.table import Table

    from cnnwalk.study.accuracy import Accuracy
    from cnnwalk.study.comparison import Comparison
    from cnnwalk.study.imageset import ImageSet
    from cnnwalk.study.trained import About


class Part(enum.StrEnum):
    """Of which images; a class, since typer takes no list of literals."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"
    NOISE = "noise"


_MEASURED: dict[Part, tuple[Accuracy, ...]] = {
    Part.TRAIN: ("train", "train_true"),
    Part.VALIDATION: ("validation",),
    Part.TEST: ("test", "balanced"),
    Part.NOISE: ("test_noise",),
}
_DIFFERENT = 1

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE...",
        help="Trained networks, or folders with such.",
        show_default="study/networks, or the shipped ones",
    ),
]
Parts = Annotated[
    list[Part] | None,
    typer.Option("--part", help="Of which images; repeat.", show_default="all"),
]


def accuracy(
    files: Files = None, folder: Folder = None, part: Parts = None, device: Device = "cpu"
) -> None:
    """Measure again how often trained networks are right, and compare with what their files say.

    Ends with exit code 1 where something differs by more than 0.2 points.
    """
    names = [name for each in part or _MEASURED for name in _MEASURED[each]]
    with progress() as on_step:
        on_step("loading torch")
        compared = _compare(files or (), folder, names, device, on_step)
    from rich.console import Console

    console = Console()
    console.print(_table(compared))
    console.print(_summary(compared, names), soft_wrap=True, highlight=False)
    raise typer.Exit(_DIFFERENT if any(not each.agrees for each in compared) else 0)


def _compare(
    files: Sequence[Path],
    folder: Path | None,
    names: Collection[Accuracy],
    device: str,
    on_step: Callable[[str], None],
) -> list[Comparison]:
    from cnnwalk.networks.load import find_device
    from cnnwalk.study.accuracy import accuracies
    from cnnwalk.study.comparison import compare
    from cnnwalk.study.found import check_trained_with, files_in, find_trained
    from cnnwalk.study.trained import load_trained

    place = find_device(device)
    # All files are read before the first is measured: a bad one is said at once.
    loaded = [load_trained(path) for path in files_in(files) or find_trained()]
    opened: dict[tuple[object, ...], ImageSet] = {}
    found: list[Comparison] = []
    for number, (module, about) in enumerate(loaded, 1):
        images = _images(about, folder, opened, on_step)
        check_trained_with(images, about)
        tell = _teller(f"{about.name} ({number} of {len(loaded)})", on_step)
        tell(0)
        measured = accuracies(module.to(place), images, about, names=names, on_images=tell)
        found += compare(about, measured, images)
    return found


def _teller(title: str, on_step: Callable[[str], None]) -> Callable[[int], None]:
    """Return what is to be told of how many more images were looked at."""
    looked = 0

    def tell(count: int) -> None:
        nonlocal looked
        looked += count
        on_step(f"{title}: {looked:,} images")

    return tell


def _images(
    about: About,
    folder: Path | None,
    opened: dict[tuple[object, ...], ImageSet],
    on_step: Callable[[str], None],
) -> ImageSet:
    """Return a network's images; those of several networks are opened once."""
    from cnnwalk.study.found import images_of

    key = (about.data, about.split, about.height, about.width)
    if key not in opened:
        opened[key] = images_of(about, folder, on_step)
    return opened[key]


def _table(compared: Sequence[Comparison]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from cnnwalk.study.accuracy import WORDS

    table = Table("accuracy", box=None, pad_edge=False)
    for title in ("measured", "file says", "difference"):
        table.add_column(title, justify="right")
    for each, before in zip(compared, [None, *compared], strict=False):
        if before is None or each.file != before.file:
            table.add_row(Text(each.file))  # a row of its own: names are long, terminals narrow
        said = "" if each.said is None else f"{each.said:.3f}"
        difference = "" if each.difference is None else f"{each.difference * 100:+.2f} points"
        table.add_row(
            f"  {WORDS[each.name]}",
            f"{each.measured:.4f}",
            said,
            Text(difference, "" if each.agrees else "bold red"),
        )
    return table


def _summary(compared: Sequence[Comparison], names: Collection[Accuracy]) -> str:
    known = [each for each in compared if each.said is not None]
    different = sum(not each.agrees for each in known)
    met = f"{len(known) - different} of {len(known)} figures are as the files say"
    noise = ", under noise within two standard errors, since its draws are others"
    with_noise = any(each.name == "test_noise" for each in known)
    sentences = [f"{met}: within 0.2 points{noise if with_noise else ''}."]
    without = {each.file for each in compared} - {
        each.file for each in compared if each.name == "train"
    }
    if "train" in names and without:
        sentences.append(
            "What shuffled-labels and noisy-copies were trained on is not measured: their files do "
            "not hold the labels that they were told."
        )
    return " ".join(sentences)
