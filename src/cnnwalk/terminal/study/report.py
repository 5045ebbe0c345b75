"""``cnnwalk study report``: a page that says what was measured of trained networks."""

from __future__ import annotations

import importlib.util
import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnnwalk.study.errors import StudyError
from cnnwalk.study.writing import require_writable
from cnnwalk.terminal.progress import progress
from cnnwalk.terminal.study.options import Data, Folder, Networks

if TYPE_CHECKING:
    from cnnwalk.study.measures import Step

Out = Annotated[Path, typer.Option(metavar="DIR", help="Gets report.html and report.json.")]
Full = Annotated[
    bool,
    typer.Option("--full", help="All accuracies anew, on all images; takes many times as long."),
]


def report(
    networks: Networks = None,
    data: Data = None,
    folder: Folder = None,
    out: Out = Path("study"),
    full: Full = False,
) -> None:
    """Measure trained networks, and judge by them what the paper claims."""
    _check_extra()
    require_writable(out)

    start = time.monotonic()
    with progress() as on_step:
        on_step("loading torch")
        from cnnwalk.study.found import check_trained_with, find_trained, images_of
        from cnnwalk.study.measures import FULL, MeasureSettings, measure_all
        from cnnwalk.study.report import write_report
        from cnnwalk.study.report.choice import of_one_source

        chosen = of_one_source(find_trained(networks), data)
        images = images_of(next(iter(chosen.values())), folder, on_step)
        for about in chosen.values():  # before anything is measured, which takes minutes
            check_trained_with(images, about)
        names = [about.name for about in chosen.values()]
        measured = measure_all(
            tuple(chosen),
            images,
            settings=FULL if full else MeasureSettings(),
            on_step=lambda step: on_step(_in_words(step, names)),
        )
        on_step("writing the report")
        page = write_report(measured, images, out, _again(networks, data, folder, full))
    networks_said = "1 network" if len(measured) == 1 else f"{len(measured)} networks"
    print(f"{page}: {networks_said}, {time.monotonic() - start:.0f} s")


def _check_extra() -> None:
    missing = [name for name in ("jinja2", "matplotlib") if importlib.util.find_spec(name) is None]
    if missing:
        raise StudyError(
            f'The report is made with {missing[0]}, which is missing: pip install "cnnwalk[study]".'
        )


def _in_words(step: Step, names: Sequence[str]) -> str:
    """Return how far the measuring is; `names`: of all networks that the report is of."""
    number = names.index(step.network) + 1
    return (
        f"network {number} of {len(names)}, {step.network}: "
        f"{step.measure}, {step.done:,} of {step.of:,}"
    )


def _again(networks: Path | None, data: str | None, folder: Path | None, full: bool) -> str:
    """Return the command that was given, but for --out."""
    given = {"--networks": networks, "--data": data, "--folder": folder}
    words = [f"{name} {shlex.quote(str(value))}" for name, value in given.items() if value]
    return " ".join(["cnnwalk study report", *words, *(["--full"] if full else [])])
