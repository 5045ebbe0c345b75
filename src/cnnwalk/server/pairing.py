"""How a headset comes in, on which nobody likes to type a token: a short code, soon worthless."""

from __future__ import annotations

import enum
import secrets
import threading
import time
from collections.abc import Callable

DIGITS = 6
SECONDS = 120
TRIES = 5


class Verdict(enum.Enum):
    """What a try with a code comes to."""

    RIGHT = enum.auto()
    WRONG = enum.auto()
    LAST_WRONG = enum.auto()  # the code is void now
    NO_CODE = enum.auto()  # none is valid: void, used, too old, or never made


class Pairing:
    """The one code that is valid at a time, if any; its methods may be called from any thread.

    Attributes:
        on_end: called, from any thread, with the verdict that ended the code before its time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without a code; `clock` gives seconds."""
        self.on_end: Callable[[Verdict], None] = lambda _: None
        self._clock = clock
        self._lock = threading.Lock()
        self._code: str | None = None
        self._expires = 0.0
        self._tries = 0

    def new_code(self) -> str:
        """Return a fresh code of `DIGITS` digits; the one before it is void."""
        with self._lock:
            self._code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
            self._expires = self._clock() + SECONDS
            self._tries = TRIES
            return self._code

    def redeem(self, candidate: str) -> Verdict:
        """Try a code, in constant time; every try counts, whoever makes it."""
        verdict = self._judge(candidate)
        if verdict in {Verdict.RIGHT, Verdict.LAST_WRONG}:
            self.on_end(verdict)
        return verdict

    def _judge(self, candidate: str) -> Verdict:
        with self._lock:
            if self._code is None or self._clock() >= self._expires:
                return Verdict.NO_CODE
            self._tries -= 1
            if secrets.compare_digest(candidate.encode(), self._code.encode()):
                self._code = None
                return Verdict.RIGHT
            if self._tries > 0:
                return Verdict.WRONG
            self._code = None
            return Verdict.LAST_WRONG
