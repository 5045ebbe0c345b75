"""The walk's feature visualizations: asking, following and ending them, in messages."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from http import HTTPStatus
from typing import TYPE_CHECKING

from cnnwalk.featvis import FeatureVisualizationError, Mode
from cnnwalk.featvis.jobs import JobError, Jobs, JobState, Request
from cnnwalk.graph import maps_shape
from cnnwalk.images import ImageStore
from cnnwalk.server.messages import Visualization, VisualizationAsked, VisualizationEstimate
from cnnwalk.server.problems import ProblemError, not_found

if TYPE_CHECKING:
    from cnnwalk.pixels import Pixels
    from cnnwalk.server.served import ServedNetwork


class Visualizations:
    """What visitors ask of the jobs of a walk. For use by several threads.

    What takes a job's id raises the 404 problem where there is no such job, and the 409 problem
    where the job is in no state for it.
    """

    def __init__(
        self, jobs: Jobs, networks: Mapping[str, ServedNetwork], images: ImageStore
    ) -> None:
        """Speak for `jobs`, to which all `networks` are added; jobs start from `images`."""
        self._jobs = jobs
        self._images = images
        for served in networks.values():
            jobs.add(served.id, served.network, served.graph)

    def close(self) -> None:
        """End all jobs within a step; what is unfinished goes on with the next start."""
        self._jobs.close()

    def ask(self, served: ServedNetwork, asked: VisualizationAsked) -> Visualization:
        """Ask for pictures of a layer.

        Raises:
            ProblemError: 404, there is no such layer or image; 422, what is asked cannot be.
        """
        served.layer(asked.layer)
        request = Request(
            network=served.id,
            layer=asked.layer,
            channels=None if asked.channels is None else tuple(asked.channels),
            mode=asked.mode,
            parameters={} if asked.steps is None else {"steps": asked.steps},
            seed=asked.seed,
            start=None if asked.start is None else self._start(asked.start),
            measure=asked.measure,
            neuron=asked.neuron,
            quantile=asked.quantile,
            anew=asked.anew,
        )
        with refusing():
            return _message(self._jobs.ask(request))

    def all(self) -> list[Visualization]:
        """Return the state of every job."""
        return [_message(state) for state in self._jobs.states()]

    async def listen(self) -> AsyncGenerator[Visualization, None]:
        """Yield the state of every job, then each change: the newest state of each job alone."""
        async with aclosing(self._jobs.listen()) as states:
            async for state in states:
                yield _message(state)

    def pause(self, job: str) -> Visualization:
        """Stop within a step."""
        with refusing(job):
            return _message(self._jobs.pause(job))

    def resume(self, job: str) -> Visualization:
        """Go on with what was paused."""
        with refusing(job):
            return _message(self._jobs.resume(job))

    def cancel(self, job: str) -> Visualization:
        """End within a step; finished pictures stay."""
        with refusing(job):
            return _message(self._jobs.cancel(job))

    def delete(self, job: str) -> Visualization:
        """End within a step, and delete the pictures."""
        with refusing(job):
            return _message(self._jobs.delete(job))

    def see(self, job: str, channels: Sequence[int]) -> Visualization:
        """Make these channels first."""
        with refusing(job):
            return _message(self._jobs.see(job, tuple(channels)))

    def estimate(
        self,
        served: ServedNetwork,
        layers: Sequence[str],
        mode: Mode | None,
        steps: int | None,
    ) -> VisualizationEstimate:
        """Return how long the pictures of whole layers would take.

        Raises:
            ProblemError: 404, there is no such layer; 422, it has no pictures.
        """
        channels = {layer: maps_shape(served.layer(layer).shape)[0] for layer in layers}
        with refusing():
            cached = self._jobs.cached(served.id, tuple(channels), mode, steps)
            whole = self._jobs.estimate(served.id, tuple(channels), mode, steps)
        seconds = {
            layer: whole[layer] * (count - cached[layer]) / count
            for layer, count in channels.items()
        }
        return VisualizationEstimate(
            seconds=seconds, total=sum(seconds.values()), channels=channels, cached=cached
        )

    def _start(self, image: str) -> tuple[str, Pixels]:
        try:
            return image, self._images.get(image).image()
        except KeyError:
            raise not_found(
                "image", image, "it is unknown or no longer held, so insert it again"
            ) from None


@contextlib.contextmanager
def refusing(job: str = "") -> Iterator[None]:
    """Turn what the jobs say no to into problems: 404, 409 or 422, with their sentence."""
    try:
        yield
    except KeyError:
        raise not_found(
            "feature visualization", job, "it was deleted or never asked for, so ask for it"
        ) from None
    except JobError as error:
        raise ProblemError(HTTPStatus.CONFLICT, str(error)) from error
    except FeatureVisualizationError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error


def _message(state: JobState) -> Visualization:
    return Visualization.model_validate(state, from_attributes=True)
