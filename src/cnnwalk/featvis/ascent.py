"""One batch's ascent: its steps, who watches them, and whose picture does not come of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cnnwalk.featvis.forming import Forming, See
from cnnwalk.featvis.order import Order

Fall = Literal["silent", "not_finite"]
"""Why no picture comes of an order: the gradient was zero in each of the first `LISTENING` steps;
a value, the gradient or the picture was NaN or infinite."""

Outcome: TypeAlias = npt.NDArray[np.uint8] | Fall
"""The pixels (H, W, C), or why there are none."""

LISTENING = 3
"""Steps in which an order must have a gradient: random crops of a start image may miss, in one
step, what a channel responds to."""

_LOOKING = 16
"""Steps between two looks at what a GPU found: each look waits for it."""


@dataclasses.dataclass(frozen=True, eq=False)
class Moment:
    """What there is to see after a step. A batch may begin again, then `step` does, too.

    Attributes:
        orders: of the pictures that are forming.
        step: how many are done, from 1.
        steps: how many there are.
        values: (N,), on the device: how strongly the targets responded.
        pictures: returns the pictures as they are now, uint8 (N, H, W, C). To be called while the
            watch runs: after it they change.
    """

    orders: Sequence[Order]
    step: int
    steps: int
    values: Tensor
    pictures: Callable[[], npt.NDArray[np.uint8]]


Watch: TypeAlias = Callable[[Moment], None]
"""Is called after each step. What it raises ends the batch at once and propagates."""


def ascend(orders: Sequence[Order], forming: Forming, see: See, watch: Watch) -> dict[int, Outcome]:
    """Take a batch through its steps.

    Where some are silent the ascent ends after `LISTENING` steps: without them the others are
    done sooner. What is not finite is left alone; the others go on.

    Returns:
        The outcomes by position in `orders`. Where some are silent these alone; the others have
        to be begun again.
    """
    return _Ascent(orders, forming, see).run(watch)


class _Ascent:
    def __init__(self, orders: Sequence[Order], forming: Forming, see: See) -> None:
        self._orders = orders
        self._forming = forming
        self._respond = see
        self._steps = orders[0].settings.steps
        # Both (N,), on the device, so that nothing waits for it but a look.
        self._loud: Tensor | None = None
        self._finite: Tensor | None = None
        self._standing = list(range(len(orders)))

    def run(self, watch: Watch) -> dict[int, Outcome]:
        for step in range(1, self._steps + 1):
            values = self._forming.step(self._see)
            self._finite = _and(self._finite, values.isfinite())
            if self._is_time_to_look(step, values.device):
                self._standing = torch.nonzero(self._finite).flatten().tolist()
                if step == self._last_heard and (silent := self._silent()):
                    return dict.fromkeys(silent, "silent")
            if not self._standing:
                break
            watch(self._moment(step, values))
        return self._outcomes()

    @property
    def _last_heard(self) -> int:
        return min(LISTENING, self._steps)

    def _is_time_to_look(self, step: int, device: torch.device) -> bool:
        often = device.type == "cpu" or step % _LOOKING == 0
        return often or step in {self._last_heard, self._steps}

    def _see(self, inputs: Tensor) -> Tensor:
        inputs.register_hook(self._hear)  # type: ignore[no-untyped-call]
        return self._respond(inputs)

    def _hear(self, gradient: Tensor) -> None:
        peaks = gradient.detach().flatten(1).abs().amax(1)
        loud = peaks > 0
        self._loud = loud if self._loud is None else self._loud | loud
        self._finite = _and(self._finite, peaks.isfinite())

    def _silent(self) -> list[int]:
        """Return the positions that never had a gradient, though all about them is finite."""
        if self._loud is None:
            return self._standing
        loud = self._loud.tolist()
        return [position for position in self._standing if not loud[position]]

    def _moment(self, step: int, values: Tensor) -> Moment:
        standing = self._standing
        return Moment(
            orders=[self._orders[position] for position in standing],
            step=step,
            steps=self._steps,
            values=values if len(standing) == len(values) else values[standing],
            pictures=lambda: _as_pixels(self._pictures()[standing]),
        )

    @torch.no_grad()
    def _pictures(self) -> Tensor:
        return self._forming.pictures()

    def _outcomes(self) -> dict[int, Outcome]:
        pictures = self._pictures()
        finite = pictures.flatten(1).isfinite().all(1).tolist()
        pixels = _as_pixels(pictures)
        standing = {position for position in self._standing if finite[position]}
        return {
            position: pixels[position] if position in standing else "not_finite"
            for position in range(len(self._orders))
        }


def _and(before: Tensor | None, now: Tensor) -> Tensor:
    return now if before is None else before & now


def _as_pixels(pictures: Tensor) -> npt.NDArray[np.uint8]:
    """Return (N, C, H, W) in 0..1 as uint8 (N, H, W, C); NaN becomes 0."""
    steps = pictures.nan_to_num(0).clamp(0, 1).mul(255).round().to(torch.uint8)
    return steps.permute(0, 2, 3, 1).contiguous().cpu().numpy()
