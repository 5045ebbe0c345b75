"""A thread that makes the pictures of jobs, batch by batch, and gives way between steps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from cnnwalk.featvis.attempts import UnmadeError
from cnnwalk.featvis.jobs.batch import Batch
from cnnwalk.featvis.jobs.desk import Desk
from cnnwalk.featvis.jobs.job import Job
from cnnwalk.featvis.jobs.request import Served
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.worker import CancelledError, Moment, Watch
from cnnwalk.graph import Graph
from cnnwalk.networks import Network

PREVIEW_SECONDS = 0.5
"""A preview is made after steps 1, 2, 4, 8, ..., and when the last is as old as this."""


MAX_INSIDE = 3
"""How many batches may wait, each between two of its steps, for one that is more urgent."""


class Maker(Protocol):
    """What makes pictures through one network: a `worker.Worker`.

    A watch may have it make others between two steps.
    """

    def batch_size(self, layer_id: str) -> int: ...

    def make(self, orders: Sequence[Order], watch: Watch) -> list[Picture]: ...


MakeMaker: TypeAlias = Callable[[Network, Graph], Maker]


class Hand(threading.Thread):
    """Makes what lies on a desk, until the desk is closed.

    Args:
        desk: of the walk.
        make_maker: called in this thread, once for each network.
    """

    def __init__(self, desk: Desk, make_maker: MakeMaker) -> None:
        super().__init__(name="feature visualization", daemon=True)
        self._desk = desk
        self._make_maker = make_maker
        self._makers: dict[str, Maker] = {}
        self._inside = 0

    def run(self) -> None:
        """Make batch after batch; what goes wrong ends its job, never the thread."""
        while (job := self._desk.next_job()) is not None:
            self._serve(job)

    def _serve(self, job: Job) -> None:
        """Make one batch of a job, unless there is nothing to make after all."""
        batch = None
        try:
            maker = self._maker(job.work.served)
            batch = self._desk.claim(job, maker.batch_size(job.work.layer.id))
            if batch is not None:
                self._make(maker, job, batch)
        except CancelledError:
            return
        # A network's code may even try to end the process.
        except (Exception, SystemExit) as error:
            if batch is None or not self._desk.is_given_up(batch):
                self._desk.fail(job, error)

    def _make(self, maker: Maker, job: Job, batch: Batch) -> None:
        orders = [job.work.order(channel) for channel in batch.channels]
        made: Sequence[Picture | None]
        trouble = None
        try:
            made = maker.make(orders, self._watch(job, batch))
        except UnmadeError as error:
            made, trouble = error.pictures, str(error)
        pairs = zip(batch.channels, made, strict=True)
        pictures = {channel: picture for channel, picture in pairs if picture is not None}
        self._desk.finish(job, batch, pictures, trouble)

    def _watch(self, job: Job, batch: Batch) -> Watch:
        previewed = -PREVIEW_SECONDS

        def watch(moment: Moment) -> None:
            nonlocal previewed
            now = time.monotonic()
            show = moment.step.bit_count() == 1 or now - previewed >= PREVIEW_SECONDS
            if show:
                previewed = now
            self._desk.stepped(job, batch, moment, show=show)
            self._desk.quiet.wait(lambda: self._desk.is_given_up(batch))
            self._serve_urgent(job, batch)
            if self._desk.is_given_up(batch):
                raise CancelledError

        return watch

    def _serve_urgent(self, job: Job, batch: Batch) -> None:
        """Make first what somebody has come to look at since this batch was begun."""
        self._inside += 1
        started = time.monotonic()
        while self._inside <= MAX_INSIDE and (other := self._desk.more_urgent(job, batch)):
            self._serve(other)
        batch.since += time.monotonic() - started
        self._inside -= 1

    def _maker(self, served: Served) -> Maker:
        if served.id not in self._makers:
            self._makers[served.id] = self._make_maker(served.network, served.graph)
        return self._makers[served.id]
