"""With what numbers a network is computed."""

from __future__ import annotations

import dataclasses
from typing import Literal

Precision = Literal["auto", "float32"]
"""What a user asks for: the fastest numbers whose pictures are as good, which a short measurement
on the device finds, or the network's own."""


@dataclasses.dataclass(frozen=True)
class Numerics:
    """How the values of a network are computed, and in what order they lie in memory.

    Attributes:
        dtype: ``float32`` for the network's own types, ``bfloat16`` for convolutions and products
            in half of the bits.
        folded: whether norms are worked into the convolutions before them. The same mathematics;
            a gradient differs by about 1e-3 of its length, where rounding switches a ReLU.
        channels_last: whether the channels of a pixel lie side by side. As `folded`.
    """

    dtype: Literal["float32", "bfloat16"] = "float32"
    folded: bool = False
    channels_last: bool = False


EXACT = Numerics()
"""The network as it is."""
