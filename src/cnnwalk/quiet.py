"""Long work gives way to short work: feature visualizations wait between steps for passes."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Quiet:
    """Knows whether short work runs or waits; for use by several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy = 0

    def begin(self) -> None:
        """Say that a piece of short work is there; to be followed by `end`."""
        with self._changed:
            self._busy += 1

    def end(self) -> None:
        """Say that a piece of short work is done, or will not be."""
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()

    def wait(self, given_up: Callable[[], bool]) -> None:
        """Wait until there is no short work, or the long work has been given up.

        Args:
            given_up: is asked at first and after each `nudge`; takes no lock that a thread may
                hold while it uses this object.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._busy == 0 or given_up())

    def nudge(self) -> None:
        """Let those who wait see whether their work has been given up."""
        with self._changed:
            self._changed.notify_all()
