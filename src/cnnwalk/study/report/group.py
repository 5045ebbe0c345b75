"""What is known of networks that were trained alike but for the seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from cnnwalk.study.measures import PicturePlace, Place
from cnnwalk.study.report.values import Value
from cnnwalk.study.strategies import STRATEGIES, Strategy, StrategyName
from cnnwalk.study.trained import NetworkName

MEMORIZED = 0.999
"""Of what it was trained on, a network that has memorized all knows this share: one image in a
thousand may miss, as of two equal images with two labels one must."""

JUDGED_FROM = 8
"""Maps with a side of fewer pixels are too small to say whether they are smooth."""


@dataclasses.dataclass(frozen=True)
class LayerValues:
    """What the maps of a layer are like; `MapMeasures` says how each figure is measured.

    Attributes:
        place: where in the network.
        channels: how many maps.
        height: of a map, in pixels.
        width: of a map, in pixels.
        geary: 1 for white noise, low for smooth maps; None where nothing could be measured.
        high: share of high frequencies; None as `geary`.
        hoyer: sparsity, 0 where all channels do as much, 1 where one does all; None as `geary`.
        active: share of the channels; None as `geary`.
        silent: how many channels are zero on every image, the mean over the seeds.
    """

    place: Place
    channels: int
    height: int
    width: int
    geary: Value | None
    high: Value | None
    hoyer: Value | None
    active: Value | None
    silent: float

    @property
    def large(self) -> bool:
        """Whether its maps are large enough to judge how smooth they are."""
        return min(self.height, self.width) >= JUDGED_FROM


@dataclasses.dataclass(frozen=True)
class PictureValues:
    """What the feature visualizations of a layer are like; those that are not live do not count.

    Attributes:
        place: where in the network.
        high: share of high frequencies, the mean over live pictures; None where there is none.
        live: how many count, of all seeds.
        count: how many there are, of all seeds.
    """

    place: PicturePlace
    high: Value | None
    live: int
    count: int


@dataclasses.dataclass(frozen=True)
class Group:
    """Networks of one architecture and strategy.

    Attributes:
        network: the architecture.
        strategy: how they were trained.
        seeds: of their trainings.
        epochs: of their trainings.
        accuracies: by what was measured.
        layers: in the order of depth, the last convolution last.
        pictures: in the order of depth, classes last; empty where none was made.
        gradient: share of high frequencies of the gradient at the input; None where there was none.
        noise: accuracy by standard deviation of the noise.
        blur: accuracy by standard deviation of the blur, in pixels.
    """

    network: NetworkName
    strategy: StrategyName
    seeds: tuple[int, ...]
    epochs: tuple[int, ...]
    accuracies: Mapping[str, Value]
    layers: tuple[LayerValues, ...]
    pictures: tuple[PictureValues, ...]
    gradient: Value | None
    noise: Mapping[float, Value]
    blur: Mapping[float, Value]

    @property
    def rules(self) -> Strategy:
        """Of its training."""
        return STRATEGIES[self.strategy]

    @property
    def memorized(self) -> bool | None:
        """Whether it knows all that it was trained on; None where that was not measured."""
        train = self.accuracies.get("train")
        return None if train is None else train.mean >= MEMORIZED
