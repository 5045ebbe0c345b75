"""The trackers before a tracker, where the network's own code names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cnnwalk.capture.trackercalls import Precursor, TrackerCall
from cnnwalk.capture.trackerflow import Nodes, TrackerFlow

Title = Callable[[int], str]
"""How messages call a tracker call."""


class Precursors:
    """Finds who comes before each tracker call: as it says itself, else as the data says.

    Attributes:
        warnings: what the network's code says and cannot be so, a sentence each.
    """

    def __init__(self, calls: Sequence[TrackerCall], flow: TrackerFlow, title: Title) -> None:
        self._calls = calls
        self._flow = flow
        self._title = title
        self.warnings: list[str] = []

    def before(self, number: int) -> Nodes:
        """Return the calls and inputs before a tracker call, which for a landmark are its own."""
        found: Nodes = {}
        for precursor in self._calls[number].precursors or ():
            for earlier in self._find(number, precursor):
                found.update(self.before(earlier) if self._is_mark(earlier) else {earlier: None})
        return found or self._flow.before(number)

    def _is_mark(self, number: int) -> bool:
        return self._calls[number].is_mark

    def _find(self, number: int, precursor: Precursor) -> Iterator[int]:
        """Yield the calls of a named tracker: of several calls in a row, the latest."""
        matching = [
            other
            for other, call in enumerate(self._calls)
            if (precursor.tracker is None and call.position == precursor.position)
            or call.tracker == precursor.tracker
        ]
        earlier = [other for other in matching if other < number]
        if earlier:
            latest = self._calls[earlier[-1]].call
            yield from (other for other in earlier if self._calls[other].call == latest)
            return
        named = f"Tracker {self._title(number)} names {precursor.title} as a predecessor"
        if matching:
            self._warn(
                f"{named}, which does not run before it: the edge would close a cycle and is "
                "not drawn. Name a tracker that runs before, or leave precursors out."
            )
        else:
            self._warn(
                f"{named}, but no tracker like that is called: the edge is not drawn. Call the "
                "tracker in forward, or leave precursors out."
            )

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)
