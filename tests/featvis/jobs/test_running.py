"""Jobs while they run: previews, what comes first, stopping, giving way, and failing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.jobs import JobError

LOUD = (0, 1, 2, 5)


@pytest.fixture
def thread():
    with ThreadPoolExecutor(1) as pool:
        yield pool


def running(visitor, *asked, after=1, **others):
    """Ask, and return the job's id once it has been held after some steps."""
    done = len(visitor.script.steps)
    visitor.script.hold(after)
    job = visitor.ask(*asked, **others).id
    visitor.script.wait_for_steps(done + after)
    return job


class TestPreviews:
    def test_come_after_steps_1_2_4_and_so_on(self, visitor, monkeypatch):
        monkeypatch.setattr("cnnwalk.featvis.jobs.hand.PREVIEW_SECONDS", 1e9)
        revisions = []
        job = running(visitor, channels=(5, 0), parameters={"steps": 10})
        for step in range(1, 10):
            state = visitor.jobs.state(job)
            revisions.append(state.revision)
            assert (state.state, state.forming, state.waiting) == ("running", (5, 0), 0)
            assert state.step == step
            visitor.script.hold(after=1)
            visitor.script.wait_for_steps(step + 1)
        news = [now != before for before, now in zip([0, *revisions], revisions, strict=False)]
        assert news == [step in {1, 2, 4, 8} for step in range(1, 10)]
        assert revisions == sorted(revisions)

    def test_come_when_the_last_is_old(self, visitor, monkeypatch):
        monkeypatch.setattr("cnnwalk.featvis.jobs.hand.PREVIEW_SECONDS", 0)
        job = running(visitor, channels=(0,), after=2)
        second = visitor.jobs.state(job).revision
        visitor.script.hold(after=1)
        visitor.script.wait_for_steps(3)
        assert visitor.jobs.state(job).revision > second

    def test_are_the_pictures_as_they_are_now(self, visitor):
        restless = {"settle": 0.0}  # else a step would depend on how many are to come
        asked = {"channels": (5, 0), "parameters": {"steps": 6} | restless}
        job = running(visitor, **asked, after=4)
        state = visitor.jobs.state(job)
        preview = visitor.jobs.preview(job, state.revision)
        assert (preview.revision, preview.channels) == (state.revision, (5, 0))
        assert preview.pixels.shape == (2, 16, 20, 3)
        visitor.script.let_go()
        visitor.wait(job)
        # What 4 steps make is what forms after step 4, since no draw knows of the steps to come.
        short = visitor.make(channels=(5, 0), parameters={"steps": 4} | restless)
        for pixels, channel in zip(preview.pixels, (5, 0), strict=True):
            np.testing.assert_array_equal(pixels, visitor.pixels(short)[channel])

    def test_end_with_the_job(self, visitor):
        job = running(visitor, channels=(0,))
        revision = visitor.jobs.state(job).revision
        assert visitor.jobs.preview(job, revision) is not None
        assert visitor.jobs.preview(job, revision - 1) is None
        visitor.script.let_go()
        state = visitor.wait(job)
        assert (state.revision, state.forming, state.step) == (0, (), 0)
        assert visitor.jobs.preview(job, revision) is None

    def test_never_have_a_revision_twice(self, make_visitor):
        revisions = []
        for _ in range(2):
            visitor = make_visitor()
            job = running(visitor, channels=(0,))
            revisions.append(visitor.jobs.state(job).revision)
            visitor.script.let_go()
            visitor.jobs.delete(job)
            visitor.jobs.close()
        assert revisions[1] > revisions[0]


