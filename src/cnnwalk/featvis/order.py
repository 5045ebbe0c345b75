"""One picture to be made."""

from __future__ import annotations

import dataclasses

from cnnwalk.featvis.settings import Settings
from cnnwalk.featvis.target import Target
from cnnwalk.pixels import Pixels


@dataclasses.dataclass(frozen=True, eq=False)
class Order:
    """One picture to be made; the same order makes the same picture.

    Attributes:
        target: what it maximizes.
        settings: how.
        seed: of every random draw, together with the target and `attempt`: two channels never
            share their draws.
        start: the image that it begins with, in the network's own size and channels (`Pixels`);
            None for noise.
        attempt: 0; counted up when the picture is started again with other draws.
    """

    target: Target
    settings: Settings
    seed: int = 0
    start: Pixels | None = None
    attempt: int = 0
