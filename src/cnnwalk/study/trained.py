"""A trained network as a file: float weights, and beside them all that the report says of it."""

from __future__ import annotations

import dataclasses
import typing
from typing import Literal

from cnnwalk.study.strategies import StrategyName

NetworkName = Literal["covidresnet", "coviddensenet"]
NETWORK_NAMES: tuple[NetworkName, ...] = typing.get_args(NetworkName)


@dataclasses.dataclass(frozen=True)
class About:
    """What is known of a trained network; stands as JSON in its file's metadata.

    Attributes:
        network: which architecture.
        strategy: how it was trained.
        seed: of the training.
        data: name of the images' source.
        split: how they were split, such as ``by emoji``.
        classes: names in the order of the outputs.
        mean: per channel of the input, for values in 0..1.
        std: as `mean`.
        height: of the input in pixels.
        width: of the input in pixels.
        epochs: trained.
        accuracies: by what was measured, each in 0..1; the names are those of `accuracy`.
    """

    network: NetworkName
    strategy: StrategyName
    seed: int
    data: str
    split: str
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    height: int
    width: int
    epochs: int
    accuracies: dict[str, float] = dataclasses.field(default_factory=dict)

    @property
    def channels(self) -> int:
        """Of the input."""
        return len(self.mean)

    @property
    def name(self) -> str:
        """Name of the file without its ending, such as ``covidresnet-emoji-plain-seed0``."""
        return f"{self.network}-{self.data}-{self.strategy}-seed{self.seed}"
