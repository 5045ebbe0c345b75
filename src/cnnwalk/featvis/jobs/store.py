"""Jobs that have not ended, on disk: a JSON file each, and the start image beside it.

What is in a file: the request with its channels, and the `Network.id` of its network, since the
names of a walk's networks change with the walk. What is done is not in it: the cache knows.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import typing
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cnnwalk.featvis.jobs.request import Request, Work
from cnnwalk.featvis.settings import Mode
from cnnwalk.featvis.target import Measure
from cnnwalk.pixels import Pixels
from cnnwalk.wholefile import whole_file, write_whole

_LOG = logging.getLogger(__name__)
_VERSION = 1
_BROKEN = ".broken"


@dataclasses.dataclass(frozen=True, eq=False)
class KeptJob:
    """What a file holds.

    Attributes:
        name: of the file, without its suffix.
        request: its `Request.network` is a `Network.id`.
        paused: whether it waits for somebody to resume it.
    """

    name: str
    request: Request
    paused: bool


class JobStore:
    """The files of one folder, which is made when the first job is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, work: Work, channels: tuple[int, ...], *, paused: bool) -> None:
        """Write a job's file, in place of an earlier one.

        Raises:
            OSError: the folder or the disk does not take it.
        """
        image = self._folder / f"{work.id}.npy"
        if work.start is not None and not image.exists():
            with whole_file(image) as file:
                np.save(file, work.start, allow_pickle=False)
        told = json.dumps(_as_json(work, channels, paused=paused))
        write_whole(self._folder / f"{work.id}.json", told.encode())

    def forget(self, name: str) -> None:
        """Remove a job's files, where there are any."""
        for suffix in (".json", ".npy"):
            try:
                (self._folder / f"{name}{suffix}").unlink(missing_ok=True)
            except OSError as error:
                _LOG.warning("A job's file cannot be removed: %s", error)

    def jobs_of(self, network: str) -> Iterator[KeptJob]:
        """Yield the jobs of a network, the oldest first.

        Files that are none of a job's are moved aside, with a warning.

        Args:
            network: `Network.id`.
        """
        files = self._folder.glob("*.json") if self._folder.is_dir() else ()
        for path in sorted(files, key=_written):
            try:
                told = json.loads(path.read_bytes())
                kept = _from_json(told, path) if told["network"] == network else None
            except (OSError, ValueError, KeyError, TypeError) as error:
                self.set_aside(path.stem, error)
            else:
                if kept is not None:
                    yield kept

    def set_aside(self, name: str, reason: Exception) -> None:
        """Give a job's file another name, under which nobody looks for it."""
        path = self._folder / f"{name}.json"
        _LOG.warning(
            "The feature visualization of %s cannot go on (%s), so its file is now called %s: "
            "ask for its pictures again.",
            path,
            reason,
            path.name + _BROKEN,
        )
        try:
            path.replace(path.with_name(path.name + _BROKEN))
        except OSError as error:
            _LOG.warning("It cannot be moved: %s", error)


def _as_json(work: Work, channels: tuple[int, ...], *, paused: bool) -> dict[str, object]:
    request = work.request
    return {
        "version": _VERSION,
        "network": work.served.network.id,
        "layer": request.layer,
        "channels": channels,
        "mode": request.mode,
        "parameters": dict(request.parameters),
        "seed": request.seed,
        "start": None if request.start is None else request.start[0],
        "measure": request.measure,
        "neuron": request.neuron,
        "quantile": request.quantile,
        "paused": paused,
    }


def _from_json(told: dict[str, typing.Any], path: Path) -> KeptJob:
    """Return what a file holds; raises ValueError, KeyError, TypeError or OSError."""
    if told["version"] != _VERSION:
        raise ValueError(f"it is of version {told['version']}, this cnnwalk reads {_VERSION}")
    start: tuple[str, Pixels] | None = None
    if told["start"] is not None:
        start = str(told["start"]), np.load(path.with_suffix(".npy"), allow_pickle=False)
    neuron = told["neuron"]
    request = Request(
        network=told["network"],
        layer=str(told["layer"]),
        channels=tuple(int(channel) for channel in told["channels"]),
        mode=typing.cast(Mode, told["mode"]),
        parameters=dict(told["parameters"]),
        seed=int(told["seed"]),
        start=start,
        measure=typing.cast(Measure, told["measure"]),
        neuron=None if neuron is None else (int(neuron[0]), int(neuron[1])),
        quantile=float(told["quantile"]),
    )
    return KeptJob(path.stem, request, bool(told["paused"]))


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0
