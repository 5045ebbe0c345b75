"""An order on its way to its picture: what was tried, and what is tried next."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnnwalk.featvis.ascent import Fall
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture, Response, Silence

ATTEMPTS = 3
"""How often, each time with other draws, an order is begun that comes to values that are not
finite, or that is silent: a ReLU on the way may block one start and let another pass."""


class UnmadeError(FeatureVisualizationError):
    """Some of the pictures that were asked for could not be made.

    Attributes:
        pictures: one for each order, in their order; None for those that could not be made.
    """

    def __init__(self, message: str, pictures: Sequence[Picture | None]) -> None:
        super().__init__(message)
        self.pictures = list(pictures)


@dataclasses.dataclass(eq=False)
class Making:
    """An order on its way to its picture.

    Attributes:
        order: with the attempt that comes next.
        before_activation: whether the target turned out to be silent as it is, so that its value
            before the activation function is maximized.
        seconds: what it took until now, as its share of the batches.
        made: the pixels and the network's response to them.
        dead: whether there is nothing to maximize.
        failed: whether all attempts are used up.
    """

    order: Order
    before_activation: bool = False
    seconds: float = 0.0
    made: tuple[npt.NDArray[np.uint8], Response] | None = None
    dead: bool = False
    failed: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing is left to be tried."""
        return self.made is not None or self.dead or self.failed

    @property
    def kind(self) -> tuple[bool, int]:
        """What those have in common that are tried together: who fell before may fall again."""
        return self.before_activation, self.order.attempt

    @property
    def picture(self) -> Picture | None:
        """What came of it; None for what failed or has not ended."""
        if self.dead:
            return Picture(None, "dead", None, self.seconds)
        if self.made is None:
            return None
        pixels, response = self.made
        silence: Silence | None = "before_activation" if self.before_activation else None
        return Picture(pixels, silence, response, self.seconds)

    def finish(self, pixels: npt.NDArray[np.uint8], response: Response) -> None:
        """Take what was made, unless the network's response to it is not finite."""
        if math.isfinite(response.after):
            self.made = (pixels, response)
        else:
            self.fall("not_finite", has_activation=False)

    def fall(self, fall: Fall, *, has_activation: bool) -> None:
        """Go on after an ascent that gave no picture.

        Args:
            fall: why.
            has_activation: whether the layer has a value before an activation function.
        """
        if fall == "silent" and has_activation and not self.before_activation:
            self.before_activation = True
        elif self.order.attempt + 1 < ATTEMPTS:
            self.order = dataclasses.replace(self.order, attempt=self.order.attempt + 1)
        elif fall == "silent":
            self.dead = True
        else:
            self.failed = True


def all_made(makings: Sequence[Making]) -> list[Picture]:
    """Return the pictures of orders that have ended.

    Raises:
        UnmadeError: some have none.
    """
    pictures = [making.picture for making in makings]
    made = [picture for picture in pictures if picture is not None]
    if len(made) == len(makings):
        return made
    failed = [making.order for making in makings if making.failed]
    names = ", ".join(_name(order) for order in failed[:8])
    more = "" if len(failed) <= 8 else f" and {len(failed) - 8} more"
    raise UnmadeError(
        f"{names}{more} of layer {failed[0].target.layer}: the values became infinite or not a "
        f"number in each of {ATTEMPTS} attempts. Take another seed or start, or smaller steps.",
        pictures,
    )


def _name(order: Order) -> str:
    channel = order.target.channel
    return "A direction" if channel is None else f"Channel {channel}"
