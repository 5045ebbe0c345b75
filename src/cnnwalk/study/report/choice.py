"""Which trained networks one report is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnnwalk.networks.stored import read_description
from cnnwalk.study.errors import StudyError
from cnnwalk.study.trained import About


def of_one_source(files: Sequence[Path], data: str | None = None) -> dict[Path, About]:
    """Return the networks that were trained on the same images, with what their files say.

    Args:
        files: of trained networks.
        data: name of the images; None where all were trained on the same.

    Raises:
        StudyError: there is none, or it is not said which are meant.
        NetworkError: a file is not what it should be.
    """
    every = {path: read_description(path, About) for path in files}
    sources = sorted({about.data for about in every.values()})
    if data is None and len(sources) > 1:
        raise StudyError(
            f"There are networks that were trained on {' and on '.join(sources)}: say by --data "
            "of which the report shall be."
        )
    chosen = {path: about for path, about in every.items() if data in {None, about.data}}
    if not chosen:
        raise StudyError(
            f"No network here was trained on {data}, but on {' and on '.join(sources)}: give "
            "another --data or --networks, or train one with cnnwalk study train."
        )
    return chosen
