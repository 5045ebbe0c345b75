"""The paper's three training strategies (section 4.1), and the controls it lacks."""

from __future__ import annotations

import dataclasses
import typing
from typing import Literal

StrategyName = Literal[
    "augmentation",
    "shuffled-labels",
    "noisy-copies",
    "plain",
    "augmentation-without-noise",
    "noise-only",
]
STRATEGY_NAMES: tuple[StrategyName, ...] = typing.get_args(StrategyName)

NOISE = 0.5
COPIES = 9


@dataclasses.dataclass(frozen=True)
class Strategy:
    """How a network is trained.

    Attributes:
        name: as on the command line.
        short: as in tables; S1 to S3 are the paper's.
        says: one sentence for people.
        moves: whether images are moved, scaled, flipped, and changed in contrast and brightness.
        noise: whether noise is added, new in every epoch.
        shuffles: whether labels are shuffled once, before training.
        copies: noisy copies of each image with random labels, the same in every epoch.
    """

    name: StrategyName
    short: str
    says: str
    moves: bool = False
    noise: bool = False
    shuffles: bool = False
    copies: int = 0


STRATEGIES: dict[StrategyName, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(
            "augmentation",
            "S1",
            "True labels; images are moved, scaled, flipped, changed in contrast and brightness, "
            "and get noise.",
            moves=True,
            noise=True,
        ),
        Strategy(
            "shuffled-labels",
            "S2",
            "Labels are shuffled once, so that there is nothing to learn but each image by heart.",
            shuffles=True,
        ),
        Strategy(
            "noisy-copies",
            "S3",
            "The images with their labels, and copies of each with noise and random labels, which "
            "stay the same.",
            copies=COPIES,
        ),
        Strategy("plain", "S0", "True labels, and nothing else: the control of all others."),
        Strategy(
            "augmentation-without-noise",
            "S1n",
            "As augmentation, but without noise: what its other steps do.",
            moves=True,
        ),
        Strategy(
            "noise-only",
            "S1x",
            "Of augmentation the noise alone: what that step does.",
            noise=True,
        ),
    )
}
