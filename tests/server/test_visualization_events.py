"""Following jobs: server-sent events, readers that do not read, and the end of the server."""

from __future__ import annotations

import socket
import threading

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


def test_a_reader_who_does_not_read_slows_no_job(server):
    """It takes nothing of what a job of many steps tells."""
    request = f"GET /api/visualizations/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    request += f"Authorization: Bearer {server.token}\r\n\r\n"
    with socket.socket() as stalled:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        stalled.connect(("127.0.0.1", server.port))
        stalled.sendall(request.encode())
        assert stalled.recv(12) == b"HTTP/1.1 200"
        finish(server, SECOND, steps=40)
        server.running.close()


def test_a_stream_ends_with_the_walk(server, gate, caplog):
    with events(server.client) as stream:
        gate.open.clear()
        job = ask_id(server)
        gate.wait_for(1)
        ending = threading.Thread(target=server.running.close)
        ending.start()
        gate.open.set()
        told = list(stream)  # ends, and not by a broken connection
        ending.join(30)
    assert not ending.is_alive()
    assert told[-1]["id"] == job
    assert caplog.text == ""


def test_streams_of_pages_that_left_are_forgotten(server):
    walk = server.walk
    with events(server.client) as stream:
        job = ask_id(server, channels=[0])
        stream.until(job, is_done)
    # Another one is told, the first is not waited for.
    finish(server, LAST, channels=[0])
    assert walk.visualizations.listeners <= 1


def test_unfinished_jobs_go_on_when_the_walk_is_served_again(visualizing, gate):
    first = visualizing()
    finish(first, LAST, channels=[0])
    gate.open.clear()
    job = ask_id(first, SECOND, steps=50, channels=[4, 7])
    gate.wait_for(gate.count + 1)
    ending = threading.Thread(target=first.running.close)
    ending.start()
    gate.open.set()
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
