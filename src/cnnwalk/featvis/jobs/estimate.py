"""How long the pictures of whole layers would take: a few steps of a few layers, measured."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.jobs.hand import MakeMaker, Maker
from cnnwalk.featvis.jobs.request import Served, Work
from cnnwalk.featvis.settings import Mode
from cnnwalk.featvis.worker import CancelledError, Moment
from cnnwalk.quiet import Quiet

ENOUGH_SECONDS = 1.0
"""After this time no further layer is measured."""

_MEASURED_STEPS = 2

_CPU_CHANNELS = 4
"""On a CPU larger batches are not faster for each picture, and a step of them takes longer."""


@dataclasses.dataclass(frozen=True)
class _Point:
    """A measurement.

    Attributes:
        network: id, in the walk.
        mode: of the pictures.
        position: of the layer in the recording; what it costs grows with it.
        pace: seconds of one step of one channel.
    """

    network: str
    mode: Mode
    position: int
    pace: float


class Estimator:
    """Measures, and remembers what it measured; for use by several threads.

    Args:
        quiet: is waited for between two steps.
        make_maker: makes what makes the pictures of a network.
        given_up: says whether to measure is of no use any more; takes no lock.
    """

    def __init__(self, quiet: Quiet, make_maker: MakeMaker, given_up: Callable[[], bool]) -> None:
        self._quiet = quiet
        self._make_maker = make_maker
        self._given_up = given_up
        self._lock = threading.Lock()
        self._points: dict[tuple[str, str, Mode], _Point] = {}

    def seconds(self, served: Served, works: Sequence[Work]) -> dict[str, float]:
        """Return, by layer id, how long all channels would take one worker.

        Raises:
            FeatureVisualizationError: a layer that was to be measured has no pictures.
        """
        with self._lock:
            failure = self._measure(served, works)
            points = [point for point in self._points.values() if point.network == served.id]
        if not points:
            raise failure or FeatureVisualizationError("The walk was closed: start it again.")
        return {
            work.layer.id: work.channels * work.settings.steps * _pace(work, points)
            for work in works
        }

    def _measure(self, served: Served, works: Sequence[Work]) -> FeatureVisualizationError | None:
        """Measure the last, the first and the middle layer, as far as they are not known.

        Returns:
            Why one of them could not be measured.
        """
        ordered = sorted(works, key=lambda work: work.layer.probe.op)
        places = dict.fromkeys((len(works) - 1, 0, len(works) // 2))
        unknown = [ordered[place] for place in places if _name(ordered[place]) not in self._points]
        if not unknown:
            return None
        failure = None
        maker = self._make_maker(served.network, served.graph)
        started = perf_counter()
        for work in unknown:
            try:
                self._measure_one(maker, work)
            except FeatureVisualizationError as error:
                failure = error
            if self._given_up() or perf_counter() - started > ENOUGH_SECONDS:
                break
        return failure

    def _measure_one(self, maker: Maker, work: Work) -> None:
        count = min(maker.batch_size(work.layer.id), work.channels)
        if work.served.network.example_input().device.type == "cpu":
            count = min(count, _CPU_CHANNELS)
        done: list[tuple[float, int]] = []

        def watch(moment: Moment) -> None:
            self._quiet.wait(self._given_up)
            done.append((perf_counter(), len(moment.orders)))
            if self._given_up() or len(done) > _MEASURED_STEPS:
                raise CancelledError

        with contextlib.suppress(CancelledError):
            maker.make([work.order(channel) for channel in range(count)], watch)
        if len(done) > 1:
            channel_steps = sum(channels for _, channels in done[1:])
            self.learn(work, (done[-1][0] - done[0][0]) / channel_steps)

    def learn(self, work: Work, pace: float | None) -> None:
        """Note what was measured of a layer: seconds of one step of one channel; None is none."""
        if pace is not None:
            point = _Point(work.served.id, work.settings.mode, work.layer.probe.op, pace)
            self._points[_name(work)] = point


def _name(work: Work) -> tuple[str, str, Mode]:
    return work.served.id, work.layer.id, work.settings.mode


def _pace(work: Work, points: Sequence[_Point]) -> float:
    """Return what a step of one channel takes: by the points before and after the layer."""
    mode = work.settings.mode
    alike = [point for point in points if point.mode == mode]
    if len(alike) < 2:  # the modes' own part is small beside the network's
        alike = list(points)
    alike.sort(key=lambda point: point.position)
    positions, paces = zip(*((point.position, point.pace) for point in alike), strict=True)
    return float(np.interp(work.layer.probe.op, positions, paces))
