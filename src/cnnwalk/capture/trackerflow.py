"""The way back from each tracker to the trackers before it, by the dataflow."""

from __future__ import annotations

import bisect
from collections.abc import Collection, Iterable, Sequence

from cnnwalk.capture.flow import Flow
from cnnwalk.capture.operation import INPUT, Value
from cnnwalk.capture.trackercalls import Passing, TrackerCall

Node = int | Value
"""The number of a tracker call, or one of the network's inputs."""

Nodes = dict[Node, None]
"""In the order in which they are met, each once."""


class TrackerFlow:
    """Contracts the dataflow to the network's inputs and the calls of trackers.

    Who reads a tracker's result comes after the tracker. Where no one reads it (the network's
    code discards it), whatever reads the same value after the call does.
    """

    def __init__(
        self,
        flow: Flow,
        calls: Sequence[TrackerCall],
        passings: Iterable[Passing],
        drawn: Collection[int],
    ) -> None:
        """Take the calls in order; `drawn` are the numbers of those that are layers."""
        self._calls = calls
        self._times = [call.time for call in calls]
        self._drawn = frozenset(drawn)
        self._ways: dict[tuple[int, Value], dict[int | None, None]] = {}
        for passing in passings:
            ways = self._ways.setdefault((passing.time, passing.value), {})
            ways[passing.through] = None
        self._discarded = self._find_discarded()
        self._behind: dict[int, Nodes] = {}
        for operation in flow.operations:
            found: Nodes = {}
            for value in operation.inputs:
                found.update(self.read(operation.index, value))
            self._behind[operation.index] = found

    def before(self, number: int) -> Nodes:
        """Return the nearest drawn calls and inputs before a tracker call."""
        found: Nodes = {}
        for handle in _handles(self._calls[number]):
            found.update(self._behind_handle(handle, number))
        return found

    def read(self, time: int, value: Value) -> Nodes:
        """Return the nearest ones before operation number `time`, by way of a value it reads."""
        found: Nodes = {}
        limit = bisect.bisect_right(self._times, time)
        for through in self._ways.get((time, value), {None: None}):
            found.update(self._behind_handle(value if through is None else through, limit))
        return found

    def _behind_handle(self, handle: Node, limit: int) -> Nodes:
        """Return who hands on a handle: the last call before call `limit` that discards it, if any.

        A handle is a value, or the number of the tracker call that returned it.
        """
        numbers = self._discarded.get(handle, [])
        place = bisect.bisect_left(numbers, limit)
        if place:
            return {numbers[place - 1]: None}
        if isinstance(handle, int):
            return {handle: None} if handle in self._drawn else self.before(handle)
        if handle.operation == INPUT:
            return {handle: None}
        return self._behind.get(handle.operation, {})

    def _find_discarded(self) -> dict[Node, list[int]]:
        """Return, by handle, the drawn calls whose result nothing reads, in order."""
        used = {through for ways in self._ways.values() for through in ways}
        used.update(call.through for call in self._calls)
        found: dict[Node, list[int]] = {}
        for number, call in enumerate(self._calls):
            if number in self._drawn and number not in used:
                for handle in _handles(call):
                    found.setdefault(handle, []).append(number)
        return found


def _handles(call: TrackerCall) -> tuple[Node, ...]:
    return call.values if call.through is None else (call.through,)
