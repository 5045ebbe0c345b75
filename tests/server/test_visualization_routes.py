"""Asking for feature visualizations over HTTP, steering and ending them."""

from __future__ import annotations

import pytest
from visualizing import FIRST, LAST, SECOND, ask_id, events, finish, get, is_done

from cnnwalk.wire import ResultHeader, decode_frames


@pytest.fixture
def server(visualizing):
    """The walk of a small network whose ascents can be held."""
    return visualizing()


def test_the_same_asked_twice_is_one_computation(server, gate):
    gate.close()
    first = ask_id(server, channels=[0, 1])
    gate.wait_until_held()
    assert ask_id(server, channels=[1, 0]) == first
    with events(server.client) as stream:
        gate.open()
        stream.until(first, is_done)
    taken = gate.count
    assert ask_id(server, channels=[0, 1]) == first
    (state,) = get(server, "/api/visualizations").json()
    assert state["state"] == "done"
    assert gate.count == taken


def test_an_image_is_inserted_while_pictures_form(server, gate):
    with events(server.client) as stream:
        job = ask_id(server, steps=10_000)
        stream.until(job, lambda state: state["step"] >= 1)  # all is measured
        gate.close()
        gate.wait_until_held()  # an ascent is in the middle of a step, and stays there
    *_, result = decode_frames(get(server, server.pass_path).content)
    assert isinstance(result.header, ResultHeader)
    (state,) = get(server, "/api/visualizations").json()
    assert (state["id"], state["state"], state["done"]) == (job, "running", [])


def test_cancelling_takes_no_more_than_the_step_that_is_being_taken(server, gate):
    with events(server.client) as stream:
        finish(server, LAST, steps=1, channels=[0, 1])  # all is measured, and nothing else counts
        job = ask_id(server, LAST, steps=10_000, channels=[0])
        stream.until(job, lambda state: state["step"] > 1)
        gate.close()
        gate.wait_until_held()
        taken = gate.count
        cancelled = server.client.delete(f"/api/visualizations/{job}")
        assert cancelled.json()["state"] == "cancelled"
        gate.open()
        # Made by the same thread, in one step: it comes after all that was left of the first.
        other = ask_id(server, LAST, steps=1, channels=[1], seed=1)
        stream.until(other, is_done)
    assert gate.count == taken + 1
    (state,) = [each for each in get(server, "/api/visualizations").json() if each["id"] == job]
    assert (state["state"], state["done"], state["forming"]) == ("cancelled", [], [])


def test_a_paused_job_goes_on_when_it_is_resumed(server, gate):
    with events(server.client) as stream:
        job = ask_id(server, steps=10_000, channels=[0, 1])
        path = f"/api/visualizations/{job}"
        stream.until(job, lambda state: state["step"] > 1)
        assert server.client.post(f"{path}/pause").json()["id"] == job
        stream.until(job, lambda state: state["state"] == "paused")
        resumed = server.client.post(f"{path}/resume")
        assert resumed.status_code == 200
        stream.until(job, lambda state: state["state"] == "running")
        server.client.delete(path)
        assert server.client.post(f"{path}/resume").status_code == 409


def test_channels_that_are_looked_at_come_first(server, gate):
    gate.close()
    with events(server.client) as stream:
        blocking = ask_id(server, LAST, steps=1, channels=[0])
        gate.wait_until_held()
        job = ask_id(server, SECOND, steps=1)
        seen = server.client.post(f"/api/visualizations/{job}/see", json={"channels": [39, 38]})
        assert seen.status_code == 200
        gate.open()
        stream.until(blocking, is_done)
        state = stream.until(job, lambda state: bool(state["forming"] or state["done"]))
        assert {39, 38} <= {*state["forming"], *state["done"]}
        stream.until(job, is_done)


def test_pictures_that_are_there_are_made_anew_when_that_is_asked_for(server, gate):
    finish(server, FIRST, channels=[0])
    taken = gate.count
    with events(server.client) as stream:
        job = ask_id(server, channels=[0], anew=True)
        stream.until(job, lambda state: state["state"] != "done" or gate.count > taken)
        stream.until(job, is_done)
    assert gate.count > taken


def test_an_estimate_counts_what_need_not_be_made(server):
    path = f"/api/networks/{server.network}/visualizations/estimate"
    finish(server, FIRST, channels=[0, 1], steps=None)
    finish(server, LAST, steps=None)
    estimate = get(server, path, layer=[FIRST, LAST]).json()
    assert estimate["channels"] == {FIRST: 8, LAST: 5}
    assert estimate["cached"] == {FIRST: 2, LAST: 5}
    assert estimate["seconds"][LAST] == 0
    assert estimate["total"] == estimate["seconds"][FIRST] > 0
    assert get(server, path, layer=LAST, steps=7).json()["cached"] == {LAST: 0}
    assert server.client.get(path, params={"layer": LAST, "steps": 0}).status_code == 422
    assert server.client.get(path, params={"layer": "nowhere"}).status_code == 404
    assert server.client.get(path).status_code == 422