class TestWhatComesFirst:
    def test_those_who_asked_first(self, visitor):
        first = running(visitor, channels=(0, 1, 2, 5))
        second = visitor.ask("last", (0, 1))
        assert (second.state, second.waiting) == ("waiting", 2)
        visitor.script.let_go()
        visitor.wait(second.id)
        assert visitor.jobs.state(first).state == "done"
        layers = [layer for layer, _ in visitor.script.first_steps()]
        assert layers == ["first", "first", "last"]

    def test_the_channels_that_are_seen(self, visitor):
        job = running(visitor, "second")
        state = visitor.jobs.see(job, (9, 4, 0))
        assert state.id == job
        visitor.script.let_go()
        visitor.wait(job)
        begun = [channels for _, channels in visitor.script.first_steps()]
        assert begun == [(0, 1), (4, 9), (2, 3), (5, 6), (7, 8)]

    def test_what_somebody_looks_at_later_even_before_a_batch_goes_on(self, visitor):
        first = running(visitor, "second", (0, 1, 2))
        visitor.jobs.see(first, (0, 1, 2))
        second = visitor.ask("last", (0, 1, 2, 3)).id
        visitor.jobs.see(second, (3, 2))
        visitor.script.let_go()
        visitor.wait(first)
        visitor.wait(second)
        expected = [
            ("second", (0, 1)),
            ("last", (2, 3)),
            ("second", (2,)),
            ("last", (0, 1)),
        ]
        assert visitor.script.first_steps() == expected
        first_batch = [
            place for place, step in enumerate(visitor.script.steps) if step[1] == (0, 1)
        ][:6]
        assert first_batch == [0, 1, 8, 9, 10, 11]
        # The batch that waited lost nothing.
        assert len(visitor.script.steps) == 4 * 6

    def test_as_many_batches_as_there_are_hands(self, make_visitor):
        visitor = make_visitor(hands=2)
        visitor.script.hold(after=1)  # so that none makes a second step before the other's first
        job = visitor.ask("second").id
        visitor.script.wait_for_steps(2)
        begun = {channels for _, channels in visitor.script.first_steps()}
        assert begun == {(0, 1), (2, 3)}
        state = visitor.wait(job, lambda state: len(state.forming) == 4)
        assert set(state.forming) == {0, 1, 2, 3}
        assert visitor.jobs.preview(job, state.revision).channels == state.forming
        visitor.script.let_go()
        assert visitor.wait(job).done == tuple(range(10))
        assert len(visitor.script.first_steps()) == 5

    def test_channels_of_another_layer_cannot_be_seen(self, visitor):
        job = running(visitor, "last", (0,))
        with pytest.raises(FeatureVisualizationError, match="there is no 4"):
            visitor.jobs.see(job, (4,))


