"""Pictures from the cache and from a pool together."""

import dataclasses
import errno
import os
import threading

import pytest
import torch
import trouble
from trouble import DEAD, SHY, control, orders_of

from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.key import key_of
from cnnwalk.featvis.making import make_pictures
from cnnwalk.featvis.numerics import EXACT
from cnnwalk.featvis.pool import LocalPool
from cnnwalk.featvis.settings import settings_of
from cnnwalk.featvis.tuning import Plan
from cnnwalk.featvis.worker import UnmadeError, Worker


@pytest.fixture
def make_pool(monkeypatch):
    """Return the function that makes a pool for batches of 2, closed after the test."""
    monkeypatch.setattr("cnnwalk.featvis.worker.plan", lambda *_, **__: Plan(EXACT, 2))
    pools = []

    def make(size=1, network=None):
        network = network or trouble.network()
        pools.append(LocalPool(network, trouble.graph_of(network), ["cpu"] * size))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture
def told():
    return []


@pytest.fixture
def cache(tmp_path, told):
    return PictureCache(tmp_path, tell=told.append)


def keys_of(pool, orders):
    return [key_of(pool.network, pool.graph, order, pool.precision) for order in orders]


def pixels_of(pictures):
    return [None if each.pixels is None else each.pixels.tobytes() for each in pictures]


class Made:
    """Notes the pictures that are told, and fails after some."""

    def __init__(self, fail_after=None, error=None):
        self.channels = []
        self.threads = set()
        self._fail_after, self._error = fail_after, error

    def __call__(self, order, picture):
        assert picture is not None
        self.channels.append(order.target.channel)
        self.threads.add(threading.current_thread())
        if len(self.channels) == self._fail_after:
            raise self._error


@pytest.mark.parametrize("size", [1, 2])
def test_pictures_are_those_of_a_worker_in_the_order_asked_for(make_pool, cache, size):
    pool = make_pool(size)
    orders = orders_of("first", [5, 0, SHY, DEAD, 4])
    made = Made()
    pictures = make_pictures(orders, pool, cache, on_picture=made)
    expected = Worker(pool.network, pool.graph).make(orders)
    assert [each.silence for each in pictures] == [each.silence for each in expected]
    for one, other in zip(pictures, expected, strict=True):
        if one.pixels is not None:
            assert abs(one.pixels.astype(int) - other.pixels).max() <= 1
    assert sorted(made.channels) == sorted([5, 0, SHY, DEAD, 4])
    assert made.threads == {threading.current_thread()}


def test_what_was_made_before_is_not_made_again(make_pool, cache, tmp_path):
    pool = make_pool()
    first = make_pictures(orders_of("first", [0, DEAD, 1]), pool, cache)
    control.batches.clear()
    made = Made()
    again = make_pictures(
        orders_of("first", [0, DEAD, 1]), pool, PictureCache(tmp_path), on_picture=made
    )
    assert pixels_of(again) == pixels_of(first)
    assert made.channels == [0, DEAD, 1]
    assert control.batches == []


def test_pictures_in_the_cache_are_told_before_the_others_are_made(make_pool, cache):
    pool = make_pool()
    make_pictures(orders_of("first", [4, 5]), pool, cache)
    made = Made()

    def on_moment(_):
        assert made.channels[:2] == [4, 5]

    make_pictures(
        orders_of("first", [0, 4, 1, 5]), pool, cache, on_moment=on_moment, on_picture=made
    )
    assert made.channels == [4, 5, 0, 1]


def test_a_damaged_file_is_made_again(make_pool, cache, tmp_path):
    pool = make_pool()
    first = make_pictures(orders_of("first", [0]), pool, cache)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(file.read_bytes()[:-1])
    assert pixels_of(make_pictures(orders_of("first", [0]), pool, cache)) == pixels_of(first)
    assert cache.get(*keys_of(pool, orders_of("first", [0]))) is not None


def test_the_cache_is_told_what_the_picture_is_of(make_pool, cache):
    pool = make_pool()
    orders = orders_of("last", [2])
    (picture,) = make_pictures(orders, pool, cache)
    entry = cache.read(*keys_of(pool, orders))
    assert entry.picture.response == picture.response
    assert entry.picture.response.probability is not None
    assert entry.facts["layer"] == "last"
    assert entry.facts["channel"] == "2"
    assert entry.facts["network"] == "trouble"


def test_equal_orders_are_made_once(make_pool):
    channels = []

    def on_moment(moment):
        channels.append([order.target.channel for order in moment.orders])

    pictures = make_pictures(
        orders_of("first", [0, 1, 0], steps=1), make_pool(), None, on_moment=on_moment
    )
    assert channels == [[0, 1]]
    assert pixels_of(pictures)[0] == pixels_of(pictures)[2]


