"""A picture that was made, and what the network says to it."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np
import numpy.typing as npt

Silence = Literal["before_activation", "dead"]
"""Where the gradient was zero from the start: ``before_activation``, the picture maximizes the
channel's value before its activation function; ``dead``, that is silent, too, also with other
draws, and there is no picture."""


@dataclasses.dataclass(frozen=True)
class Response:
    """How strongly the network responds to a picture, as its pixels were saved.

    Attributes:
        before: the target's value for what the picture began with (mid-grey for noise); None
            where that is not finite.
        after: for the picture, by a whole pass in float32.
        probability: the softmax share of the class, where the layer has the scores of classes.
        rank: the class's place among all classes, 1 is the first; None as `probability`.
    """

    before: float | None
    after: float
    probability: float | None = None
    rank: int | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class Picture:
    """A feature visualization.

    Attributes:
        pixels: uint8 (H, W, C), of the network's input; None for a dead target.
        silence: None where the target responded as it is.
        response: None for a dead target.
        seconds: what it took, as its share of the batch.
    """

    pixels: npt.NDArray[np.uint8] | None
    silence: Silence | None
    response: Response | None
    seconds: float
