"""The time that a job has left, by hand."""

import numpy as np
import pytest

from cnnwalk.featvis.jobs.job import Job
from cnnwalk.featvis.jobs.request import Request, Served, work_of
from cnnwalk.featvis.picture import Picture

PICTURE = Picture(np.zeros((16, 20, 3), np.uint8), None, None, 0)


@pytest.fixture
def job(visitor):
    """Return a job of 10 steps with channels 0 to 4."""
    served = Served("net", visitor.network, visitor.graph)
    request = Request(network="net", layer="second", mode="paper", parameters={"steps": 10})
    made = Job(work_of(request, served, "float32"), 1)
    made.ask(range(5))
    made.check({}, range(5))
    return made


def step(job, batch, now):
    batch.step += 1
    batch.channel_steps += len(batch.channels)
    batch.last = now


def test_nothing_is_known_before_the_first_step(job):
    assert job.state(1).seconds_left is None
    job.claim(2, now=100)
    assert job.state(1).seconds_left is None


def test_is_what_the_steps_have_taken_times_those_that_are_left(job):
    batch = job.claim(2, now=100)
    step(job, batch, now=108)
    step(job, batch, now=116)
    # 4 s for one step of one channel; 2 channels have 8 steps left, 3 have 10.
    assert job.state(1).seconds_left == pytest.approx(4 * (16 + 30))
    assert job.state(2).seconds_left == pytest.approx(4 * (16 + 30) / 2)


def test_counts_steps_that_were_for_nothing(job):
    batch = job.claim(2, now=100)
    step(job, batch, now=108)
    batch.step = 0  # one of them was silent, so it begins again
    step(job, batch, now=116)
    assert job.state(1).seconds_left == pytest.approx(4 * (18 + 30))


def test_goes_by_batches_that_are_finished_with_all_that_they_took(job):
    batch = job.claim(2, now=100)
    for number in range(10):
        step(job, batch, now=108 + number)
    job.finish(batch, {0: PICTURE, 1: PICTURE}, now=200)
    # 100 s for 20 channel-steps; 30 are left.
    assert job.state(1).seconds_left == pytest.approx(5 * 30)
    job.claim(3, now=200)
    assert job.state(1).seconds_left == pytest.approx(5 * 30)


def test_is_none_at_the_end(job):
    batch = job.claim(5, now=0)
    step(job, batch, now=1)
    job.finish(batch, dict.fromkeys(range(5), PICTURE), now=2)
    assert (job.phase, job.state(1).seconds_left) == ("done", None)
