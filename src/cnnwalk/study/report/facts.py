"""What was done: the data, the versions, and the commands that do it again."""

from __future__ import annotations

import dataclasses
import platform
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata

import numpy as np

from cnnwalk.study.imageset import PARTS, ImageSet, Part
from cnnwalk.study.measures import Measurements
from cnnwalk.study.sources import SOURCES
from cnnwalk.study.strategies import STRATEGIES
from cnnwalk.version import __version__

_LIBRARIES = ("torch", "torchvision", "numpy")


@dataclasses.dataclass(frozen=True)
class Facts:
    """What was done.

    Attributes:
        made: when, in UTC.
        versions: of what computed it, by name.
        data: name of the source of the images.
        split: how they were split, in words; empty where nobody says.
        licence: of the images; empty where they are the user's own.
        classes: their names.
        parts: number of images by part.
        size: height and width of the input in pixels.
        skipped: how many files could not be read.
        majority: accuracy on test images of always naming the class with most test images.
        chance: accuracy of a guess by how often a class occurs in training.
        commands: that train, measure and report again.
        seconds: what measuring took, all together.
    """

    made: str
    versions: dict[str, str]
    data: str
    split: str
    licence: str
    classes: tuple[str, ...]
    parts: dict[str, int]
    size: tuple[int, int]
    skipped: int
    majority: float
    chance: float
    commands: tuple[str, ...]
    seconds: float


def facts(measurements: Sequence[Measurements], images: ImageSet, command: str) -> Facts:
    """Return what was done.

    Args:
        measurements: of all networks.
        images: by which they were measured.
        command: that makes the report.
    """
    about = measurements[0].about
    in_folder = about.data in SOURCES and SOURCES[about.data].needs_folder
    train, test = _frequencies(images, "train"), _frequencies(images, "test")
    return Facts(
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        versions={
            "cnnwalk": __version__,
            "Python": platform.python_version(),
            **{name: metadata.version(name) for name in _LIBRARIES},
        },
        data=images.name,
        split=about.split,
        licence=images.licence,
        classes=images.classes,
        parts={part: len(images.parts[part]) for part in PARTS if part in images.parts},
        size=(about.height, about.width),
        skipped=len(images.skipped),
        majority=float(test.max()),
        chance=float(train @ test),
        commands=(*(_training(each, in_folder=in_folder) for each in measurements), command),
        seconds=sum(sum(each.seconds.values()) for each in measurements),
    )


def _frequencies(images: ImageSet, part: Part) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the share of each class in a part; zeros for a part without images."""
    labels = images.labels[images.parts[part]] if part in images.parts else images.labels[:0]
    counts = np.bincount(labels, minlength=len(images.classes)).astype(np.float64)
    return counts / max(1, len(labels))


def _training(measurements: Measurements, *, in_folder: bool) -> str:
    about = measurements.about
    unused = set() if STRATEGIES[about.strategy].copies else {"copies", "noise"}
    words = [
        f"cnnwalk study train --data {shlex.quote(about.data)}",
        "--folder DIR" if in_folder else "",
        f"--size {about.height}x{about.width}",
        f"--split {shlex.quote(about.split.replace(' ', '-'))}" if about.split else "",
        f"--network {about.network} --strategy {about.strategy} --seed {about.seed}",
        f"--epochs {about.epochs}",
        *(f"--{name} {value}" for name, value in about.recipe.items() if name not in unused),
    ]
    return " ".join(word for word in words if word)
