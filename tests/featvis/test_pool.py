"""Batches side by side, workers that fail, and the end of a pool."""

import threading
from typing import ClassVar

import pytest
import trouble
from trouble import orders_of

from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.numerics import EXACT
from cnnwalk.featvis.pool import LocalPool
from cnnwalk.featvis.tuning import Plan
from cnnwalk.featvis.worker import CancelledError, Worker
from cnnwalk.networks import NetworkError

SECONDS = 60
"""More than anything here takes: a test that would wait for ever fails."""


class Fragile(Worker):
    """A worker that fails in threads that were broken, and notes the threads that tried."""

    broken: ClassVar[set[threading.Thread]]
    tried: ClassVar[list[threading.Thread]]
    failures: ClassVar[threading.Semaphore]

    def make(self, orders, watch):
        thread = threading.current_thread()
        Fragile.tried.append(thread)
        if thread in Fragile.broken:
            Fragile.failures.release()
            raise RuntimeError("the device is lost")
        return super().make(orders, watch)


@pytest.fixture
def make_pool(monkeypatch):
    """Return the function that makes a pool of a number of workers, closed after the test."""
    monkeypatch.setattr("cnnwalk.featvis.worker.plan", lambda *_, **__: Plan(EXACT, 8))
    monkeypatch.setattr("cnnwalk.featvis.pool.Worker", Fragile)
    Fragile.broken, Fragile.tried, Fragile.failures = set(), [], threading.Semaphore(0)
    pools = []

    def make(size):
        network = trouble.network()
        pools.append(LocalPool(network, trouble.graph_of(network), ["cpu"] * size))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


class Hold:
    """A watch that holds its batch after the first step until it is let go."""

    def __init__(self):
        self.thread = None
        self._reached, self._go_on = threading.Event(), threading.Event()

    def __call__(self, moment):
        self.thread = threading.current_thread()
        self._reached.set()
        assert self._go_on.wait(SECONDS)

    def wait(self):
        assert self._reached.wait(SECONDS)

    def let_go(self):
        self._go_on.set()


def pixels_of(future):
    return [picture.pixels.tobytes() for picture in future.result(SECONDS)]


def test_a_pool_makes_what_a_worker_makes(make_pool):
    pool = make_pool(2)
    network = pool.network
    futures = [pool.submit(orders_of("first", channels)) for channels in ([0, 1], [4, 5], [6])]
    worker = Worker(network, pool.graph)
    for channels, future in zip(([0, 1], [4, 5], [6]), futures, strict=True):
        expected = worker.make(orders_of("first", channels))
        assert pixels_of(future) == [picture.pixels.tobytes() for picture in expected]


def test_workers_make_batches_at_the_same_time(make_pool):
    pool = make_pool(2)
    meeting = threading.Barrier(2, timeout=SECONDS)
    futures = [
        pool.submit(orders_of("first", [channel]), lambda _: meeting.wait()) for channel in (0, 1)
    ]
    assert [len(future.result(SECONDS)) for future in futures] == [1, 1]


def test_without_devices_there_is_one_worker_on_the_network_s_own():
    network = trouble.network()
    with LocalPool(network, trouble.graph_of(network), precision="float32") as pool:
        assert (pool.size, pool.precision) == (1, "float32")
        assert pool.batch_size("first") >= 1
        assert len(pool.submit(orders_of("first", [0], steps=1)).result(SECONDS)) == 1


def test_a_worker_that_fails_hands_its_batch_to_another(make_pool):
    pool = make_pool(2)
    hold = Hold()
    first = pool.submit(orders_of("first", [0]), hold)
    hold.wait()
    (other,) = {thread for thread in pool._threads if thread is not hold.thread}
    Fragile.broken = {other}
    second = pool.submit(orders_of("first", [1]))
    third = pool.submit(orders_of("first", [4]))
    for _ in (second, third):  # the other fails with both, one after the other
        assert Fragile.failures.acquire(timeout=SECONDS)
    hold.let_go()
    assert len(first.result(SECONDS)) == 1
    Fragile.broken = set()
    assert pixels_of(second) == pixels_of(pool.submit(orders_of("first", [1])))
    assert pixels_of(third) == pixels_of(pool.submit(orders_of("first", [4])))