class TestStopping:
    def test_a_paused_job_goes_on_where_it_was(self, visitor):
        job = running(visitor, channels=LOUD, after=6 + 2)
        state = visitor.jobs.pause(job)
        assert (state.state, state.done, state.forming, state.waiting) == ("paused", (0, 1), (), 2)
        assert visitor.jobs.pause(job).state == "paused"
        visitor.script.let_go()
        other = visitor.make("last", (0,))
        assert other.state == "done"
        assert visitor.jobs.state(job).state == "paused"
        assert visitor.jobs.resume(job).state == "waiting"
        assert visitor.wait(job).done == LOUD
        begun = [channels for layer, channels in visitor.script.first_steps() if layer == "first"]
        assert begun == [(0, 1), (2, 5), (2, 5)]

    def test_who_asks_for_a_paused_job_resumes_it(self, visitor):
        job = running(visitor, channels=LOUD)
        visitor.jobs.pause(job)
        visitor.script.let_go()
        assert visitor.make(channels=(0,)).done == LOUD

    @pytest.mark.parametrize("stop", ["cancel", "pause", "delete", "close"])
    def test_no_more_than_one_step_is_made(self, visitor, stop, thread):
        job = running(visitor, channels=LOUD, after=6 + 2)
        if stop == "close":
            ended = thread.submit(visitor.jobs.close)
            visitor.wait_until_closed()
        else:
            getattr(visitor.jobs, stop)(job)
        visitor.script.let_go()
        if stop == "close":
            ended.result(60)
        else:
            visitor.make("last", (0,))
        steps = [step for layer, *step in visitor.script.steps if layer == "first"]
        assert len(steps) <= 6 + 2 + 1

    def test_what_a_cancelled_job_has_done_stays(self, visitor):
        job = running(visitor, channels=LOUD, after=6 + 1)
        state = visitor.jobs.cancel(job)
        assert (state.state, state.done, state.waiting, state.forming) == (
            "cancelled",
            (0, 1),
            0,
            (),
        )
        assert visitor.jobs.picture(job, 0).pixels.shape == (16, 20, 3)
        assert visitor.jobs.picture(job, 2) is None
        visitor.script.let_go()
        assert visitor.make(channels=(5,)).done == (0, 1, 5)
        begun = [channels for _, channels in visitor.script.first_steps()]
        assert begun == [(0, 1), (2, 5), (5,)]

    def test_what_has_ended_cannot_be_stopped(self, visitor):
        job = visitor.make(channels=(0,)).id
        for stop in (visitor.jobs.cancel, visitor.jobs.pause, visitor.jobs.resume):
            with pytest.raises(JobError, match=r"layer first has ended \(done\).*ask for its"):
                stop(job)
        assert visitor.jobs.state(job).state == "done"

    def test_a_cancelled_job_cannot_be_cancelled(self, visitor):
        job = running(visitor, channels=(0,))
        visitor.jobs.cancel(job)
        with pytest.raises(JobError, match=r"\(cancelled\)"):
            visitor.jobs.cancel(job)

    def test_deleted_pictures_are_gone(self, make_visitor):
        visitor = make_visitor()
        job = running(visitor, channels=LOUD, after=6 + 1)
        state = visitor.jobs.delete(job)
        assert (state.state, state.done) == ("cancelled", ())
        assert visitor.jobs.picture(job, 0) is None
        visitor.script.let_go()
        visitor.make("last", (0,))
        visitor.jobs.close()
        again = make_visitor()
        again.script.hold()
        assert again.ask(channels=LOUD).done == ()

    def test_what_was_deleted_at_its_last_step_is_not_kept(self, visitor):
        job = running(visitor, channels=(0, 1), after=6)
        visitor.jobs.delete(job)
        visitor.script.let_go()
        visitor.make("last", (0,))
        assert visitor.jobs.state(job).done == ()
        assert len(list(visitor.cache._folder.glob("*/*.picture"))) == 1

    def test_a_done_job_is_deleted_with_all_that_the_cache_has_of_it(self, visitor):
        job = visitor.make(channels=(0, 1)).id
        visitor.jobs.delete(job)
        assert list(visitor.cache._folder.glob("*/*.picture")) == []
        assert visitor.make(channels=(1,)).done == (1,)

    def test_a_picture_that_the_cache_dropped_is_no_longer_done(self, visitor):
        job = visitor.make(channels=(0, 1)).id
        for file in visitor.cache._folder.glob("*/*.picture"):
            file.unlink()
        assert visitor.jobs.picture(job, 1) is None
        assert visitor.jobs.state(job).done == (0,)
        assert visitor.make(channels=(0, 1)).done == (0, 1)
        assert visitor.pixels(visitor.jobs.state(job))[1].shape == (16, 20, 3)


class TestGivingWay:
    def test_no_step_is_made_while_it_is_not_quiet(self, visitor, thread):
        job = running(visitor, channels=(0, 1))
        visitor.quiet.begin()
        visitor.script.let_go()
        assert visitor.quiet.waited.wait(60)
        assert len(visitor.script.steps) <= 2
        assert visitor.jobs.state(job).state == "running"
        visitor.quiet.end()
        assert visitor.wait(job).done == (0, 1)

    def test_what_waits_can_be_cancelled(self, visitor):
        job = running(visitor, channels=(0, 1))
        visitor.quiet.begin()
        visitor.script.let_go()
        assert visitor.quiet.waited.wait(60)
        steps = len(visitor.script.steps)
        visitor.jobs.cancel(job)
        visitor.ask("last", (0,))
        # The thread is free to begin with the next job, which then waits, too.
        visitor.script.wait_for_step_of("last")
        assert len(visitor.script.steps) == steps + 1
        visitor.quiet.end()

    def test_what_waits_can_be_closed(self, visitor):
        running(visitor, channels=(0, 1))
        visitor.quiet.begin()
        visitor.script.let_go()
        assert visitor.quiet.waited.wait(60)
        steps = len(visitor.script.steps)
        visitor.jobs.close()
        assert len(visitor.script.steps) == steps


