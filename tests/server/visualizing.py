"""A network whose ascents a test can hold and count, and a reader of server-sent events."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network

FIRST, SECOND, LAST = "1", "3", "7"
"""The layers that have pictures."""
CLASSES = ("ant", "bee", "cat", "dog", "elk")
DEAD, SILENT = 3, 4
"""Channels of the first layer: one without a gradient anywhere, one that its ReLU silences."""


class Gate:
    """Counts the steps of ascents, which a test can hold here; passes of images go through.

    Attributes:
        count: how many steps have been begun.
    """

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()
        self._is_closed = False
        self._is_held = False

    def __deepcopy__(self, memo: dict[int, Any]) -> Gate:
        return self  # the copies of the network are held, too

    def enter(self) -> None:
        with self._changed:
            self.count += 1
            if self._is_closed:
                self._is_held = True
                self._changed.notify_all()
                assert self._changed.wait_for(lambda: not self._is_closed, 60)
                self._is_held = False

    def close(self) -> None:
        """Hold whatever ascent comes here from now on."""
        with self._changed:
            self._is_closed = True

    def wait_until_held(self) -> None:
        """Wait until an ascent is in the middle of a step, where it stays."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._is_held, 60)

    def open(self) -> None:
        """Let ascents go on."""
        with self._changed:
            self._is_closed = False
            self._changed.notify_all()


class Gated(nn.Module):
    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self.gate = gate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.requires_grad:
            self.gate.enter()
        return x


def gated_network(gate: Gate) -> Network:
    """Return a network of layers ``1`` (8 channels), ``3`` (40) and ``7`` (5 classes)."""
    torch.manual_seed(0)
    first = nn.Conv2d(3, 8, 3, padding=1)
    with torch.no_grad():
        first.weight[DEAD] = 0
        first.bias[[DEAD, SILENT]] = -1000
    module = nn.Sequential(
        Gated(gate),
        first,
        nn.ReLU(),
        nn.Conv2d(8, 40, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(40, 5),
    )
    spec = InputSpec(height=32, width=32, resize=32)
    return Network("small", module, spec, CLASSES, "random weights")


class Events:
    """What a stream of server-sent events has said so far."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.headers["content-type"].startswith("text/event-stream")
        self._lines = answer.iter_lines()
        self.newest: dict[str, dict[str, Any]] = {}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        name = ""
        for line in self._lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                assert name == "visualization"
                state = json.loads(value)
                self.newest[state["id"]] = state
                yield state

    def until(self, job: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read on to a state of a job that `reached` accepts; the newest that was read may be."""
        state = self.newest.get(job)
        if state is not None and reached(state):
            return state
        for state in self:
            if state["id"] == job and reached(state):
                return state
        raise AssertionError(f"the stream ended; last it told {self.newest.get(job)}")


@contextlib.contextmanager
def events(client: httpx.Client) -> Iterator[Events]:
    with client.stream("GET", "/api/visualizations/events") as answer:
        assert answer.status_code == 200
        yield Events(answer)


def is_done(state: dict[str, Any]) -> bool:
    assert state["state"] != "failed", state["problem"]
    return bool(state["state"] == "done")


def ask(server: Any, layer: str = FIRST, steps: int | None = 4, **asked: Any) -> httpx.Response:
    path = f"/api/networks/{server.network}/visualizations"
    answer: httpx.Response = server.client.post(
        path, json={"layer": layer, "steps": steps, **asked}
    )
    return answer


def ask_id(server: Any, *args: Any, **asked: Any) -> str:
    answer = ask(server, *args, **asked)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def finish(server: Any, *args: Any, **asked: Any) -> str:
    """Ask for pictures, wait until they are there, and return the job's address."""
    with events(server.client) as stream:
        job = ask_id(server, *args, **asked)
        wanted = set(asked.get("channels", ()))
        # A job that was done before begins by saying so.
        stream.until(job, lambda state: is_done(state) and wanted <= set(state["done"]))
    return f"/api/visualizations/{job}"


def get(server: Any, path: str, **query: Any) -> httpx.Response:
    answer: httpx.Response = server.client.get(path, params=query or None)
    assert answer.status_code == 200, answer.text
    return answer
