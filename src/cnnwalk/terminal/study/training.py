"""The networks that ``cnnwalk study train`` trains, one after the other, and what it says."""

from __future__ import annotations

import contextlib
import itertools
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Literal, NamedTuple

from cnnwalk.study.strategies import STRATEGIES, StrategyName
from cnnwalk.study.trained import NetworkName
from cnnwalk.terminal.progress import progress

if TYPE_CHECKING:
    from lightning_fabric import Fabric

    from cnnwalk.study.imageset import ImageSet
    from cnnwalk.study.recipe import Recipe
    from cnnwalk.study.training import Progress

INTERRUPTED = 130
_BY_CTRL_C = "interrupted"


class WhichNetworks(NamedTuple):
    """Each network with each strategy and each seed."""

    networks: Sequence[NetworkName]
    strategies: Sequence[StrategyName]
    seeds: Sequence[int]


class DataOptions(NamedTuple):
    """What to train with; None leaves the choice to the source.

    Attributes:
        source: name of it.
        folder: where the images are.
        size: height and width in pixels.
        split: how they are divided.
    """

    source: str
    folder: Path | None
    size: tuple[int, int] | None
    split: str | None


class RecipeOptions(NamedTuple):
    """As for `cnnwalk.study.recipe.recipe_for`; `copies` are for noisy-copies alone."""

    epochs: int | None
    batch: int | None
    rate: float | None
    decay: float
    copies: int | None
    noise: float


class MachineOptions(NamedTuple):
    """As for `cnnwalk.study.machine.machine`."""

    device: str
    devices: int
    precision: Literal["auto", "float32", "bfloat16"]


class _Training(NamedTuple):
    network: NetworkName
    strategy: StrategyName
    seed: int
    recipe: Recipe

    @property
    def title(self) -> str:
        return f"{self.network} {self.strategy} seed {self.seed}"


def train_networks(  # noqa: PLR0913, PLR0917 - a group of options each
    which: WhichNetworks,
    data: DataOptions,
    options: RecipeOptions,
    on: MachineOptions,
    out: Path,
    time_limit: float | None,
) -> int:
    """Train networks; print of each where it is and what it gets right.

    Returns:
        The exit code: 130 after Ctrl-C, when a checkpoint holds what was done.

    Raises:
        StudyError: images, recipe or devices are not as they must be, or files cannot be written.
    """
    with progress() as on_step:
        on_step("loading torch")
        from cnnwalk.study.machine import machine
        from cnnwalk.study.sources import open_images

        fabric = machine(*on)
        images = open_images(
            data.source, data.folder, size=data.size, split=data.split, on_step=on_step
        )
        trainings = _trainings(which, images, options)
        # Starts the other processes of several devices, each with this command: by now there is
        # nothing wrong with it, and the images are packed.
        fabric.launch()
    if fabric.is_global_zero:
        for sentence in _said_of(images):
            _say(sentence)
    with _stopping(time_limit) as why:
        return _train_all(trainings, images, fabric, out, why)


def _trainings(which: WhichNetworks, images: ImageSet, options: RecipeOptions) -> list[_Training]:
    """Return all that is to be trained, so that wrong options are told of at once."""
    from cnnwalk.study.recipe import recipe_for

    given = options._asdict()
    return [
        _Training(
            network,
            strategy,
            seed,
            recipe_for(
                images,
                strategy,
                **{**given, "copies": given["copies"] if STRATEGIES[strategy].copies else None},
            ),
        )
        for network, strategy, seed in itertools.product(*which)
    ]


def _train_all(
    trainings: Sequence[_Training],
    images: ImageSet,
    fabric: Fabric,
    out: Path,
    why: Callable[[], str | None],
) -> int:
    from cnnwalk.study.trained import load_trained
    from cnnwalk.study.training import StoppedError

    say = _say if fabric.is_global_zero else lambda sentence: None
    for number, training in enumerate(trainings, 1):
        say(f"{training.title}, {number} of {len(trainings)}: {_words(training.recipe)}.")
        try:
            path = _train(training, images, fabric, out, say, lambda: why() is not None)
        except StoppedError as stopped:
            reason = why() or "another of its processes was stopped"
            say(
                f"{reason} in epoch {stopped.epoch} of {stopped.epochs}; the same command goes on "
                f"from {stopped.checkpoint}."
            )
            return INTERRUPTED if reason == _BY_CTRL_C else 0
        if fabric.is_global_zero:
            accuracies = load_trained(path)[1].accuracies
            figures = ", ".join(f"{name} {share:.3f}" for name, share in accuracies.items())
            print(f"{path}: {figures}", flush=True)
    return 0


