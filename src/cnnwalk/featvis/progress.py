"""How far pictures are that are being made, and how long the rest may take."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from cnnwalk.featvis.ascent import Moment
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.target import Target


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far pictures are.

    Attributes:
        finished: how many there are.
        pictures: how many were asked for.
        steps: done of all pictures together; those of finished ones count in full.
        all_steps: there are.
        seconds_left: None as long as it cannot be told.
    """

    finished: int
    pictures: int
    steps: int
    all_steps: int
    seconds_left: float | None


OnProgress: TypeAlias = Callable[[Progress], None]
"""Is called after steps and finished pictures, from any thread, one call at a time. What it raises
ends the making."""


class Meter:
    """Makes `Progress` of what `make_pictures` tells; its methods are what that calls.

    Args:
        orders: each target once.
        tell: is told.
    """

    def __init__(self, orders: Sequence[Order], tell: OnProgress) -> None:
        self._steps_of = {order.target: 0 for order in orders}
        self._all_steps = sum({order.target: order.settings.steps for order in orders}.values())
        self._tell = tell
        self._lock = threading.Lock()
        self._finished = 0
        self._free = 0  # steps of pictures that were there before any was made
        self._started: float | None = None

    def on_moment(self, moment: Moment) -> None:
        """Take what there is after a step of a batch."""
        with self._lock:
            if self._started is None:
                self._started = time.monotonic()
                self._free = sum(self._steps_of.values()) + len(moment.orders)
            for order in moment.orders:
                self._reach(order.target, moment.step)
            self._tell(self._progress())

    def on_picture(self, order: Order, _: Picture) -> None:
        """Take a finished picture."""
        with self._lock:
            self._reach(order.target, order.settings.steps)
            self._finished += 1
            self._tell(self._progress())

    def _reach(self, target: Target, step: int) -> None:
        # A batch that begins again is as far as it was until it is there again.
        self._steps_of[target] = max(self._steps_of[target], step)

    def _progress(self) -> Progress:
        steps = sum(self._steps_of.values())
        made = steps - self._free
        left = None
        if self._started is not None and made > 0:
            left = (time.monotonic() - self._started) / made * (self._all_steps - steps)
        return Progress(self._finished, len(self._steps_of), steps, self._all_steps, left)
