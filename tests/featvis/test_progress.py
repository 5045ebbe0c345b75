"""How far pictures are, as it is told and as it is shown."""

from __future__ import annotations

import itertools

import pytest
import torch

from cnnwalk.featvis import Order, Picture, Target
from cnnwalk.featvis import progress as progress_module
from cnnwalk.featvis.ascent import Moment
from cnnwalk.featvis.progress import Meter, Progress
from cnnwalk.featvis.progressbar import progress_bar
from cnnwalk.featvis.settings import PaperSettings

PICTURE = Picture(None, "dead", None, 1.0)


@pytest.fixture
def orders():
    return [Order(Target("layer", channel=each), PaperSettings(steps=10)) for each in range(4)]


@pytest.fixture
def told(monkeypatch):
    """Return the list of what is told, by a clock that goes on by 2 s at each look."""
    clock = itertools.count(100, 2)
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: next(clock))
    return []


def moment(orders, step):
    return Moment(orders, step, 10, torch.zeros(len(orders)), lambda: None)


def test_steps_of_finished_and_forming_pictures_are_counted(orders, told):
    meter = Meter(orders, told.append)
    meter.on_picture(orders[0], PICTURE)  # from the cache
    assert told[-1] == Progress(1, 4, 10, 40, None)
    meter.on_moment(moment(orders[1:3], 1))
    assert told[-1] == Progress(1, 4, 12, 40, None)
    meter.on_moment(moment(orders[1:3], 2))
    assert told[-1] == Progress(1, 4, 14, 40, 2 / 2 * 26)  # 2 s for 2 steps, 26 are left
    meter.on_picture(orders[1], PICTURE)
    assert told[-1] == Progress(2, 4, 22, 40, 4 / 10 * 18)
    for order in orders[2:]:
        meter.on_picture(order, PICTURE)
    assert told[-1] == Progress(4, 4, 40, 40, 0)


def test_it_never_goes_back_when_a_batch_begins_again(orders, told):
    meter = Meter(orders, told.append)
    for step in (1, 2, 3, 1, 2, 3, 4):
        meter.on_moment(moment(orders, step))
    assert [each.steps for each in told] == [4, 8, 12, 12, 12, 12, 16]


def test_orders_for_the_same_thing_count_once(orders, told):
    meter = Meter([*orders, orders[0]], told.append)
    for order in orders:
        meter.on_picture(order, PICTURE)
    assert told[-1] == Progress(4, 4, 40, 40, None)


def test_the_bar_says_pictures_steps_and_time_left(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with progress_bar("layer3.0") as tell:
        tell(Progress(3, 32, 1200, 2048, 3725.2))
    shown = capsys.readouterr().err
    for part in ("layer3.0", "3/32 pictures", "1,200/2,048 steps", "1:02:05 left"):
        assert part in shown


def test_the_bar_is_silent_where_nobody_watches(capsys):
    with progress_bar("layer3.0") as tell:
        tell(Progress(3, 32, 1200, 2048, 65))
    assert capsys.readouterr() == ("", "")
