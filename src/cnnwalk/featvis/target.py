"""What a picture maximizes."""

from __future__ import annotations

import dataclasses
import math
import typing
from typing import Literal

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.limits import as_declared
from cnnwalk.graph import Layer, maps_shape

Measure = Literal["mean", "centre", "quantile"]
"""What of a feature map counts: the mean of all its values, the value in its middle, or the value
that the share `Target.quantile` of them does not exceed."""

MEASURES: tuple[Measure, ...] = typing.get_args(Measure)

_QUANTILE = 0.9


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """One channel of a layer, or a direction: a weighted sum of its channels.

    A class is a channel of the layer that has the scores. Channels are those that the hall shows
    (`cnnwalk.graph.maps_shape`).

    Attributes:
        layer: id.
        channel: 0-based; None with a direction.
        direction: a weight for each channel; None with a channel.
        neuron: (row, column) of the one value of the map that counts, 0-based; None for what
            `measure` says.
        measure: what of the map counts.
        quantile: in 0..1, for measure ``quantile``.

    Raises:
        FeatureVisualizationError: the attributes contradict each other.
    """

    layer: str
    channel: int | None = None
    direction: tuple[float, ...] | None = None
    neuron: tuple[int, int] | None = None
    measure: Measure = "mean"
    quantile: float = _QUANTILE

    def __post_init__(self) -> None:
        if (self.channel is None) == (self.direction is None):
            raise FeatureVisualizationError(
                f"A target is a channel or a direction, got channel {self.channel} and direction "
                f"{self.direction}: give one of them."
            )
        if self.measure not in MEASURES:
            raise FeatureVisualizationError(
                f"The measure {self.measure!r} is not known: give one of {', '.join(MEASURES)}."
            )
        quantile = as_declared("quantile", self.quantile, float)
        object.__setattr__(self, "quantile", quantile)
        neuron = as_declared("neuron", self.neuron, tuple[int, int] | None)
        object.__setattr__(self, "neuron", neuron)
        if not 0 <= self.quantile <= 1:
            raise FeatureVisualizationError(
                f"The quantile is {self.quantile}: give a share from 0 to 1, such as 0.9."
            )
        if self.quantile != _QUANTILE and self.measure != "quantile":
            raise FeatureVisualizationError(
                f"A quantile of {self.quantile} is asked for, but the measure is {self.measure}: "
                "give the measure quantile, too."
            )
        if self.neuron is not None and self.measure != "mean":
            raise FeatureVisualizationError(
                f"A neuron is a single value of the map, which leaves nothing for the measure "
                f"{self.measure}: give one of them."
            )

    def check(self, layer: Layer) -> None:
        """Raise FeatureVisualizationError where `layer`, the one named, has no such values."""
        channels, height, width = maps_shape(layer.shape)
        if math.prod(layer.shape) == 0:
            raise FeatureVisualizationError(
                f"Layer {layer.id} has no channels, its shape is {layer.shape}: take another layer."
            )
        if self.channel is not None and not 0 <= self.channel < channels:
            raise FeatureVisualizationError(
                f"Layer {layer.id} has channels 0 to {channels - 1}, there is no {self.channel}."
            )
        if self.direction is not None:
            _check_direction(self.direction, layer.id, channels)
        if self.neuron is not None:
            row, column = self.neuron
            if not (0 <= row < height and 0 <= column < width):
                raise FeatureVisualizationError(
                    f"The feature maps of layer {layer.id} have {height} rows and {width} columns, "
                    f"there is no neuron at row {row}, column {column}."
                )


def _check_direction(direction: tuple[float, ...], layer: str, channels: int) -> None:
    if len(direction) != channels:
        raise FeatureVisualizationError(
            f"Layer {layer} has {channels} channels, but the direction {len(direction)} weights: "
            "give one for each channel."
        )
    if not all(math.isfinite(weight) for weight in direction) or not any(direction):
        raise FeatureVisualizationError(
            "A direction needs finite weights that are not all 0: give at least one other number."
        )
