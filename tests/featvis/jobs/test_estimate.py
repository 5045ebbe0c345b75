"""How long layers would take, with a maker whose steps take a known time."""

import pytest

from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.jobs.estimate import Estimator
from cnnwalk.featvis.jobs.job import Job
from cnnwalk.featvis.jobs.request import Request, Served, work_of
from cnnwalk.featvis.worker import Moment
from cnnwalk.quiet import Quiet

LAYERS = ("first", "second", "pool", "last")
PACES = {"input": 0.5, "first": 1, "second": 5, "pool": 6, "last": 9}
"""Seconds that a step of one channel takes."""


class Clocked:
    """Makes nothing, but takes its time."""

    def __init__(self, clock, measured):
        self.clock = clock
        self.measured = measured

    def batch_size(self, layer_id):
        if layer_id == "input":
            raise FeatureVisualizationError("the input cannot be")
        return 100

    def make(self, orders, watch):
        layer = orders[0].target.layer
        self.measured.append((layer, len(orders)))
        for step in range(1, orders[0].settings.steps + 1):
            self.clock.now += (50 if step == 1 else PACES[layer]) * len(orders)
            watch(Moment(orders, step, orders[0].settings.steps, None, None))


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("cnnwalk.featvis.jobs.estimate.perf_counter", clock)
    return clock


@pytest.fixture
def served(visitor):
    return Served("net", visitor.network, visitor.graph)


@pytest.fixture
def measured():
    return []


@pytest.fixture
def estimator(clock, measured):
    return Estimator(Quiet(), lambda *_: Clocked(clock, measured), lambda: False)


def works(served, *layers, mode="natural"):
    requests = [Request(network="net", layer=layer, mode=mode) for layer in layers]
    return [work_of(request, served, "float32") for request in requests]


def channels_and_steps(served, layer, mode="natural"):
    (work,) = works(served, layer, mode=mode)
    return work.channels * work.settings.steps


def test_one_layer_is_measured_by_its_steps_but_the_first(estimator, served, measured):
    found = estimator.seconds(served, works(served, "second"))
    assert found == {"second": pytest.approx(5 * channels_and_steps(served, "second"))}
    # A CPU is no faster with more.
    assert measured == [("second", 4)]


def test_measurements_are_remembered(estimator, served, measured):
    first = estimator.seconds(served, works(served, "second"))
    assert estimator.seconds(served, works(served, "second")) == first
    assert len(measured) == 1
    estimator.seconds(served, works(served, "second", mode="maco"))
    assert len(measured) == 2


def test_layers_between_are_interpolated_by_their_place(estimator, served, measured, monkeypatch):
    monkeypatch.setattr("cnnwalk.featvis.jobs.estimate.ENOUGH_SECONDS", 1e9)
    found = estimator.seconds(served, works(served, *LAYERS))
    assert [layer for layer, _ in measured] == ["last", "first", "pool"]
    ops = {layer: served.graph.layer(layer).probe.op for layer in LAYERS}
    share = (ops["second"] - ops["first"]) / (ops["pool"] - ops["first"])
    paces = PACES | {"second": 1 + share * (6 - 1)}
    for layer in LAYERS:
        expected = paces[layer] * channels_and_steps(served, layer)
        assert found[layer] == pytest.approx(expected)


def test_no_more_is_measured_when_time_is_up(estimator, served, measured):
    estimator.seconds(served, works(served, *LAYERS))
    assert [layer for layer, _ in measured] == ["last"]
    estimator.seconds(served, works(served, *LAYERS))
    assert [layer for layer, _ in measured] == ["last", "first"]


def test_a_layer_without_pictures_is_left_out_of_what_is_measured(estimator, served, monkeypatch):
    monkeypatch.setattr("cnnwalk.featvis.jobs.estimate.ENOUGH_SECONDS", 1e9)
    found = estimator.seconds(served, works(served, "input", "first", "last"))
    assert found["first"] == pytest.approx(channels_and_steps(served, "first"))
    with pytest.raises(FeatureVisualizationError, match="the input cannot be"):
        Estimator(Quiet(), lambda *_: Clocked(None, []), lambda: False).seconds(
            served, works(served, "input")
        )


def test_real_steps_take_time_and_leave_nothing(visitor):
    found = visitor.jobs.estimate("net", ("first", "last"), None)
    assert set(found) == {"first", "last"}
    assert min(found.values()) > 0
    assert visitor.jobs.states() == []
    assert visitor.jobs.cached("net", ("first", "last"), None) == {"first": 0, "last": 0}
    with pytest.raises(KeyError, match="third"):
        visitor.jobs.estimate("net", ("third",), None)


def test_what_a_job_took_is_believed(visitor, monkeypatch):
    job = visitor.make("last", (0, 1), mode=None)
    monkeypatch.setattr(Job, "pace", lambda _: 2.5)
    assert visitor.jobs.estimate("net", ("last",), None) == {"last": 2.5 * 4 * 64}
    assert visitor.jobs.estimate("net", ("last",), None, 7) == {"last": 2.5 * 4 * 7}
    assert job.state == "done"


def test_what_the_cache_has_is_counted(visitor):
    visitor.make("last", (0, 3), mode=None, parameters={"steps": 64})
    assert visitor.jobs.cached("net", ("last",), None) == {"last": 2}
    assert visitor.jobs.cached("net", ("last",), "maco") == {"last": 0}
    assert visitor.jobs.cached("net", ("last",), None, 7) == {"last": 0}
