"""The name of a picture before it is made: a hash over everything that it depends on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import numbers
from collections.abc import Iterable

import numpy as np
import torch

from cnnwalk.featvis.numerics import Precision
from cnnwalk.featvis.order import Order
from cnnwalk.graph import Graph
from cnnwalk.networks import Network

ALGORITHM = 2
"""To be counted up when pictures of the same order come out otherwise than before."""


class Keys:
    """The keys of one layer's pictures; what they have in common is hashed once.

    Args:
        network: what the orders are for.
        graph: of the network.
        layer_id: of the orders' targets.
        precision: what is asked for.

    Raises:
        KeyError: the graph has no such layer.
    """

    def __init__(self, network: Network, graph: Graph, layer_id: str, precision: Precision) -> None:
        probe = graph.layer(layer_id).probe
        told = [
            network.id,
            probe,
            graph.operations[: probe.op + 1],
            precision,
            torch.__version__.split(".")[:2],
            ALGORITHM,
        ]
        self._common = hashlib.sha256(_json(told))
        self._manner: tuple[Order, bytes] | None = None

    def of(self, order: Order) -> str:
        """Return 64 hex digits that differ where two pictures could.

        Hashed are the network with its weights and input, what is recorded up to the layer, the
        target, the mode with all its parameters, the seed, the start image, the precision asked
        for, the release of torch and `ALGORITHM`. `Order.attempt` is not: it counts what it took
        to make the picture.

        Args:
            order: for the layer.
        """
        digest = self._common.copy()
        digest.update(self._manner_of(order))
        digest.update(_json([order.target, order.seed]))
        return digest.hexdigest()

    def _manner_of(self, order: Order) -> bytes:
        """Return a hash of what orders for many channels share: settings and start image."""
        if self._manner is not None:
            before, known = self._manner
            if before.settings is order.settings and before.start is order.start:
                return known
        manner = hashlib.sha256(_json([order.settings.mode, order.settings, order.start])).digest()
        self._manner = order, manner
        return manner


def key_of(network: Network, graph: Graph, order: Order, precision: Precision) -> str:
    """Return the key of one order; see `Keys.of`."""
    return Keys(network, graph, order.target.layer, precision).of(order)


def keys_of(
    network: Network, graph: Graph, orders: Iterable[Order], precision: Precision
) -> list[str]:
    """Return the keys of orders for any layers, in their order; see `Keys.of`."""
    layers: dict[str, Keys] = {}
    found = []
    for order in orders:
        layer_id = order.target.layer
        if layer_id not in layers:
            layers[layer_id] = Keys(network, graph, layer_id, precision)
        found.append(layers[layer_id].of(order))
    return found


def _json(told: object) -> bytes:
    return json.dumps(_plain(told)).encode()


def _plain(value: object) -> object:
    """Return a value as JSON has it; equal numbers become the same, whatever their type.

    Raises:
        TypeError: there is no such form, so that nothing is left out unnoticed.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        number = float(value)
        return int(number) if number.is_integer() else number
    if isinstance(value, np.ndarray):
        digest = hashlib.sha256(np.ascontiguousarray(value).data).hexdigest()
        return ["array", str(value.dtype), list(value.shape), digest]
    if dataclasses.is_dataclass(value):
        return [[f.name, _plain(getattr(value, f.name))] for f in dataclasses.fields(value)]
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    raise TypeError(f"a {type(value).__name__} cannot be a part of a picture's key")
