"""Following jobs: server-sent events, readers that do not read, and the end of the server."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from visualizing import FIRST, LAST, SECOND, Events, ask_id, events, finish, get, is_done


@pytest.fixture
def server(visualizing):
    return visualizing()


def test_a_stream_begins_with_the_present_and_tells_each_change(server):
    first = finish(server, FIRST, channels=[0]).rpartition("/")[2]
    with events(server.client) as stream:
        assert next(iter(stream))["id"] == first
        second = ask_id(server, LAST, channels=[0])
        told = [state for state in _until_done(stream, second) if state["id"] == second]
    assert [state["done"] for state in told][-1] == [0]
    assert all(state["network"] == server.network for state in told)
    assert told[-1] == get(server, "/api/visualizations").json()[-1]
    steps = [state["step"] for state in told if state["state"] == "running"]
    assert steps == sorted(steps)


def _until_done(stream: Events, job: str):
    for state in stream:
        yield state
        if state["id"] == job and is_done(state):
            return


def test_all_pages_hear_the_same(server):
    with events(server.client) as one, events(server.client) as other:
        job = ask_id(server, channels=[0])
        assert one.until(job, is_done) == other.until(job, is_done)


def test_no_cache_and_no_proxy_keeps_events(server):
    with server.client.stream("GET", "/api/visualizations/events") as answer:
        assert answer.headers["cache-control"] in {"no-cache", "no-store"}
        assert "content-length" not in answer.headers


def test_a_quiet_stream_says_that_it_lives(server, monkeypatch):
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.01)
    with server.client.stream("GET", "/api/visualizations/events") as answer:
        assert next(answer.iter_lines()).startswith(":")


def test_events_are_for_those_who_may_enter(server):
    assert server.raw("/api/visualizations/events", authorized=False).status == 401


def test_a_slow_reader_slows_no_job_and_misses_all_but_the_newest(server):
    """It takes what it is told only after the pictures of ten channels were made one by one."""
    finish(server, LAST, steps=1, channels=[0])
    rounds = 10
    taken: list[dict[str, Any]] = []
    # By now it has prepared its routes, which it does for one thread at a time.
    app = server.running._server.config.app.app

    async def read_slowly() -> None:
        reads, left = asyncio.Event(), asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            await reads.wait()
            taken.extend(_states(message.get("body", b"")))
            if taken and taken[-1]["done"] == list(range(rounds)):
                left.set()

        async def receive() -> dict[str, Any]:
            await left.wait()
            return {"type": "http.disconnect"}

        path = "/api/visualizations/events"
        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
        stream = asyncio.create_task(app(scope, receive, send))
        for channel in range(rounds):
            await asyncio.to_thread(finish, server, SECOND, steps=1, channels=[channel])
        reads.set()
        await asyncio.wait_for(stream, 30)

    asyncio.run(read_slowly())
    assert taken[-1]["state"] == "done"
    # What was on its way when the reader stopped is all that it gets of the past.
    assert len(taken) <= 6


def _states(body: bytes) -> list[dict[str, Any]]:
    lines = body.decode().splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]


def test_a_stream_ends_with_the_walk(server, gate, caplog):
    with events(server.client) as stream:
        gate.close()
        job = ask_id(server)
        gate.wait_until_held()
        ending = threading.Thread(target=server.running.close)
        ending.start()
        gate.open()
        told = list(stream)  # ends, and not by a broken connection
        ending.join(30)
    assert not ending.is_alive()
    assert told[-1]["id"] == job
    assert caplog.text == ""


def test_pages_that_left_are_forgotten(server):
    followers = server.walk.visualizations._jobs._desk._followers
    job = ask_id(server, channels=[0])
    for _ in range(20):
        with events(server.client) as stream:
            stream.until(job, lambda _: True)
    # The last ones may not have been noticed yet.
    assert len(followers) < 10


def test_unfinished_jobs_go_on_when_the_walk_is_served_again(visualizing, gate):
    first = visualizing()
    finish(first, LAST, channels=[0])
    gate.close()
    job = ask_id(first, SECOND, steps=50, channels=[4, 7])
    gate.wait_until_held()
    ending = threading.Thread(target=first.running.close)
    ending.start()
    gate.open()
    ending.join(30)
    assert not ending.is_alive()
    second = visualizing()
    with events(second.client) as stream:
        assert stream.until(job, is_done)["done"] == [4, 7]
    get(second, f"/api/visualizations/{job}/channels/4")


def test_nothing_is_computed_or_kept_until_something_is_asked_for(server, gate, tmp_path):
    get(server, server.pass_path)
    assert get(server, "/api/visualizations").json() == []
    assert gate.count == 0
    assert not (tmp_path / "cache").exists()