@pytest.mark.parametrize("size", [1, 3])
def test_where_all_workers_fail_each_has_tried_once(make_pool, size):
    pool = make_pool(size)
    Fragile.broken = set(pool._threads)
    future = pool.submit(orders_of("first", [0]))
    with pytest.raises(
        FeatureVisualizationError, match="RuntimeError: the device is lost"
    ) as raised:
        future.result(SECONDS)
    assert isinstance(raised.value.__cause__, RuntimeError)
    assert set(Fragile.tried) == set(pool._threads)
    assert len(Fragile.tried) == size
    Fragile.broken = set()
    assert len(pool.submit(orders_of("first", [0])).result(SECONDS)) == 1


def test_a_network_that_leaves_the_program_does_not_end_the_pool(make_pool):
    pool = make_pool(1)
    pool.batch_size("first")
    pool.submit(orders_of("first", [0])).result(SECONDS)

    def leave(x):
        raise SystemExit(3)

    trouble.control.meddle = leave
    try:
        with pytest.raises(FeatureVisualizationError):
            pool.submit(orders_of("first", [0])).result(SECONDS)
    finally:
        trouble.control.meddle = None
    assert len(pool.submit(orders_of("first", [0])).result(SECONDS)) == 1


@pytest.mark.parametrize("error", [CancelledError(), RuntimeError("mine"), ValueError("mine")])
def test_what_a_watch_raises_is_not_the_workers_fault(make_pool, error):
    pool = make_pool(2)

    def watch(_):
        raise error

    future = pool.submit(orders_of("first", [0]), watch)
    assert future.exception(SECONDS) is error
    assert len(Fragile.tried) == 1


def test_orders_that_do_not_fit_are_not_tried_again(make_pool):
    future = make_pool(2).submit(orders_of("first", [99]))
    with pytest.raises(FeatureVisualizationError, match="channels 0 to 7"):
        future.result(SECONDS)
    assert len(Fragile.tried) == 1


def test_a_future_that_is_cancelled_while_it_waits_is_never_made(make_pool):
    pool = make_pool(1)
    hold = Hold()
    first = pool.submit(orders_of("first", [0]), hold)
    hold.wait()
    second, third = (pool.submit(orders_of("first", [channel])) for channel in (1, 4))
    assert second.cancel()
    assert not first.cancel()
    hold.let_go()
    assert len(third.result(SECONDS)) == 1
    assert len(Fragile.tried) == 2


def test_closing_ends_what_is_made_and_what_waits(make_pool):
    pool = make_pool(1)
    steps = []
    hold = Hold()

    def watch(moment):
        steps.append(moment.step)
        hold(moment)

    running = pool.submit(orders_of("first", [0]), watch)
    hold.wait()
    waiting = pool.submit(orders_of("first", [1]))
    closing = threading.Thread(target=pool.close)
    closing.start()
    assert isinstance(waiting.exception(SECONDS), CancelledError)
    hold.let_go()
    closing.join(SECONDS)
    assert isinstance(running.exception(SECONDS), CancelledError)
    assert steps == [1]
    assert not any(thread.is_alive() for thread in pool._threads)
    with pytest.raises(RuntimeError, match="the pool is closed"):
        pool.submit(orders_of("first", [0]))


@pytest.mark.parametrize(
    ("devices", "sentence"),
    [
        ([], "No devices were given: give at least one"),
        (["toaster"], "device 'toaster' cannot be used"),
        (["cuda:97"], "device 'cuda:97' cannot be used"),
    ],
)
def test_devices_that_are_not_there_are_refused_at_once(devices, sentence):
    network = trouble.network()
    with pytest.raises((FeatureVisualizationError, NetworkError), match=sentence):
        LocalPool(network, trouble.graph_of(network), devices)


def test_a_device_may_be_named_alone_and_a_precision_has_to_be_known():
    network = trouble.network()
    graph = trouble.graph_of(network)
    with LocalPool(network, graph, "cpu") as pool:
        assert pool.size == 1
    with pytest.raises(FeatureVisualizationError, match="precision is 'float16': give auto, float"):
        LocalPool(network, graph, precision="float16")
