"""The path of a pass through a network, compared with the recorded one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from cnnwalk.capture.errors import CaptureError
from cnnwalk.graph import Graph

OnParting = Callable[[str], None]

_END = "the end of the pass"
"""Stands behind the last operation."""


class Path:
    """Tells of each operation of a pass which of the recorded ones it is.

    A network whose code depends on its data may leave the recorded path. Without `on_parting`
    that is an error. With it the pass goes on: what runs beside the path is none of the recorded
    operations, until one runs that reads a parameter and was recorded just once, further on.
    From there both are on the same path again.
    """

    def __init__(self, graph: Graph, on_parting: OnParting | None = None) -> None:
        self.graph = graph
        self._on_parting = on_parting
        self._told = False
        self._position = 0
        self._beside = False
        counts = Counter(graph.operations)
        self._landmarks = {
            signature: position
            for position, signature in enumerate(graph.operations)
            if counts[signature] == 1 and not signature.endswith("()")
        }

    def find(self, found: str) -> int | None:
        """Return which of the recorded operations one of this signature would be, as the next.

        None where it would be none of them. The path does not move on.
        """
        operations = self.graph.operations
        on_path = not self._beside and self._position < len(operations)
        if on_path and operations[self._position] == found:
            return self._position
        position = self._landmarks.get(found, -1)
        return None if position < self._position else position

    def meet(self, found: str, place: str) -> int | None:
        """Return the position of the recorded operation that this one is, None beside the path.

        Args:
            found: the signature of the operation that ran.
            place: where the pass is, in words.

        Raises:
            CaptureError: the paths part, and nobody wants to go on.
        """
        operations = self.graph.operations
        expected = operations[self._position] if self._position < len(operations) else _END
        if not self._beside and found != expected:
            self._part(f"{place} comes {found}, expected {expected}")
        position = self.find(found)
        self._beside = position is None
        if position is not None:
            self._position = position + 1
        return position

    def end(self, place: str) -> None:
        """Note that the pass has ended; raises CaptureError as `meet` does."""
        if not self._beside and self._position < len(self.graph.operations):
            expected = self.graph.operations[self._position]
            self._part(f"{place} comes {_END}, expected {expected}")

    def _part(self, where: str) -> None:
        message = (
            f"{self.graph.name} took another path with this input than when it was recorded: "
            f"{where} (operation {self._position})."
        )
        if self._on_parting is None:
            raise CaptureError(f"{message} Capture the graph again with an input like this one.")
        if not self._told:
            self._told = True
            self._on_parting(message)
