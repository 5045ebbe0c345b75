"""Jobs as a walk asks for them: which pictures come, in what order, and what they cost."""

import numpy as np
import pytest

from cnnwalk.featvis import FeatureVisualizationError, Order, Target
from cnnwalk.featvis.settings import settings_of
from cnnwalk.featvis.worker import Worker

LOUD = (0, 1, 2, 5)


def test_a_job_makes_what_a_worker_makes(visitor):
    state = visitor.make(channels=LOUD, seed=7)
    assert (state.state, state.problem, state.waiting) == ("done", None, 0)
    assert (state.done, state.channels, state.steps, state.seed) == (LOUD, 6, 6, 7)
    settings = settings_of("natural", steps=6)
    worker = Worker(visitor.network, visitor.graph, precision="float32")
    expected = worker.make([Order(Target("first", channel=c), settings, seed=7) for c in LOUD])
    for channel, picture in zip(LOUD, expected, strict=True):
        made = visitor.jobs.picture(state.id, channel)
        # Another batch sums in another order.
        assert np.abs(made.pixels.astype(int) - picture.pixels).max() <= 1
        assert made.response.after == pytest.approx(picture.response.after, rel=1e-3)


def test_all_channels_are_asked_for_by_none(visitor):
    assert visitor.make("last").done == (0, 1, 2, 3)


def test_the_mode_that_suits_the_layer(visitor):
    assert visitor.ask("first", (0,), mode=None).mode == "texture"
    assert visitor.ask("last", (0,), mode=None).mode == "natural"


def test_silent_channels_are_marked_also_when_they_come_from_the_cache(make_visitor):
    for _ in range(2):
        visitor = make_visitor()
        state = visitor.make("first")
        assert (state.before_activation, state.dead) == ((4,), (3,))
        assert state.done == (0, 1, 2, 3, 4, 5)
        assert visitor.jobs.picture(state.id, 3).pixels is None
        assert visitor.jobs.picture(state.id, 4).pixels is not None
    assert visitor.script.steps == []


def test_what_the_cache_has_is_done_at_once(make_visitor):
    first = make_visitor()
    made = first.make(channels=(0, 1))
    again = make_visitor()
    again.script.hold()
    state = again.ask(channels=(0, 1, 2))
    assert (state.id, state.done) == (made.id, (0, 1))
    again.script.let_go()
    assert again.wait(state.id).done == (0, 1, 2)
    assert again.script.first_steps() == [("first", (2,))]
    for channel in (0, 1):
        np.testing.assert_array_equal(again.pixels(state)[channel], first.pixels(made)[channel])


def test_a_damaged_picture_is_made_again(make_visitor):
    first = make_visitor()
    whole = first.pixels(first.make(channels=(0, 1)))
    file = next(file for file in first.cache._folder.glob("*/*.picture"))
    file.write_bytes(file.read_bytes()[:-9])
    again = make_visitor()
    state = again.make(channels=(0, 1))
    assert len(again.script.first_steps()) == 1
    for channel, pixels in again.pixels(state).items():
        assert np.abs(pixels.astype(int) - whole[channel]).max() <= 1


def test_two_who_ask_for_the_same_thing_share_a_job(visitor):
    visitor.script.hold(after=1)
    one = visitor.ask(channels=LOUD)
    visitor.script.wait_for_steps(1)
    other = visitor.ask(channels=LOUD)
    assert other.id == one.id
    assert len(visitor.jobs.states()) == 1
    visitor.script.let_go()
    visitor.wait(one.id)
    visitor.make(channels=LOUD)
    assert visitor.script.first_steps() == [("first", (0, 1)), ("first", (2, 5))]
    assert len(visitor.script.steps) == 2 * 6


