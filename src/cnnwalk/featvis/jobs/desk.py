"""Where jobs lie while threads take batches of them; knows all jobs, and who follows them."""

from __future__ import annotations

import collections
import itertools
import logging
import threading
import time
from collections.abc import Iterable, Mapping

from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.facts import facts_of
from cnnwalk.featvis.jobs.batch import Batch
from cnnwalk.featvis.jobs.job import Job
from cnnwalk.featvis.jobs.listening import Follower
from cnnwalk.featvis.jobs.state import ENDS, JobState
from cnnwalk.featvis.jobs.store import JobStore
from cnnwalk.featvis.picture import Picture, Silence
from cnnwalk.featvis.worker import Moment
from cnnwalk.quiet import Quiet

_LOG = logging.getLogger(__name__)

_UNSAVED = (
    "Pictures cannot be kept on disk, so they are lost when the walk ends: make room in the folder "
    "of the cache."
)


class Desk:
    """The jobs of a walk; for use by several threads.

    Attributes:
        cache: where pictures are kept.
        store: where unfinished jobs are kept.
        quiet: is waited for between two steps.
        lock: guards jobs and followers, and wakes threads that wait for work.
    """

    def __init__(self, cache: PictureCache, store: JobStore, quiet: Quiet, hands: int) -> None:
        self.cache = cache
        self.store = store
        self.quiet = quiet
        self.lock = threading.Condition()
        self.closed = False
        self._hands = hands
        self._jobs: dict[str, Job] = {}
        self._unchecked: collections.deque[Job] = collections.deque()
        self._followers: set[Follower] = set()
        self._numbers = itertools.count(1)
        self._revision = 0

    # What both sides need; with the lock held.

    def job(self, job_id: str) -> Job:
        """Return a job; raises KeyError."""
        return self._jobs[job_id]

    def has(self, job_id: str) -> bool:
        """Say whether there is such a job."""
        return job_id in self._jobs

    def jobs(self) -> list[Job]:
        """Return all jobs in the order of asking."""
        return list(self._jobs.values())

    def number(self) -> int:
        """Return a number that is higher than those before."""
        return next(self._numbers)

    def put(self, job: Job) -> None:
        """Add a job."""
        self._jobs[job.id] = job

    def put_unchecked(self, job: Job) -> None:
        """Let a thread find out what of a job is done."""
        self._unchecked.append(job)
        self.lock.notify_all()

    def state(self, job: Job) -> JobState:
        """Return how a job stands."""
        return job.state(self._hands)

    def changed(self, job: Job) -> None:
        """Tell threads and followers that a job has changed."""
        for follower in self._followers:
            follower.tell(job.id)
        self.lock.notify_all()

    def join(self) -> Follower:
        """Return somebody who is told of all jobs, and of each change from now on."""
        follower = Follower(list(self._jobs))
        self._followers.add(follower)
        if self.closed:
            follower.listener.tell()
        return follower

    def leave(self, follower: Follower) -> None:
        """Tell somebody no more."""
        self._followers.discard(follower)

    def keep(self, job: Job) -> None:
        """Write down an unfinished job, forget one that has ended."""
        if job.phase in ENDS:
            self.store.forget(job.id)
            return
        try:
            self.store.keep(job.work, job.asked, paused=job.phase == "paused")
        except OSError as error:
            reason = error.strerror or str(error)
            job.tell(
                f"This goes on, but not after a restart: it cannot be kept on disk ({reason})."
            )

    def close(self) -> None:
        """Give up all batches, and send the threads and the followers home."""
        with self.lock:
            self.closed = True
            for follower in self._followers:
                follower.listener.tell()
            self.lock.notify_all()
        self.quiet.nudge()

    # What threads need.

    def next_job(self) -> Job | None:
        """Return the job of which the next batch is to be made; None when the desk is closed.

        Waits for one. Those of which channels are seen come first, the one that was looked at
        last before all; then those that were asked for first.
        """
        while True:
            with self.lock:
                while not (self.closed or self._unchecked or _most_urgent(self._jobs.values())):
                    self.lock.wait()
                if self.closed:
                    return None
                if not self._unchecked:
                    return _most_urgent(self._jobs.values())
                unchecked = self._unchecked.popleft()
            self.take_stock(unchecked)

    def more_urgent(self, job: Job, batch: Batch) -> Job | None:
        """Return a job to make a batch of before one goes on that has been begun."""
        with self.lock:
            if self.is_given_up(batch):
                return None
            least = job.urgency(batch.channels)
            others = [other for other in self._jobs.values() if other.seen_number > least]
            other = _most_urgent(others)
            return other if other and other.urgency(other.pending()[:1]) > least else None

    def take_stock(self, job: Job) -> None:
        """Find out which of a job's channels have pictures in the cache; not with the lock held."""
        with self.lock:
            channels = job.unchecked
        found: dict[int, Silence | None] = {}
        for channel in channels:
            picture = self.cache.get(job.key(channel))
            if picture is not None:
                found[channel] = picture.silence
        with self.lock:
            job.check(found, channels)
            self.keep(job)
            self.changed(job)

    def drop_lost(self, job: Job) -> None:
        """Note which of a job's pictures the cache has dropped since; not with the lock held."""
        with self.lock:
            saved = {job.key(channel): channel for channel in job.saved}
        lost = saved.keys() - self.cache.has(saved)
        with self.lock:
            for key in lost:
                job.lose(saved[key])

    def claim(self, job: Job, count: int) -> Batch | None:
        """Take up to `count` channels of a job to make them; None when there are none now."""
        with self.lock:
            batch = None if self.closed else job.claim(count, time.monotonic())
            if batch is not None:
                self.changed(job)
            return batch

    def stepped(self, job: Job, batch: Batch, moment: Moment, *, show: bool) -> None:
        """Note that a batch has made a step, and make a preview of it."""
        channels = tuple(_channel(order.target.channel) for order in moment.orders)
        shown = (channels, moment.pictures()) if show else batch.shown
        with self.lock:
            if batch.given_up:
                return
            batch.step, batch.shown = moment.step, shown
            batch.channel_steps += len(channels)
            batch.last = time.monotonic()
            if show:
                self._show(job)
                self.changed(job)

    def is_given_up(self, batch: Batch) -> bool:
        """Say whether to go on with a batch is of no use; takes no lock."""
        return batch.given_up or self.closed

    def finish(
        self, job: Job, batch: Batch, pictures: Mapping[int, Picture], trouble: str | None = None
    ) -> None:
        """Keep what came of a batch, unless it has been given up.

        Args:
            job: whose batch it is.
            batch: that is finished.
            pictures: by channel; of some there may be none.
            trouble: why there are none of them.
        """
        with job.shelf:
            if batch.given_up:
                return
            unsaved = [c for c, picture in pictures.items() if not self._save(job, c, picture)]
        with self.lock:
            if batch not in job.batches:
                return
            for channel in unsaved:
                job.keep_in_memory(channel, pictures[channel])
            if unsaved:
                job.tell(_UNSAVED)
            if trouble is not None:
                job.trouble(trouble)
            job.finish(batch, pictures, time.monotonic())
            self._show(job)
            if job.phase in ENDS:
                self.keep(job)
            self.changed(job)

    def fail(self, job: Job, error: BaseException) -> None:
        """End a job of which no more can be made, unless it has ended before."""
        _LOG.warning("A feature visualization failed", exc_info=error)
        with self.lock:
            if job.phase in ENDS:
                return
            job.trouble(_sentence(job, error))
            job.end("failed")
            self.keep(job)
            self.changed(job)

    def _save(self, job: Job, channel: int, picture: Picture) -> bool:
        facts = facts_of(job.work.served.network, job.work.order(channel), picture)
        return self.cache.put(job.key(channel), picture, facts)

    def _show(self, job: Job) -> None:
        # A page may hold what it was shown before a restart, under its revision.
        self._revision = max(self._revision + 1, time.time_ns() // 1_000_000)
        job.show(self._revision)


def _most_urgent(jobs: Iterable[Job]) -> Job | None:
    """Return the job of which a batch is to be made next; None where there is nothing to make."""
    ready = [(job, pending[:1]) for job in jobs if (pending := job.pending())]
    order = {job: (job.urgency(first), -job.number) for job, first in ready}
    return max(order, key=lambda job: order[job], default=None)


def _channel(channel: int | None) -> int:
    """Return the channel of an order of a job, which has one always."""
    if channel is None:
        raise ValueError("a job orders channels, not directions")
    return channel


def _sentence(job: Job, error: BaseException) -> str:
    if isinstance(error, FeatureVisualizationError):
        return str(error)
    kind = type(error).__name__
    return (
        f"The feature visualization of layer {job.work.layer.id} stopped: "
        f"{f'{kind}: {error}' if str(error) else kind}. Ask for it again, or for another layer."
    )
