"""Who follows the jobs, and what each has not been told yet."""

from __future__ import annotations

from cnnwalk.news import Listener


class Follower:
    """A reader of job states; of each job it is told the newest alone. Made inside its loop.

    All but `listener` is used by one thread at a time.
    """

    def __init__(self, jobs: list[str]) -> None:
        self.listener = Listener()
        self._changed = dict.fromkeys(jobs)
        if jobs:
            self.listener.tell()

    def tell(self, job: str) -> None:
        """Note that a job has changed, and wake the reader."""
        self._changed[job] = None
        self.listener.tell()

    def take(self) -> list[str]:
        """Return the jobs that have changed since the last call, those first that did first."""
        changed = list(self._changed)
        self._changed.clear()
        return changed
