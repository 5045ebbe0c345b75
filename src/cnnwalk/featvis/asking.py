"""From the names that people give to the pictures that are to be made."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping

from cnnwalk.collapse import collapse
from cnnwalk.featvis.choice import mode_for
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.limits import as_declared
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import Mode, settings_of
from cnnwalk.featvis.target import Measure, Target
from cnnwalk.graph import Graph, Layer, maps_shape
from cnnwalk.networks import Network
from cnnwalk.pixels import AnyImage, ChannelError, Pixels
from cnnwalk.references import suggest


def find_layer(graph: Graph, name: str) -> Layer:
    """Return the layer of a name.

    Args:
        graph: of the network.
        name: a layer's id; the path of a module, also of one that was fused into a layer; or the
            path of a block, for the layer that makes its output.

    Raises:
        FeatureVisualizationError: nothing has this name, or several layers do.
    """
    as_declared("layer", name, str)
    for found in (
        [layer for layer in graph.layers if layer.id == name],
        [layer for layer in graph.layers if layer.path == name],
        [layer for layer in graph.layers if _has_weights_of(layer, name)],
        _output_of_block(graph, name),
    ):
        if len(found) > 1:
            raise FeatureVisualizationError(
                f"{name} is called several times: give the id of the layer that is meant, one of "
                f"{', '.join(layer.id for layer in found)}."
            )
        if found:
            return found[0]
    names = [*(layer.id for layer in graph.layers), *(block.path for block in graph.blocks)]
    raise FeatureVisualizationError(
        f"{graph.name} has no layer {name!r}{suggest(name, names)}: give a layer's id, as "
        "“cnnwalk featvis NETWORK --layers” lists them, or the path of a module."
    )


def orders_for(  # noqa: PLR0913 - all but the first three by name
    network: Network,
    graph: Graph,
    layer: Layer,
    *,
    channels: int | Iterable[int] | None = None,
    direction: Iterable[float] | None = None,
    mode: Mode | None = None,
    parameters: Mapping[str, object],
    seed: int = 0,
    start: AnyImage | None = None,
    neuron: tuple[int, int] | None = None,
    measure: Measure = "mean",
    quantile: float = 0.9,
) -> list[Order]:
    """Return an order for each channel, or for a direction.

    Args:
        network: brings the start image to its own size and channels, as any image.
        graph: of the network.
        layer: of the graph.
        channels: 0-based; None for all, or with a direction for none.
        direction: a weight for each channel.
        mode: None for what suits the layer.
        parameters: of the mode, by name.
        seed: of all draws.
        start: None for noise.
        neuron: as in `Target`.
        measure: as in `Target`.
        quantile: as in `Target`.

    Raises:
        FeatureVisualizationError: something of it does not fit the layer, the mode or the network.
    """
    number = typing.cast("int", as_declared("seed", seed, int))
    settings = settings_of(mode or mode_for(graph, layer.id), **parameters)
    targets = [
        Target(
            layer.id,
            channel=channel,
            direction=weights,
            neuron=neuron,
            measure=measure,
            quantile=quantile,
        )
        for channel, weights in _wanted(layer, channels, direction)
    ]
    for target in targets:
        target.check(layer)
    pixels = None if start is None else _fitted(network, start)
    return [Order(target, settings, number, pixels) for target in targets]


def _wanted(
    layer: Layer, channels: int | Iterable[int] | None, direction: Iterable[float] | None
) -> list[tuple[int | None, tuple[float, ...] | None]]:
    if direction is not None:
        if channels is not None:
            raise FeatureVisualizationError(
                "Channels and a direction, which is a weighted sum of all channels, were given: "
                "give one of them."
            )
        weights = as_declared("direction", direction, tuple[float, ...])
        return [(None, typing.cast("tuple[float, ...]", weights))]
    if channels is None:
        channels = range(maps_shape(layer.shape)[0])
    wanted = as_declared("channels", channels, tuple[int, ...])
    if not wanted:
        raise FeatureVisualizationError("No channels were given: give at least one, such as 0.")
    return [(channel, None) for channel in typing.cast("tuple[int, ...]", wanted)]


def _fitted(network: Network, start: AnyImage) -> Pixels:
    try:
        return network.fit(start)
    except ChannelError as error:
        raise FeatureVisualizationError(f"The start cannot be used. {error}") from error
    except ValueError as error:
        raise FeatureVisualizationError(f"The start cannot be used: {error}.") from error


def _has_weights_of(layer: Layer, path: str) -> bool:
    return any(name.rpartition(".")[0] == path for name in layer.weights)


def _output_of_block(graph: Graph, path: str) -> list[Layer]:
    blocks = [block.id for block in graph.blocks if block.path == path]
    collapsed = collapse(graph, blocks)
    ids = {layer.id for layer in collapsed.layers if layer.collapsed in blocks}
    return [layer for layer in graph.layers if layer.id in ids]