class TestFailing:
    def test_the_job_says_why_and_others_go_on(self, visitor, caplog):
        visitor.script.failure = RuntimeError("the device is lost")
        state = visitor.make(channels=(0, 1))
        assert (state.state, state.done, state.waiting) == ("failed", (), 0)
        assert "layer first stopped: RuntimeError: the device is lost" in state.problem
        assert "Ask for it again" in state.problem
        visitor.script.failure = None
        assert visitor.make("last", (0,)).state == "done"
        again = visitor.make(channels=(0, 1))
        assert (again.state, again.problem, again.done) == ("done", None, (0, 1))

    @pytest.mark.parametrize("failure", [SystemExit(3), MemoryError()])
    def test_nothing_ends_the_thread(self, visitor, failure, caplog):
        visitor.script.failure = failure
        assert visitor.make(channels=(0,)).state == "failed"
        visitor.script.failure = None
        assert visitor.make(channels=(0,)).state == "done"

    def test_a_layer_from_which_no_gradient_comes(self, make_visitor, cut_network, caplog):
        visitor = make_visitor(network=cut_network)
        state = visitor.make("last", (0,))
        assert state.state == "failed"
        assert "gradient" in state.problem
        assert visitor.make("first", (0,)).state == "done"

    def test_a_channel_that_is_never_finite_harms_no_other(self, make_visitor, wild_network):
        visitor = make_visitor(network=wild_network)
        layer = visitor.graph.layers[2].id
        state = visitor.make(layer, (0, 1, 2))
        assert (state.state, state.done) == ("failed", (0, 2))
        assert "Channel 1" in state.problem
        assert visitor.jobs.picture(state.id, 1) is None


class TestFullDisk:
    def test_a_job_that_cannot_be_kept_goes_on(self, visitor):
        visitor.folder.parent.mkdir(exist_ok=True)
        visitor.folder.write_text("not a folder")
        state = visitor.make(channels=(0,))
        assert (state.state, state.done) == ("done", (0,))
        assert "not after a restart" in state.problem

    def test_pictures_that_cannot_be_kept_are_shown(self, visitor):
        visitor.cache._folder.parent.mkdir(exist_ok=True)
        visitor.cache._folder.write_text("not a folder")
        state = visitor.make(channels=(0, 1, 2))
        assert (state.state, state.done) == ("done", (0, 1, 2))
        assert "cannot be kept on disk" in state.problem
        assert visitor.jobs.picture(state.id, 2).pixels.shape == (16, 20, 3)
        assert len(visitor.told) == 1
        visitor.jobs.delete(state.id)
        assert visitor.jobs.picture(state.id, 2) is None


class TestTimeLeft:
    def test_is_none_before_and_after(self, visitor):
        job = running(visitor, channels=LOUD)
        assert visitor.ask("last").seconds_left is None
        visitor.script.let_go()
        assert visitor.wait(job).seconds_left is None

    def test_is_there_as_soon_as_a_step_was_made(self, visitor):
        job = running(visitor, channels=LOUD)
        assert visitor.jobs.state(job).seconds_left > 0


def test_closing_ends_the_threads(visitor):
    running(visitor, channels=LOUD)
    visitor.script.let_go()
    visitor.jobs.close()
    assert not any(t.name == "feature visualization" for t in threading.enumerate())
    visitor.jobs.close()
