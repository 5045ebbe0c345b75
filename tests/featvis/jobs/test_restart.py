"""Jobs that had not ended when their process did."""

import asyncio
import copy
import json
import signal
import subprocess
import sys

import numpy as np
import pytest
import stepping


class Process:
    """A process of `stepping`."""

    def __init__(self, folder, *channels):
        self.process = subprocess.Popen(
            [sys.executable, stepping.__file__, str(folder), *channels],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self):
        return json.loads(self.process.stdout.readline())

    def go_on(self, steps=1):
        self.process.stdin.write("\n" * steps)
        self.process.stdin.flush()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(60) == -signal.SIGKILL
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def start():
    """Return the function that starts a process; all are ended after the test."""
    started = []

    def make(*arguments):
        started.append(Process(*arguments))
        return started[-1]

    yield make
    for each in started:
        if each.process.poll() is None:
            each.kill()


def test_a_killed_process_loses_the_batch_that_formed_and_no_more(start, tmp_path):
    killed = start(tmp_path, "0,1,3,2")
    for step in (1, 2, 3):
        assert killed.read() == {"step": step, "channels": [0, 1]}
        killed.go_on()
    for step in (1, 2):
        assert killed.read() == {"step": step, "channels": [3, 2]}
        if step == 1:
            killed.go_on()
    killed.kill()
    again = start(tmp_path)
    again.go_on(steps=3)
    for step in (1, 2, 3):
        assert again.read() == {"step": step, "channels": [3, 2]}
    assert again.read() == {"ended": [0, 1, 2, 3], "problem": None}
    assert again.process.wait(60) == 0
    again.process.stdin.close()
    again.process.stdout.close()
    assert list((tmp_path / "state").iterdir()) == []

    class InPairs(stepping.SteppingWorker):
        def make(self, orders, watch):
            return super(stepping.SteppingWorker, self).make(orders, watch)

    undisturbed = stepping.jobs_in(tmp_path / "undisturbed", InPairs)
    disturbed = stepping.jobs_in(tmp_path, InPairs)
    expected = stepping.ask(undisturbed, (0, 1, 3, 2))
    assert asyncio.run(stepping.ended(undisturbed)).state == "done"
    found = stepping.ask(disturbed, (0, 1, 3, 2))
    assert (found.id, found.done) == (expected.id, (0, 1, 2, 3))
    for channel in range(4):
        one, other = (jobs.picture(found.id, channel) for jobs in (undisturbed, disturbed))
        np.testing.assert_array_equal(one.pixels, other.pixels)
        assert one.response == other.response
    undisturbed.close()
    disturbed.close()


def begun(visitor, *asked, after=1, **others):
    visitor.script.hold(after)
    job = visitor.ask(*asked, **others).id
    visitor.script.wait_for_steps(after)
    return job


def close(visitor):
    """Close the jobs while an ascent is held, as the end of a walk does."""
    visitor.jobs._desk.close()
    visitor.script.let_go()
    visitor.jobs.close()


def test_a_closed_walk_leaves_its_jobs_to_the_next(make_visitor):
    first = make_visitor()
    job = begun(first, "last", (0, 1, 2), seed=3, after=6 + 1)
    waiting = first.ask("second", (4,), mode="texture", measure="quantile", quantile=0.5)
    close(first)
    again = make_visitor()
    ids = [state.id for state in again.jobs.states()]
    assert ids == [job, waiting.id]
    assert again.wait(job).done == (0, 1, 2)
    assert again.wait(waiting.id).done == (4,)
    assert again.script.first_steps() == [("last", (2,)), ("second", (4,))]
    assert list(again.folder.iterdir()) == []


def test_a_start_image_is_kept(make_visitor):
    image = np.random.default_rng(0).random((33, 44, 3), np.float32)
    first = make_visitor()
    job = begun(first, "last", (0,), start=("upload 1", image))
    close(first)
    again = make_visitor()
    (state,) = again.jobs.states()
    assert (state.id, state.start) == (job, "upload 1")
    again.wait(job)
    assert again.ask("last", (0,), start=("upload 1", image)).done == (0,)
    assert list(again.folder.iterdir()) == []


def test_a_paused_job_stays_paused(make_visitor):
    first = make_visitor()
    job = begun(first, "last", (0, 1, 2), after=6 + 1)
    first.jobs.pause(job)
    close(first)
    again = make_visitor()
    state = again.wait(job, lambda state: state.done)
    assert (state.state, state.done, state.waiting) == ("paused", (0, 1), 1)
    again.make("first", (0,))
    assert again.jobs.state(job).state == "paused"
    again.jobs.resume(job)
    assert again.wait(job).done == (0, 1, 2)


@pytest.mark.parametrize("end", ["cancel", "delete"])
def test_what_was_ended_stays_ended(make_visitor, end):
    first = make_visitor()
    job = begun(first, "last", (0,))
    getattr(first.jobs, end)(job)
    close(first)
    assert make_visitor().jobs.states() == []


def test_jobs_of_another_network_wait_for_it(make_visitor):
    first = make_visitor()
    job = begun(first, "last", (0,))
    close(first)
    other = make_visitor(network=with_other_weights(first.network))
    assert other.jobs.states() == []
    other.jobs.close()
    assert [state.id for state in make_visitor().jobs.states()] == [job]


def test_the_same_network_under_another_name_goes_on(make_visitor):
    first = make_visitor()
    begun(first, "last", (0,))
    close(first)
    again = make_visitor(add=False)
    again.script.hold()
    again.jobs.add("other name", again.network, again.graph)
    (state,) = again.jobs.states()
    assert state.network == "other name"
    assert [file.name for file in again.folder.iterdir()] == [f"{state.id}.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"\xff\xfe",
        lambda data: b"[]",
        lambda data: data.replace(b'"version": 1', b'"version": 2'),
        lambda data: data.replace(b'"seed": 0', b'"seed": "x"'),
        lambda data: data.replace(b'"natural"', b'"nice"'),
        lambda data: data.replace(b'"steps": 6', b'"stops": 6'),
        lambda data: data.replace(b"[0, 1]", b"[0, 99]"),
    ],
)
def test_a_damaged_file_is_moved_aside(make_visitor, damage, caplog):
    first = make_visitor()
    begun(first, "last", (0, 1))
    first.ask("second", (1,))
    close(first)
    damaged, _ = sorted(
        first.folder.glob("*.json"), key=lambda file: b"second" in file.read_bytes()
    )
    data = damaged.read_bytes()
    damaged.write_bytes(damage(data))
    assert damaged.read_bytes() != data
    again = make_visitor()
    (state,) = again.jobs.states()
    assert state.layer == "second"
    assert "cannot go on" in caplog.text
    again.wait(state.id)
    assert [file.name for file in again.folder.iterdir()] == [f"{damaged.name}.broken"]


@pytest.mark.parametrize("damage", ["missing", "cut", "pickle"])
def test_a_damaged_start_image_is_the_same(make_visitor, damage, caplog):
    first = make_visitor()
    begun(first, "last", (0,), start=("image", np.zeros((16, 20, 3), np.uint8)))
    close(first)
    (image,) = first.folder.glob("*.npy")
    if damage == "missing":
        image.unlink()
    elif damage == "cut":
        image.write_bytes(image.read_bytes()[:100])
    else:
        np.save(image, np.array([print], object), allow_pickle=True)
    assert make_visitor().jobs.states() == []
    assert "cannot go on" in caplog.text


def with_other_weights(network):
    other = copy.deepcopy(network.module)
    other[0].bias.data += 1
    return type(network)(network.name, other, network.input, network.classes)
