"""The pictures of a job that form side by side."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt


@dataclasses.dataclass(eq=False)
class Batch:
    """Channels of a job that a thread has taken to make.

    Attributes:
        channels: in the order in which they were taken.
        since: when they were taken, in s, on `time.monotonic`'s clock.
        last: when the last step was done, on that clock.
        channel_steps: steps that were done for each channel, in all, also those that were for
            nothing since the batch was begun again.
        given_up: whether nobody wants them any more; read by the thread after each step.
        step: how many steps are done.
        shown: the channels that can be seen as they form, and their pictures (n, H, W, C), uint8.
    """

    channels: tuple[int, ...]
    since: float
    last: float = 0.0
    channel_steps: int = 0
    given_up: bool = False
    step: int = 0
    shown: tuple[tuple[int, ...], npt.NDArray[np.uint8]] | None = None
