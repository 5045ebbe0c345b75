"""scikit-learn's handwritten digits: small, without a download, for tests and a first try."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
from PIL import Image

from cnnwalk.pixels import Pixels
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import Indices, Part
from cnnwalk.study.sources.listing import (
    Listing,
    Parts,
    Size,
    Source,
    SplitName,
    fingerprint,
    squeezed,
)

_COUNTS: dict[Part, int] = {"train": 24, "validation": 6, "test": 60}
"""Of each class: few, so that a training on a CPU takes seconds."""
_BRIGHTEST = 16


def read(_: Path, size: Size) -> Listing:
    """List the digits.

    Raises:
        StudyError: scikit-learn is not installed.
    """
    try:
        datasets = importlib.import_module("sklearn.datasets")  # has no types
    except ImportError as error:
        raise StudyError(
            'The digits are in scikit-learn, which is missing: pip install "cnnwalk[study]".'
        ) from error
    found = datasets.load_digits()
    images = np.rint(found.images * (255 / _BRIGHTEST)).astype(np.uint8)
    labels = found.target.astype(np.int64)

    def decode(number: int) -> Pixels:
        return squeezed(Image.fromarray(images[number]), size)

    def split(rows: Indices, _: SplitName, seed: int) -> Parts:
        return _divide(labels[rows], seed)

    return Listing(
        tuple(str(name) for name in found.target_names),
        tuple(f"digit {number}" for number in range(len(labels))),
        labels,
        place="digits",
        fingerprint=fingerprint([images.tobytes().hex(), size]),
        start=lambda _: decode,
        divide=split,
    )


def _divide(labels: Indices, seed: int) -> Parts:
    draws = np.random.default_rng(seed)
    found: dict[Part, list[Indices]] = {part: [] for part in _COUNTS}
    for label in np.unique(labels):
        drawn = draws.permutation(np.flatnonzero(labels == label))
        for part, count in _COUNTS.items():
            found[part].append(drawn[:count])
            drawn = drawn[count:]
    return {part: np.sort(np.concatenate(rows)) for part, rows in found.items()}


SOURCE = Source(
    "digits",
    "handwritten digits of 8x8 pixels, 900 of them drawn, for a first try: scikit-learn has them",
    "Optical Recognition of Handwritten Digits, Alpaydin and Kaynak 1998, UCI: CC BY 4.0",
    (32, 32),
    ("random",),
    needs_folder=False,
    read=read,
)
