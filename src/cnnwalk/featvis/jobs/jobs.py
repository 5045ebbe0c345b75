"""What a walk asks of its feature visualizations."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from pathlib import Path

import torch

from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.facts import facts_of
from cnnwalk.featvis.jobs.desk import Desk
from cnnwalk.featvis.jobs.estimate import Estimator
from cnnwalk.featvis.jobs.hand import Hand, Maker
from cnnwalk.featvis.jobs.job import Job
from cnnwalk.featvis.jobs.listening import Follower
from cnnwalk.featvis.jobs.request import Request, Served, Work, work_from, work_of
from cnnwalk.featvis.jobs.state import JobState, Preview
from cnnwalk.featvis.jobs.store import JobStore, KeptJob
from cnnwalk.featvis.numerics import Precision
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.settings import Mode
from cnnwalk.featvis.worker import Worker
from cnnwalk.graph import Graph
from cnnwalk.networks import Network
from cnnwalk.pixels import to_pixels
from cnnwalk.quiet import Quiet


class Jobs:
    """The feature visualizations of a walk: asked for, made, kept; for use by several threads.

    Nothing is computed until something is asked for. Each job is named by what decides how its
    pictures come out, so that those who ask for the same thing share a job.

    Args:
        cache: where pictures are kept.
        folder: where jobs are kept that have not ended; `add` takes them up again.
        quiet: is waited for between two steps.
        precision: of all pictures.
        devices: each gets a thread, and a copy of the networks; None for a network's own.
        make_maker: makes what makes the pictures of a network on a device.
    """

    def __init__(  # noqa: PLR0913 - what it works with, and on what
        self,
        cache: PictureCache,
        folder: Path,
        *,
        quiet: Quiet,
        precision: Precision = "auto",
        devices: Sequence[torch.device | None] = (None,),
        make_maker: Callable[..., Maker] = Worker,
    ) -> None:
        self._desk = Desk(cache, JobStore(folder), quiet, len(devices))
        self._precision = precision
        self._served: dict[str, Served] = {}
        makers = [partial(make_maker, precision=precision, device=device) for device in devices]
        self._hands = [Hand(self._desk, make) for make in makers]
        self._estimator = Estimator(quiet, makers[0], lambda: self._desk.closed)
        self._started = False

    def add(self, network_id: str, network: Network, graph: Graph) -> None:
        """Make jobs of a network possible, and take up those that had not ended.

        Args:
            network_id: in the walk.
            network: as it was given.
            graph: with nothing collapsed.
        """
        served = Served(network_id, network, graph)
        self._served[network_id] = served
        for kept in list(self._desk.store.jobs_of(network.id)):
            self._take_up(kept, served)

    def ask(self, request: Request) -> JobState:
        """Ask for pictures; those that the cache has are done at once.

        A job for the same thing gets the channels that are new to it. It goes on if it had ended
        or was paused.

        Raises:
            KeyError: there is no such network or layer.
            FeatureVisualizationError: the layer, the channels, the mode, the parameters or the
                start image will not do.
        """
        work = work_of(request, self._served[request.network], self._precision)
        channels = work.asked()
        desk = self._desk
        with desk.lock:
            job = self._job(work)
        desk.drop_lost(job)
        with desk.lock:
            job.ask(channels, anew=request.anew)
            desk.keep(job)
        if request.anew:
            with job.shelf:
                desk.cache.delete([job.key(channel) for channel in channels])
        desk.take_stock(job)
        self._start()
        return self.state(job.id)

    def states(self) -> list[JobState]:
        """Return how all jobs stand, in the order in which they were asked for."""
        with self._desk.lock:
            return [self._desk.state(job) for job in self._desk.jobs()]

    def state(self, job_id: str) -> JobState:
        """Return how a job stands; raises KeyError."""
        with self._desk.lock:
            return self._desk.state(self._desk.job(job_id))

    def pause(self, job_id: str) -> JobState:
        """Stop a job within a step; the batch that forms is given up.

        Raises:
            KeyError: there is no such job.
            JobError: it has ended.
        """
        return self._change(job_id, Job.pause)

    def resume(self, job_id: str) -> JobState:
        """Go on with a paused job; raises as `pause` does."""
        return self._change(job_id, Job.resume)

    def cancel(self, job_id: str) -> JobState:
        """End a job within a step; the pictures that are done stay. Raises as `pause` does."""
        return self._change(job_id, Job.cancel)

    def delete(self, job_id: str) -> JobState:
        """End a job within a step, and delete its pictures, also those of earlier walks.

        Raises:
            KeyError: there is no such job.
        """
        state = self._change(job_id, Job.delete)
        with self._desk.lock:
            job = self._desk.job(job_id)
        with job.shelf:
            self._desk.cache.delete([job.key(channel) for channel in range(state.channels)])
        return state

    def see(self, job_id: str, channels: Sequence[int]) -> JobState:
        """Make these channels before all others, those of them that have been asked for.

        Raises:
            KeyError: there is no such job.
            FeatureVisualizationError: the layer has no such channels.
        """
        with self._desk.lock:
            job = self._desk.job(job_id)
            for channel in channels:
                job.work.target(channel).check(job.work.layer)
            job.seen = frozenset(channels)
            job.seen_number = self._desk.number()
            return self._desk.state(job)

    def picture(self, job_id: str, channel: int) -> Picture | None:
        """Return a finished picture, None where there is none.

        Raises:
            KeyError: there is no such job.
        """
        with self._desk.lock:
            job = self._desk.job(job_id)
            done = job.is_done(channel)
            unsaved = job.unsaved(channel)
        if unsaved is not None or not done:
            return unsaved
        picture = self._desk.cache.get(job.key(channel))
        if picture is None:
            with self._desk.lock:
                job.lose(channel)
                self._desk.changed(job)
        return picture

    def facts(self, job_id: str, channel: int) -> dict[str, str]:
        """Return what is told of a finished picture, {} where there is none; raises KeyError."""
        picture = self.picture(job_id, channel)
        if picture is None:
            return {}
        with self._desk.lock:
            work = self._desk.job(job_id).work
        return facts_of(work.served.network, work.order(channel), picture)

    def preview(self, job_id: str, revision: int) -> Preview | None:
        """Return pictures as they form; None where the revision is not among the newest.

        Raises:
            KeyError: there is no such job.
        """
        with self._desk.lock:
            return self._desk.job(job_id).preview(revision)

    def cached(
        self, network_id: str, layers: Sequence[str], mode: Mode | None, steps: int | None = None
    ) -> dict[str, int]:
        """Return of how many channels of each layer the pictures are there already.

        Raises:
            KeyError: there is no such network or layer.
            FeatureVisualizationError: a layer has no channels.
        """
        found = {}
        for work in self._works(network_id, layers, mode, steps):
            keys = [work.key(channel) for channel in work.asked()]
            found[work.layer.id] = len(self._desk.cache.has(keys))
        return found

    def estimate(
        self, network_id: str, layers: Sequence[str], mode: Mode | None, steps: int | None = None
    ) -> dict[str, float]:
        """Return how long the pictures of all channels of layers would take, in s, by layer.

        Without `mode` and `steps` it is for what suits each layer, and as many as that takes.
        Takes about a second where nothing is known yet: a few steps are measured, of a few of
        the layers, and the others are interpolated. While jobs run it says too much.

        Raises:
            KeyError: there is no such network or layer.
            FeatureVisualizationError: the layers have no pictures.
        """
        works = self._works(network_id, layers, mode, steps)
        with self._desk.lock:
            for job in self._desk.jobs():
                self._estimator.learn(job.work, job.pace())
        seconds = self._estimator.seconds(self._served[network_id], works)
        return {layer: each / len(self._hands) for layer, each in seconds.items()}

    async def listen(self) -> AsyncGenerator[JobState, None]:
        """Yield how each job stands, then each change, until all is closed.

        Who reads slowly is told the newest state alone, and slows nobody.
        """
        desk = self._desk
        with desk.lock:
            follower = desk.join()
        try:
            while not desk.closed:
                await follower.listener.news()
                for state in self._news(follower):
                    yield state
        finally:
            with desk.lock:
                desk.leave(follower)

    def close(self) -> None:
        """End within a step; jobs that have not ended go on when the walk starts again."""
        self._desk.close()
        if self._started:
            for hand in self._hands:
                hand.join()

    def _job(self, work: Work) -> Job:
        """Return the job of some work, a new one if there is none; with the lock held."""
        if not self._desk.has(work.id):
            self._desk.put(Job(work, self._desk.number()))
        return self._desk.job(work.id)

    def _works(
        self, network_id: str, layers: Sequence[str], mode: Mode | None, steps: int | None
    ) -> list[Work]:
        served = self._served[network_id]
        parameters = {} if steps is None else {"steps": steps}
        requests = [
            Request(network=network_id, layer=layer, mode=mode, parameters=parameters)
            for layer in layers
        ]
        return [work_of(request, served, self._precision) for request in requests]

    def _change(self, job_id: str, change: Callable[[Job], None]) -> JobState:
        desk = self._desk
        with desk.lock:
            job = desk.job(job_id)
            change(job)
            desk.keep(job)
            desk.changed(job)
            state = desk.state(job)
        desk.quiet.nudge()
        return state

    def _news(self, follower: Follower) -> list[JobState]:
        with self._desk.lock:
            follower.listener.forget_news()
            return [self._desk.state(self._desk.job(job)) for job in follower.take()]

    def _take_up(self, kept: KeptJob, served: Served) -> None:
        """Go on with a job of an earlier walk, unless the layer is not in this graph."""
        request = dataclasses.replace(kept.request, network=served.id)
        start = None if request.start is None else to_pixels(request.start[1])
        desk = self._desk
        try:
            work = work_from(request, start, served, self._precision)
            channels = work.asked()
        except KeyError:
            return
        except FeatureVisualizationError as error:
            desk.store.set_aside(kept.name, error)
            return
        with desk.lock:
            job = self._job(work)
            job.ask(channels)
            if kept.paused:
                job.pause()
            if kept.name != job.id:
                desk.store.forget(kept.name)
            desk.keep(job)
            desk.put_unchecked(job)
        self._start()

    def _start(self) -> None:
        """Start the threads, the first time that there is something to do."""
        with self._desk.lock:
            if self._started or self._desk.closed:
                return
            self._started = True
        for hand in self._hands:
            hand.start()
