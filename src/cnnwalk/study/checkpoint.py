"""Unfinished training on disk, from which it goes on as if it had never stopped."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.recipe import Recipe
from cnnwalk.study.strategies import StrategyName
from cnnwalk.study.trained import NetworkName
from cnnwalk.study.writing import write_whole

State = dict[str, Any]
"""Tensors, numbers, and dictionaries and lists of them."""


def identity(  # noqa: PLR0913, PLR0917  # all that decides what training gives
    images: ImageSet,
    network: NetworkName,
    strategy: StrategyName,
    seed: int,
    recipe: Recipe,
    devices: int,
) -> dict[str, str]:
    """Return what decides how training ends, in words by name.

    Pixels are known by their names and their mean and standard deviation: a large set is not read
    for that.
    """
    named = [images.classes, images.keys, images.mean, images.std]
    digest = hashlib.sha256(json.dumps(named).encode())
    for values in (images.labels, images.parts["train"]):
        digest.update(np.ascontiguousarray(values, np.int64).tobytes())
    _, height, width, channels = images.pixels.shape
    return {
        "network": network,
        "strategy": strategy,
        "seed": str(seed),
        "data": images.name,
        "classes": str(len(images.classes)),
        "image size": f"{height}×{width}×{channels}",
        "training images": f"{len(images.parts['train'])} ({digest.hexdigest()[:8]})",
        **{name: str(value) for name, value in dataclasses.asdict(recipe).items()},
        "devices": str(devices),
    }


def write_checkpoint(path: Path, belongs_to: Mapping[str, str], state: State) -> None:
    """Write a checkpoint; the one that was there stays until this one is whole.

    Raises:
        StudyError: it cannot be written.
    """
    buffer = io.BytesIO()
    torch.save({"belongs to": dict(belongs_to), "state": state}, buffer)
    write_whole(path, buffer.getvalue())


def read_checkpoint(path: Path, belongs_to: Mapping[str, str]) -> State | None:
    """Return the state of training that was left, or None where there is none.

    Args:
        path: of the file.
        belongs_to: as of `identity`.

    Raises:
        StudyError: the checkpoint is of other training, or cannot be read.
    """
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
        theirs, state = dict(stored["belongs to"]), dict(stored["state"])
    except FileNotFoundError:
        return None
    except Exception as error:  # what damaged files and those of others raise is nearly anything
        raise StudyError(
            f"{path} cannot be read as a checkpoint ({_first_line(error)}): remove it to train "
            "from the beginning."
        ) from error
    _compare(path, theirs, belongs_to)
    return state


def _compare(path: Path, theirs: Mapping[str, str], ours: Mapping[str, str]) -> None:
    others = [
        f"{name} {theirs.get(name, 'unknown')} instead of {value}"
        for name, value in ours.items()
        if theirs.get(name) != value
    ]
    if others:
        raise StudyError(
            f"{path} is a checkpoint of other training: {', '.join(others)}. Go on with those "
            "options, choose another folder with --out, or remove the file to begin anew."
        )


def _first_line(error: Exception) -> str:
    if isinstance(error, pickle.UnpicklingError):  # torch tells then how to load it all the same
        return "it holds something else"
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
