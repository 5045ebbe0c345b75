"""What somebody asks for, and what a job makes of it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Mapping

from cnnwalk.featvis.choice import mode_for
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.key import Keys
from cnnwalk.featvis.numerics import Precision
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import Mode, Settings, settings_of
from cnnwalk.featvis.target import Measure, Target
from cnnwalk.graph import Graph, Layer, maps_shape
from cnnwalk.networks import Network
from cnnwalk.pixels import AnyImage, ChannelError, Pixels


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Request:
    """Pictures of a layer's channels.

    Attributes:
        network: id, in the walk.
        layer: id.
        channels: 0-based, the first is made first; None for all.
        mode: None for what suits the layer.
        parameters: of the mode, by name; plain values as JSON has them.
        seed: of all random draws.
        start: id in the walk of the image that the pictures begin with, and the image, of any
            size; None for noise.
        measure: as in `Target`.
        neuron: as in `Target`.
        quantile: as in `Target`.
        anew: whether the pictures that are there already are deleted first.
    """

    network: str
    layer: str
    channels: tuple[int, ...] | None = None
    mode: Mode | None = None
    parameters: Mapping[str, object] = dataclasses.field(default_factory=dict)
    seed: int = 0
    start: tuple[str, AnyImage] | None = None
    measure: Measure = "mean"
    neuron: tuple[int, int] | None = None
    quantile: float = 0.9
    anew: bool = False


@dataclasses.dataclass(frozen=True, eq=False)
class Served:
    """A network of the walk.

    Attributes:
        id: in the walk.
        network: as it was given.
        graph: with nothing collapsed.
    """

    id: str
    network: Network
    graph: Graph


@dataclasses.dataclass(frozen=True, eq=False)
class Work:
    """The pictures of one layer under one set of settings: what names a job.

    Attributes:
        served: the network.
        layer: whose channels are maximized.
        request: with the mode that was chosen.
        start: the start image in the network's own size and channels; None for noise.
        settings: how the pictures form.
        precision: with which numbers.
    """

    served: Served
    layer: Layer
    request: Request
    start: Pixels | None
    settings: Settings
    precision: Precision

    @property
    def channels(self) -> int:
        """How many the layer has."""
        return maps_shape(self.layer.shape)[0]

    @property
    def id(self) -> str:
        """16 hex digits; the channels that are asked for do not matter."""
        named = f"{self.served.id} {self.key(0)}"
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    def order(self, channel: int) -> Order:
        """Return what is ordered for a channel."""
        request = self.request
        return Order(
            target=self.target(channel),
            settings=self.settings,
            seed=request.seed,
            start=self.start,
        )

    def target(self, channel: int) -> Target:
        """Return what the picture of a channel maximizes."""
        request = self.request
        return Target(
            layer=self.layer.id,
            channel=channel,
            neuron=request.neuron,
            measure=request.measure,
            quantile=request.quantile,
        )

    def key(self, channel: int) -> str:
        """Return under what name the picture of a channel is cached."""
        return self._keys.of(self.order(channel))

    @functools.cached_property
    def _keys(self) -> Keys:
        served = self.served
        return Keys(served.network, served.graph, self.layer.id, self.precision)

    def asked(self) -> tuple[int, ...]:
        """Return the channels of the request, each once.

        Raises:
            FeatureVisualizationError: the layer has no such channels.
        """
        wanted = self.request.channels
        if wanted is None:
            wanted = tuple(range(self.channels))
        if not wanted:
            raise FeatureVisualizationError(
                f"No channels of layer {self.layer.id} are asked for: name at least one, or leave "
                "them out for all."
            )
        for channel in wanted:
            self.target(channel).check(self.layer)
        return tuple(dict.fromkeys(wanted))


def work_of(request: Request, served: Served, precision: Precision) -> Work:
    """Return what a request asks for.

    Args:
        request: for this network.
        served: the network.
        precision: with which numbers.

    Raises:
        KeyError: there is no such layer.
        FeatureVisualizationError: the layer, the parameters or the start image will not do.
    """
    start = None if request.start is None else _fit(served.network, request.start[1])
    return work_from(request, start, served, precision)


def work_from(request: Request, start: Pixels | None, served: Served, precision: Precision) -> Work:
    """Do what `work_of` does, with a start image that has been fitted."""
    layer = served.graph.layer(request.layer)
    mode = request.mode or mode_for(served.graph, layer.id)
    settings = settings_of(mode, **request.parameters)
    work = Work(served, layer, dataclasses.replace(request, mode=mode), start, settings, precision)
    work.target(0).check(layer)
    return work


def _fit(network: Network, image: AnyImage) -> Pixels:
    try:
        return network.fit(image)
    except ChannelError as error:
        raise FeatureVisualizationError(
            f"{network.name} cannot start from this image. {error}"
        ) from error
