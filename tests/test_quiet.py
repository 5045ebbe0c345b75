"""Long work between whose steps short work goes first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cnnwalk.quiet import Quiet


@pytest.fixture
def thread():
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_nobody_waits_where_it_is_quiet():
    quiet = Quiet()
    quiet.wait(lambda: False)
    quiet.begin()
    quiet.end()
    quiet.wait(lambda: False)


def test_long_work_waits_for_all_short_work(thread):
    quiet, asked = Quiet(), threading.Event()
    quiet.begin()
    quiet.begin()
    waiting = thread.submit(quiet.wait, lambda: asked.set() or False)
    assert asked.wait(60)
    quiet.end()
    assert not waiting.done()
    quiet.end()
    waiting.result(60)


def test_work_that_was_given_up_waits_no_longer(thread):
    quiet, given_up, asked = Quiet(), threading.Event(), threading.Event()
    quiet.begin()
    waiting = thread.submit(quiet.wait, lambda: asked.set() or given_up.is_set())
    assert asked.wait(60)
    assert not waiting.done()
    given_up.set()
    quiet.nudge()
    waiting.result(60)