def _train(  # noqa: PLR0913, PLR0917 - what is trained, where, and who follows it
    training: _Training,
    images: ImageSet,
    fabric: Fabric,
    out: Path,
    say: Callable[[str], None],
    stop: Callable[[], bool],
) -> Path:
    from cnnwalk.study.training import train

    with _bar(training.title, watched=fabric.is_global_zero) as tell:
        return train(
            images,
            training.network,
            training.strategy,
            seed=training.seed,
            recipe=training.recipe,
            out=out,
            fabric=fabric,
            on_step=lambda step: say(f"{step}."),
            on_progress=tell,
            stop=stop,
        )


@contextlib.contextmanager
def _stopping(time_limit: float | None) -> Iterator[Callable[[], str | None]]:
    """Yield what says why training is to stop, if it is: Ctrl-C, or a limit in seconds."""
    end = None if time_limit is None else time.monotonic() + time_limit
    interrupted = threading.Event()

    def interrupt(number: int, _: FrameType | None) -> None:
        interrupted.set()
        signal.signal(number, signal.default_int_handler)  # who is impatient need not wait

    def why() -> str | None:
        if interrupted.is_set():
            return _BY_CTRL_C
        return "the time is over" if end is not None and time.monotonic() >= end else None

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, interrupt) for number in signals]
    try:
        yield why
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _said_of(images: ImageSet) -> Iterator[str]:
    """Yield what there is to know of images before they are trained with."""
    counts = ", ".join(
        f"{len(rows):,} for {'training' if part == 'train' else part}"
        for part, rows in images.parts.items()
    )
    yield f"{images.name}: images of {len(images.classes)} classes, {counts}."
    if images.skipped:
        left_out = _count(len(images.skipped), "file", "files")
        yield f"{left_out} left out that cannot be read; the first: {images.skipped[0]}"
    if images.duplicates:
        yield f"{_count(images.duplicates, 'duplicate', 'duplicates')} left out."
    for note in images.notes:
        yield f"{note}."


def _words(recipe: Recipe) -> str:
    copies = f", with {_count(recipe.copies, 'copy', 'copies')} of each" if recipe.copies else ""
    return (
        f"{_count(recipe.epochs, 'epoch', 'epochs')} in batches of {recipe.batch}{copies}, "
        f"rate {recipe.rate:g}, decay {recipe.decay:g}"
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


@contextlib.contextmanager
def _bar(title: str, *, watched: bool) -> Iterator[Callable[[Progress], None]]:
    """Show a bar on standard error, where somebody watches; yield what is told of progress."""
    from rich import progress as parts
    from rich.console import Console

    console = Console(stderr=True)
    columns = (
        parts.TextColumn("{task.description}"),
        parts.BarColumn(),
        parts.TextColumn("{task.fields[epoch]}"),
        parts.TextColumn("[dim]{task.fields[figures]}"),
        parts.TimeRemainingColumn(),
    )
    hidden = not (watched and console.is_terminal)
    with parts.Progress(*columns, console=console, disable=hidden, transient=True) as bar:
        task = bar.add_task(title, total=None, epoch="", figures="")

        def tell(now: Progress) -> None:
            bar.update(
                task,
                completed=(now.epoch - 1) * now.batches + now.batch,
                total=now.epochs * now.batches,
                epoch=f"epoch {now.epoch}/{now.epochs}",
                figures=_figures(now),
            )

        yield tell


def _figures(now: Progress) -> str:
    words = []
    if now.last is not None:
        words += [f"loss {now.last.loss:.3f}", f"right {now.last.accuracy:.3f}"]
    if now.validation is not None:
        words.append(f"validation {now.validation:.3f}")
    return ", ".join(words)


def _say(sentence: str) -> None:
    print(f"cnnwalk: {sentence}", file=sys.stderr, flush=True)
