"""Several networks measured side by side, each in a process of its own."""

from __future__ import annotations

import dataclasses
import mmap
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch

from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.measures.kept import digest_of_images
from cnnwalk.study.measures.measurements import Measurements
from cnnwalk.study.measures.measuring import OnStep, Step, find_measured, measure_with
from cnnwalk.study.measures.settings import MeasureSettings

_MOST = 4
"""Processes at once: each takes about 1 GB of memory."""

_LOOKING_SECONDS = 1.0  # between two looks at whether all processes are alive

Told: TypeAlias = Step | tuple[int, Measurements] | StudyError
"""What a process says: how far it is, what it measured of which network, or what went wrong."""


def measure_all(
    trained: Sequence[Path],
    images: ImageSet,
    *,
    settings: MeasureSettings | None = None,
    on_step: OnStep = lambda step: None,
    processes: int | None = None,
) -> list[Measurements]:
    """Measure trained networks, as `measure` does each.

    What is measured is kept at once: who interrupts this finds it there next time. In a script,
    call it below ``if __name__ == "__main__":``, since processes import the script, too.

    Args:
        trained: files of the networks.
        images: that they were trained with.
        settings: how much is measured of each.
        on_step: called as it goes on, from this thread.
        processes: how many work at once, each with one thread; left out, one for each processor,
            up to four.

    Returns:
        One for each file, in their order.

    Raises:
        StudyError: as `measure`, of the first network with which it fails; or a process ended.
    """
    settings = settings or MeasureSettings()
    digest = digest_of_images(images)
    found: dict[int, Measurements] = {}
    for number, path in enumerate(trained):
        kept = find_measured(path, digest, settings)
        if kept is not None:
            found[number] = kept
    missing = [(number, path) for number, path in enumerate(trained) if number not in found]
    count = min(len(missing), processes or min(os.cpu_count() or 1, _MOST))
    if count > 1:
        found |= _side_by_side(missing, count, Job.of(images, digest, settings), on_step)
    else:
        for number, path in missing:
            found[number] = measure_with(path, images, digest, settings, on_step)
    return [found[number] for number in range(len(trained))]


@dataclasses.dataclass(frozen=True)
class Job:
    """What all processes of one call have in common.

    Attributes:
        images: without the pixels, where these are mapped from a file.
        file: of the pixels: its name, and where in it they are, in bytes; None where `images`
            has them.
        shape: of the pixels.
        digest: of the images.
        settings: of the measurement.
    """

    images: ImageSet
    file: tuple[str, int] | None
    shape: tuple[int, ...]
    digest: str
    settings: MeasureSettings

    @classmethod
    def of(cls, images: ImageSet, digest: str, settings: MeasureSettings) -> Job:
        pixels = images.pixels
        shape = pixels.shape
        # A part of a map does not know where in the file it begins.
        below: object = pixels.base
        if not (isinstance(pixels, np.memmap) and isinstance(below, mmap.mmap) and pixels.filename):
            return cls(images, None, shape, digest, settings)
        file = (str(pixels.filename), pixels.offset)
        none = np.empty((0, *shape[1:]), pixels.dtype)
        return cls(dataclasses.replace(images, pixels=none), file, shape, digest, settings)

    def all_images(self) -> ImageSet:
        if self.file is None:
            return self.images
        name, offset = self.file
        pixels = np.memmap(name, self.images.pixels.dtype, "r", offset, self.shape)
        return dataclasses.replace(self.images, pixels=pixels)


def _side_by_side(
    missing: Sequence[tuple[int, Path]], count: int, job: Job, on_step: OnStep
) -> dict[int, Measurements]:
    """Return what processes measured, by the networks' numbers."""
    context = multiprocessing.get_context("spawn")  # a fork would lack torch's threads
    tasks: Queue[tuple[int, Path] | None] = context.Queue()
    told: Queue[Told] = context.Queue()
    for task in [*missing, *[None] * count]:
        tasks.put(task)
    processes: list[SpawnProcess] = []
    found: dict[int, Measurements] = {}
    try:
        with _deaf_to_interrupts():
            for _ in range(count):
                process = context.Process(target=work, args=(job, tasks.get, told.put), daemon=True)
                process.start()
                processes.append(process)
        while len(found) < len(missing):
            said = _next(told, processes)
            if isinstance(said, StudyError):
                raise said
            if isinstance(said, Step):
                on_step(said)
            else:
                found |= dict([said])
    finally:
        for process in processes:
            process.terminate()
            process.join()
    return found


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Have processes that are started meanwhile ignore Ctrl-C, also while they import torch.

    This process hears it, and ends them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are not for other threads
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _next(told: Queue[Told], processes: Sequence[SpawnProcess]) -> Told:
    while True:
        ended = [process.exitcode for process in processes if process.exitcode]
        try:
            return told.get(timeout=_LOOKING_SECONDS)
        except queue.Empty:
            if ended:
                raise StudyError(
                    f"A process that measured a network ended with code {ended[0]}, perhaps for "
                    "want of memory: run the same again, what was measured is kept."
                ) from None


def work(
    job: Job, take: Callable[[], tuple[int, Path] | None], tell: Callable[[Told], None]
) -> None:
    """Measure networks until there is none left; the work of a process.

    Args:
        job: of the call.
        take: returns the next network's number and file, or None when there is none.
        tell: is given what there is to say.
    """
    torch.set_num_threads(1)
    images = job.all_images()
    while (task := take()) is not None:
        number, path = task
        try:
            made = measure_with(path, images, job.digest, job.settings, tell)
        except StudyError as error:
            tell(error)
            return
        tell((number, made))
