"""What is told of a job: plain values that nobody changes any more."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np
import numpy.typing as npt

from cnnwalk.featvis.settings import Mode

Phase = Literal["waiting", "running", "paused", "done", "cancelled", "failed"]
"""``waiting`` for its turn, ``running`` while pictures form; the last three are ends, after which
a job goes on only if its pictures are asked for again."""

ENDS: frozenset[Phase] = frozenset({"done", "cancelled", "failed"})


@dataclasses.dataclass(frozen=True)
class JobState:
    """A job at one moment.

    Attributes:
        id: names the network, the layer, and all that decides how its pictures come out.
        network: id, in the walk.
        layer: id.
        mode: in which the pictures form.
        steps: how often each picture is improved.
        seed: of all random draws.
        start: id of the image that the pictures begin with; None for noise.
        state: see `Phase`.
        problem: what went wrong, as a sentence: why it failed, or, of one that goes on, what
            cannot be kept on disk.
        channels: how many the layer has.
        done: the channels whose pictures are there, and the dead ones, ascending.
        before_activation: those of `done` whose picture maximizes the value before the layer's
            activation function.
        dead: those of `done` that have no picture.
        forming: the channels of the newest preview, in its order.
        waiting: how many channels that were asked for are neither done nor in `forming`.
        step: how often the pictures in `forming` have been improved.
        revision: of the newest preview, 0 when there is none now. Grows, also across restarts.
        seconds_left: an estimate; None before anything was measured, and when it has ended.
    """

    id: str
    network: str
    layer: str
    mode: Mode
    steps: int
    seed: int
    start: str | None
    state: Phase
    problem: str | None
    channels: int
    done: tuple[int, ...]
    before_activation: tuple[int, ...]
    dead: tuple[int, ...]
    forming: tuple[int, ...]
    waiting: int
    step: int
    revision: int
    seconds_left: float | None


@dataclasses.dataclass(frozen=True, eq=False)
class Preview:
    """Pictures of a job while they form.

    Attributes:
        revision: as in `JobState`.
        channels: whose they are.
        pixels: (n, H, W, C), uint8, one for each of `channels`.
    """

    revision: int
    channels: tuple[int, ...]
    pixels: npt.NDArray[np.uint8]