def test_who_asks_for_more_adds_channels(visitor):
    visitor.script.hold(after=1)
    job = visitor.ask(channels=(5,)).id
    visitor.script.wait_for_steps(1)
    state = visitor.ask(channels=(2, 0, 5, 1))
    assert (state.id, state.waiting) == (job, 3)
    visitor.script.let_go()
    assert visitor.wait(job).done == (0, 1, 2, 5)
    assert [channels for _, channels in visitor.script.first_steps()] == [(5,), (2, 0), (1,)]


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"parameters": {"steps": 5}},
        {"mode": "texture"},
        {"measure": "centre"},
        {"neuron": (1, 2)},
        {"start": ("gray", np.full((16, 20, 3), 99, np.uint8))},
    ],
)
def test_what_decides_on_the_pictures_makes_another_job(visitor, other):
    visitor.script.hold(after=1)
    assert visitor.ask(channels=(0,)).id != visitor.ask(channels=(0,), **other).id
    assert len(visitor.jobs.states()) == 2


def test_pictures_are_made_anew(visitor):
    made = visitor.make(channels=(0, 1, 2))
    before = visitor.pixels(made)
    visitor.script.hold(after=1)
    state = visitor.ask(channels=(1,), anew=True)
    assert (state.id, state.done) == (made.id, (0, 2))
    assert visitor.jobs.picture(state.id, 1) is None
    visitor.script.let_go()
    state = visitor.wait(state.id)
    assert state.done == (0, 1, 2)
    assert visitor.script.first_steps()[-1] == ("first", (1,))
    assert len(visitor.script.first_steps()) == 3
    now = visitor.pixels(state)[1]
    assert np.abs(now.astype(int) - before[1]).max() <= 1


def test_facts_say_how_a_picture_was_made(visitor):
    state = visitor.make(channels=(1,), seed=3)
    facts = visitor.jobs.facts(state.id, 1)
    assert (facts["layer"], facts["channel"], facts["seed"]) == ("first", "1", "3")
    assert (facts["mode"], facts["steps"], facts["network"]) == ("natural", "6", "small")
    after = visitor.jobs.picture(state.id, 1).response.after
    assert float(facts["after"]) == pytest.approx(after)
    assert visitor.jobs.facts(state.id, 0) == {}


class TestStart:
    def test_an_image_of_any_size_is_brought_to_the_networks_own(self, visitor):
        image = np.random.default_rng(0).integers(0, 256, (40, 90, 1), np.uint8)
        state = visitor.make(channels=(0,), start=("image 1", image), parameters={"steps": 1})
        assert state.start == "image 1"
        fitted = visitor.network.fit(image)
        assert fitted.shape == (16, 20, 3)
        own = visitor.ask(channels=(0,), start=("image 2", fitted), parameters={"steps": 1})
        assert own.id == state.id

    def test_an_image_of_other_channels_is_refused(self, visitor):
        image = np.zeros((16, 20, 5), np.uint8)
        with pytest.raises(FeatureVisualizationError, match=r"small.*5 channels.*takes 3"):
            visitor.ask(start=("five", image))

    def test_a_black_image_will_do(self, visitor):
        state = visitor.make(channels=(0,), start=("black", np.zeros((16, 20, 3), np.uint8)))
        assert state.state == "done"
        assert visitor.pixels(state)[0].std() > 0


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"channels": (6,)}, "channels 0 to 5, there is no 6"),
        ({"channels": (-1,)}, "there is no -1"),
        ({"channels": ()}, "name at least one"),
        ({"mode": "nice"}, "'nice' is not known"),
        ({"parameters": {"steps": 0}}, "steps is 0|number of steps is 0"),
        ({"parameters": {"stops": 9}}, "no parameter 'stops'"),
        ({"neuron": (16, 0)}, "no neuron at row 16"),
    ],
)
def test_what_cannot_be_is_refused(visitor, asked, sentence):
    with pytest.raises(FeatureVisualizationError, match=sentence):
        visitor.ask(**asked)
    assert visitor.jobs.states() == []
    assert not list(visitor.folder.glob("*"))


def test_names_that_do_not_exist(visitor):
    with pytest.raises(KeyError, match="third"):
        visitor.ask("third")
    for call in (visitor.jobs.state, visitor.jobs.pause, visitor.jobs.delete):
        with pytest.raises(KeyError, match="nothing"):
            call("nothing")
