"""A layer of a network as a differentiable function of the network's input."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from cnnwalk.capture.operation import INPUT
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.fold import Pair, find_pairs
from cnnwalk.featvis.frozen import FrozenNetwork
from cnnwalk.featvis.narrow import find_tail
from cnnwalk.featvis.numerics import EXACT, Numerics
from cnnwalk.featvis.stopping import activated
from cnnwalk.featvis.ways import Way, find_way, require_gradient
from cnnwalk.graph import Graph, maps_shape
from cnnwalk.networks import Network
from cnnwalk.references import suggest


class NetworkCopy:
    """A copy of a network for passes of one's own, so that the walk's module is never touched.

    For use by one thread at a time.

    Args:
        network: what is copied; later changes of its module are not seen.
        graph: of the network.
        device: where the copy computes.
        numerics: with what numbers.
    """

    def __init__(
        self, network: Network, graph: Graph, device: torch.device, numerics: Numerics = EXACT
    ) -> None:
        self._network = network
        self._graph = graph
        self._device = device
        self._numerics = numerics
        self._pairs = find_pairs(network, graph) if numerics.folded else ()
        self._frozen = self._frozen_network(self._pairs)

    def reach(self, layer_id: str, *, before_activation: bool = False) -> Reach:
        """Return a layer as a function.

        Args:
            layer_id: of a layer of the graph.
            before_activation: whether to reach what goes into the layer's activation function; of
                a pooling layer, its mean before the function of the layer that is pooled.

        Raises:
            FeatureVisualizationError: there is no such layer, it does not end in an activation
                function, the network fails on its way to it, or no gradient gets back from it.
        """
        try:
            layer = self._graph.layer(layer_id)
        except KeyError:
            known = [layer.id for layer in self._graph.layers]
            raise FeatureVisualizationError(
                f"{self._graph.name} has no layer {layer_id!r}{suggest(layer_id, known)}: give "
                "the id of a layer of its graph."
            ) from None
        if before_activation and activated(self._graph, layer) is None:
            raise FeatureVisualizationError(
                f"Layer {layer_id} does not end in an activation function, so that nothing is "
                "before it: ask for the layer's own values."
            )
        # A convolution whose own values are wanted keeps its norm apart.
        pairs = tuple(pair for pair in self._pairs if pair.conv_op != layer.probe.op)
        frozen = self._frozen if pairs == self._pairs else self._frozen_network(pairs)
        return Reach(frozen, layer_id, before_activation=before_activation)

    def _frozen_network(self, pairs: tuple[Pair, ...]) -> FrozenNetwork:
        return FrozenNetwork(self._network, self._graph, self._device, self._numerics, pairs)


class Reach:
    """A layer's feature maps as a function of the input; see `NetworkCopy.reach`.

    The forward pass ends where the layer is reached: nothing behind it is computed, and no later
    operation can overwrite it.

    Attributes:
        layer: the one that is reached, in the graph of the copy.
        has_activation: whether the layer ends in an activation function, or pools what does, so
            that `before_activation` reaches what goes into it.
    """

    def __init__(self, frozen: FrozenNetwork, layer_id: str, *, before_activation: bool) -> None:
        self.layer = layer = frozen.graph.layer(layer_id)
        source = activated(frozen.graph, layer)
        self.has_activation = source is not None
        self._frozen = frozen
        self._size: tuple[int, int] | None = None
        if before_activation and source is not None and source is not layer:
            _, *size = maps_shape(layer.shape)
            self._size = (size[0], size[1])
            layer = source
        self._way: Way = _unchanged
        if layer.probe.op != INPUT:
            self._way = find_way(frozen, layer, before_activation=before_activation)
        self._tail = None if layer.probe.op == INPUT else find_tail(frozen, layer, self._way)

    def __call__(self, inputs: Tensor) -> Tensor:
        """Return the layer's feature maps.

        Args:
            inputs: (N, C, H, W), normalized as the network takes them.

        Returns:
            (N, K, h, w), float32, on the copy's device, shaped as `maps_shape` says of the
            activation; with gradients where they are enabled and `inputs` needs one.

        Raises:
            FeatureVisualizationError: the network fails, does not come to the layer with these
                inputs, or no gradient gets back to them.
        """
        activation = self._way(inputs)
        require_gradient(self._frozen, self.layer, activation, inputs)
        maps = _to_maps(activation)
        return maps if self._size is None else adaptive_avg_pool2d(maps, self._size)

    def own(self, inputs: Tensor, channels: Sequence[int]) -> Tensor:
        """Return of each image the feature map of a channel of its own.

        Other channels are not computed where the layer can do without them.

        Args:
            inputs: as of a call.
            channels: N of the layer's.

        Returns:
            (N, h, w); else, and in its errors, as a call.
        """
        rows = torch.arange(len(channels), device=self._frozen.device)
        wanted = sorted(set(channels))
        if self._tail is None or not self._tail.pays(wanted):
            return self(inputs)[rows, torch.tensor(channels, device=rows.device)]
        with self._frozen.changed(self._tail.narrowed, wanted):
            maps = self(inputs)
        places = [wanted.index(channel) for channel in channels]
        return maps[rows, torch.tensor(places, device=rows.device)]


def _unchanged(inputs: Tensor) -> Tensor:
    return inputs


def _to_maps(activation: Tensor) -> Tensor:
    """Return an activation (N, ...) as feature maps; complex values by their magnitude."""
    if activation.numel() == 0:
        raise FeatureVisualizationError(
            f"The layer's activation has no values, its shape is {tuple(activation.shape[1:])}: "
            "take another layer."
        )
    values = activation.abs() if activation.is_complex() else activation
    shape = maps_shape(tuple(activation.shape[1:]))
    return values.to(torch.float32).reshape(len(activation), *shape)
