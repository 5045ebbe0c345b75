"""Measurements that were made before, in the user's cache folder: a file for each network."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import warnings
from pathlib import Path

import numpy as np
import torch

from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.measures.measurements import Measurements
from cnnwalk.study.measures.settings import MeasureSettings
from cnnwalk.study.measures.stored import from_json, to_json
from cnnwalk.study.writing import cache_folder, cached_file

MEASURES = 2
"""To be counted up when the same network is measured otherwise than before."""

_NUMBERS = "measurements"  # the JSON's name among the arrays
_DIGEST = 32


def digest_of_file(path: Path) -> str:
    """Return 64 hex digits for a file's content.

    Raises:
        StudyError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StudyError(
            f"{path} cannot be read ({error.strerror or error}): give the file of a trained "
            "network, such as cnnwalk study train writes."
        ) from error


def digest_of_images(images: ImageSet) -> str:
    """Return 64 hex digits for the pixels, labels, classes and parts of an image set."""
    digest = hashlib.sha256()
    named = [images.name, images.classes, images.pixels.shape, images.keys]
    digest.update(json.dumps(named).encode())
    for part in sorted(images.parts):
        digest.update(part.encode())
        digest.update(np.ascontiguousarray(images.parts[part], np.int64).data)
    digest.update(np.ascontiguousarray(images.labels, np.int64).data)
    for start in range(0, len(images.pixels), 256):
        digest.update(np.ascontiguousarray(images.pixels[start : start + 256]).data)
    return digest.hexdigest()


def key_of(weights: str, images: str, settings: MeasureSettings) -> str:
    """Return the name under which measurements are kept: a hash of all that decides them.

    Args:
        weights: `digest_of_file` of the network.
        images: `digest_of_images`.
        settings: of the measurement.
    """
    release = torch.__version__.split(".")[:2]
    told = [MEASURES, release, weights, images, dataclasses.asdict(settings)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def read_kept(key: str) -> Measurements | None:
    """Return what is kept; None where there is none, or what is there is damaged."""
    try:
        data = _path(key).read_bytes()
    except OSError:
        return None
    body = data[_DIGEST:]
    if data[:_DIGEST] != _digest_of(key, body):
        return None
    with np.load(io.BytesIO(body), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return from_json(arrays.pop(_NUMBERS).tobytes(), arrays)


def keep(key: str, measurements: Measurements) -> None:
    """Keep measurements; where they cannot be written a warning says so, and nothing fails.

    The file is a SHA-256 of the key and the rest, and then the JSON and all arrays as numpy's npz.
    """
    numbers = np.frombuffer(to_json(measurements).encode(), np.uint8)
    written = io.BytesIO()
    np.savez_compressed(written, **{_NUMBERS: numbers, **measurements.arrays})
    body = written.getvalue()
    try:
        with cached_file(_path(key)) as file:
            file.write(_digest_of(key, body) + body)
    except StudyError as error:
        warnings.warn(
            f"The measurements of {measurements.about.name} are not kept, so that they will be "
            f"made again next time: {error}",
            stacklevel=2,
        )


def _path(key: str) -> Path:
    return cache_folder() / "measures" / f"{key}.measures"


def _digest_of(key: str, body: bytes) -> bytes:
    return hashlib.sha256(key.encode() + body).digest()
