"""A pass while it runs and after: its frames, and who waits for them.

The inference thread adds frames, listeners in event loops read them; frames are kept once,
however many listen.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Literal

from cnnwalk.news import Listener
from cnnwalk.wire import LayerHeader, decode_frames, encode_frame

Ending = Literal["finished", "failed", "cancelled"]


class Run:
    """The frames of one pass; for use by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._heard = False
        self._base: list[bytes] = []
        self._full: dict[str, bytes] = {}
        self._last: bytes | None = None
        self._ending: Ending | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it ended since nobody listened any more."""
        return self._ending == "cancelled"

    @property
    def finished(self) -> bool:
        """Whether it has all its frames, the result as the last."""
        return self._ending == "finished"

    @property
    def size(self) -> int:
        """Bytes of all layers' frames, each counted once."""
        with self._lock:
            frames = {id(frame): len(frame) for frame in (*self._base, *self._full.values())}
        return sum(frames.values())

    def join(self, listener: Listener) -> bool:
        """Listen from now on; False when the run is cancelled and will never have more."""
        with self._lock:
            if self._ending == "cancelled":
                return False
            self._heard = True
            self._listeners.add(listener)
            return True

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        with self._lock:
            self._listeners.discard(listener)

    def goes_on(self) -> bool:
        """Return whether to go on; cancels a run that was listened to and no longer is."""
        with self._lock:
            if self._ending is None and self._heard and not self._listeners:
                self._ending = "cancelled"
            return self._ending is None

    def add(self, layer: str, base: bytes, detail: bytes | None) -> None:
        """Add a layer's frames; `detail` is None where the base has the full size."""
        with self._lock:
            self._base.append(base)
            self._full[layer] = detail if detail is not None else base
            self._tell()

    def end(self, ending: Literal["finished", "failed"], last: bytes) -> None:
        """Add the last frame, a result or a problem; does nothing when the run has ended."""
        with self._lock:
            if self._ending is None:
                self._ending = ending
                self._last = last
                self._tell()

    def base(self, start: int) -> tuple[list[bytes], bool]:
        """Return the frames of a base stream from number `start` on, and whether it ends there."""
        with self._lock:
            frames = self._base[start:]
            if self._last is None:
                return frames, False
            return [*frames, self._last], True

    def detail(self, layers: Sequence[str]) -> tuple[list[bytes], bool]:
        """Return the frames of as many of these layers as exist, and whether the stream ends.

        A finished pass may lack layers; it is complete without them.
        """
        with self._lock:
            finished = self._ending == "finished"
            frames = []
            for layer in layers:
                if layer in self._full:
                    frames.append(self._full[layer])
                elif not finished:
                    break
            failure = self._last if self._ending == "failed" else None
        complete = finished or len(frames) == len(layers)
        frames = [_as_detail(frame) for frame in frames]
        if failure is not None and not complete:
            return [*frames, failure], True
        return frames, complete

    def _tell(self) -> None:
        for listener in self._listeners:
            listener.tell()


def _as_detail(frame: bytes) -> bytes:
    """Return a layer's frame of full size as one of level ``detail``."""
    ((header, payload),) = decode_frames(frame)
    if not isinstance(header, LayerHeader) or header.level == "detail":
        return frame
    return encode_frame(header.model_copy(update={"level": "detail", "statistics": None}), payload)