def test_layers_and_settings_may_be_mixed(make_pool):
    first, last = orders_of("first", [0, 1]), orders_of("last", [0])
    texture = [
        dataclasses.replace(each, settings=settings_of("texture", steps=3)) for each in first
    ]
    orders = [first[0], last[0], texture[0], first[1], texture[1]]
    pool = make_pool()
    pictures = make_pictures(orders, pool, None)
    worker = Worker(pool.network, pool.graph)
    for alike in (first, last, texture):
        expected = worker.make(alike)
        found = [pictures[orders.index(order)] for order in alike]
        assert pixels_of(found) == pixels_of(expected)


def test_no_worker_is_left_without_a_batch(make_pool):
    batches = []

    def on_moment(moment):
        batches.append(sorted(order.target.channel for order in moment.orders))

    make_pictures(orders_of("first", [0, 1], steps=1), make_pool(2), None, on_moment=on_moment)
    assert sorted(batches) == [[0], [1]]


def test_moments_are_told_one_at_a_time(make_pool):
    busy = threading.Lock()
    seen = []

    def on_moment(moment):
        assert busy.acquire(blocking=False)
        seen.append(moment.step)
        moment.pictures()
        busy.release()

    make_pictures(
        orders_of("first", [0, 1, 4, 5], steps=20), make_pool(2), None, on_moment=on_moment
    )
    assert len(seen) == 40


@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt()])
def test_what_was_finished_before_an_error_is_in_the_cache(make_pool, cache, error):
    pool = make_pool()
    orders = orders_of("first", [0, 1, 4, 5, 6, 7])
    with pytest.raises(type(error)) as raised:
        make_pictures(orders, pool, cache, on_picture=Made(fail_after=3, error=error))
    assert raised.value is error
    kept = cache.has(keys_of(pool, orders))
    assert kept >= set(keys_of(pool, orders[:4]))
    assert len(make_pictures(orders, pool, cache)) == 6  # the pool goes on


def test_what_was_finished_while_nobody_looked_is_in_the_cache_too(make_pool, cache):
    pool = make_pool()
    orders = orders_of("first", [0, 1, 4, 5, 6, 7])
    third = threading.Event()

    def on_moment(moment):
        if moment.orders[0].target.channel == 6:
            third.set()

    def on_picture(order, picture):
        assert third.wait(60)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_pictures(orders, pool, cache, on_moment=on_moment, on_picture=on_picture)
    assert cache.has(keys_of(pool, orders)) >= set(keys_of(pool, orders[:4]))


def test_an_error_ends_what_still_forms_at_its_next_step(make_pool, cache):
    pool = make_pool(2)
    quick, slow = orders_of("first", [0], steps=1), orders_of("first", [1], steps=10_000)
    with pytest.raises(KeyboardInterrupt):
        make_pictures(
            [*quick, *slow],
            pool,
            cache,
            on_picture=Made(fail_after=1, error=KeyboardInterrupt()),
        )
    assert cache.has(keys_of(pool, quick)) == set(keys_of(pool, quick))
    assert cache.has(keys_of(pool, slow)) == set()


def test_after_an_error_while_pictures_form_none_is_watched_any_more(make_pool, cache):
    pool = make_pool(2)
    orders = orders_of("first", [0, 1, 4, 5, 6, 7], steps=200)
    watched = []

    def on_moment(moment):
        watched.append(moment.step)
        if len(watched) == 5:
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        make_pictures(orders, pool, cache, on_moment=on_moment)
    assert len(watched) == 5
    assert cache.has(keys_of(pool, orders)) == set()


def test_one_that_cannot_be_made_leaves_all_others(make_pool, cache):
    network = trouble.network()
    with torch.no_grad():
        network.module.first.bias[[4, 7]] = torch.nan
    pool = make_pool(network=network)
    orders = orders_of("first", [4, 0, 1, 5, 7, 6])
    with pytest.raises(UnmadeError, match=r"Channel 4 .*Channel 7 ") as raised:
        make_pictures(orders, pool, cache)
    there = [picture is not None for picture in raised.value.pictures]
    assert there == [False, True, True, True, False, True]
    keys = keys_of(pool, orders)
    assert cache.has(keys) == {key for key, made in zip(keys, there, strict=True) if made}


def test_a_full_disk_is_told_once_and_costs_no_picture(make_pool, cache, told, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    pictures = make_pictures(orders_of("first", [0, 1, 4]), make_pool(), cache)
    assert all(picture.pixels is not None for picture in pictures)
    assert len(told) == 1
