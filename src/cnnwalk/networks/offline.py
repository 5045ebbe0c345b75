"""What a network of a library has where its weights are not on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import torch

_SEED = 0


@contextlib.contextmanager
def seeded_weights() -> Iterator[None]:
    """Make the random weights of a network built inside the same at every start."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        yield


def describe_random(recipe: str | None) -> str:
    """Say honestly that weights are random.

    Args:
        recipe: Python that downloads the trained ones, None where there are none.
    """
    if recipe is None:
        return "random weights: the library has no trained ones"
    return (
        "random weights: the trained ones are not on this machine, and cnnwalk downloads nothing; "
        f"run {recipe} once in Python, or give --weights FILE"
    )


def cached_download(url: str) -> Path | None:
    """Return where torch.hub has put the file of this address, None when it has not."""
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]
    return path if path.is_file() else None
