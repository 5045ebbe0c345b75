"""Solar cells with and without a defect: grayscale, two classes, close to the paper's CT slices.

Only cells are taken of whose state the experts were sure: a probability of a defect of 0 or 1.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from cnnwalk.images.decode import decode_file
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import Indices
from cnnwalk.study.sources.listing import (
    Listing,
    Parts,
    Size,
    Source,
    SplitName,
    fingerprint,
    squeezed,
)
from cnnwalk.study.sources.parts import divide

PACKAGE = "elpv_dataset"
_SURE = {0.0: 0, 1.0: 1}


def read(_: Path, size: Size) -> Listing:
    """List the cells of which the experts were sure.

    Raises:
        StudyError: the package is not installed, or holds something else.
    """
    table = _data_folder() / "labels.csv"
    try:
        text = table.read_text("utf-8")
        rows = [line.split() for line in text.splitlines() if line.strip()]
        sure = [(path, _SURE[float(p)]) for path, p, _ in rows if float(p) in _SURE]
    except (OSError, ValueError) as error:
        raise StudyError(
            f"{table} is not the table of elpv-dataset ({error}): pip install --force-reinstall "
            '"cnnwalk[elpv]".'
        ) from error
    files = [table.parent / path for path, _ in sure]
    labels = np.array([label for _, label in sure], np.int64)

    def split(rows: Indices, _: SplitName, seed: int) -> Parts:
        return divide(labels[rows], seed)

    return Listing(
        ("functional", "defective"),
        tuple(path for path, _ in sure),
        labels,
        place="elpv",
        fingerprint=fingerprint([text, table.stat().st_mtime_ns, size]),
        start=lambda _: lambda number: squeezed(decode_file(files[number]), size),
        divide=split,
        notes=(
            f"left out, since the experts were not sure of them: {len(rows) - len(sure)} cells",
        ),
    )


def _data_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StudyError(
            'The solar cells are in elpv-dataset, which is missing: pip install "cnnwalk[elpv]" '
            "(92 MB; CC BY-NC-SA 4.0, so for no commercial use)."
        )
    return Path(spec.submodule_search_locations[0]) / "data"


SOURCE = Source(
    "elpv",
    "2,223 photographs of solar cells, functional or defective (elpv-dataset, 92 MB, not "
    "for commercial use)",
    "ELPV, Buerhop-Lutz, Deitsch and others 2018: CC BY-NC-SA 4.0, so no commercial use, and what "
    "is made of it under the same licence",
    (176, 176),
    ("random",),
    needs_folder=False,
    read=read,
)
