"""What the network says to finished pictures, as their pixels were saved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cnnwalk.featvis.objective import values as values_of
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Response
from cnnwalk.featvis.reach import Reach
from cnnwalk.featvis.target import Target
from cnnwalk.graph import Graph, Layer
from cnnwalk.networks import Network
from cnnwalk.networks.outputs import probabilities

Place: TypeAlias = tuple[float | None, int | None]
"""A class's probability and its rank among the classes."""

_NOWHERE: Place = (None, None)


def responses(
    network: Network,
    graph: Graph,
    reach: Reach,
    orders: Sequence[Order],
    pictures: Sequence[npt.NDArray[np.uint8]],
) -> list[Response]:
    """Return what a network says to pictures that are put into it like any other image.

    Args:
        network: prepares them.
        graph: of the network.
        reach: in float32, to the layer of the orders.
        orders: one for each picture, all of one layer.
        pictures: uint8 (H, W, C) each.

    Returns:
        One for each picture; `Response.after` is not finite where the network's value is not.
    """
    targets = [order.target for order in orders]
    with torch.no_grad():
        before = _before(network, reach, orders)
        maps = reach(torch.cat([network.prepare(picture) for picture in pictures]))
        after = values_of(maps, targets).tolist()
    if gives_scores(network, graph, graph.layer(targets[0].layer)):
        places = _places(maps.flatten(1), targets)
    else:
        places = [_NOWHERE] * len(targets)
    return [
        Response(earlier if math.isfinite(earlier) else None, later, *place)
        for earlier, later, place in zip(before, after, places, strict=True)
    ]


def gives_scores(network: Network, graph: Graph, layer: Layer) -> bool:
    """Say whether a layer's channels are the scores of the network's classes.

    It is what the network returns, or what goes into a softmax that the network returns.
    """
    if network.task not in {None, "classification"}:
        return False
    outputs = [graph.layer(name) for name in graph.outputs]
    returned = next((each for each in outputs if len(each.shape) == 1 < each.shape[0]), None)
    if returned is None:
        return False
    if layer.id == returned.id:
        return True
    sources = [edge.source for edge in graph.edges if edge.target == returned.id]
    return returned.kind == "softmax" and sources == [layer.id] and layer.shape == returned.shape


def _before(network: Network, reach: Reach, orders: Sequence[Order]) -> list[float]:
    """Return the targets' values for what the pictures began with, each start seen once."""
    starts = {id(order.start): order.start for order in orders}
    rows = {name: row for row, name in enumerate(starts)}
    inputs = [
        network.example_input() if start is None else network.prepare(start)
        for start in starts.values()
    ]
    maps = reach(torch.cat(inputs))
    own = maps[[rows[id(order.start)] for order in orders]]
    return values_of(own, [order.target for order in orders]).tolist()


def _places(scores: Tensor, targets: Sequence[Target]) -> list[Place]:
    """Return where each target's class stands by its own scores, (N, K)."""
    return [
        _place(shares, target.channel)
        for shares, target in zip(probabilities(scores), targets, strict=True)
    ]


def _place(shares: Tensor, channel: int | None) -> Place:
    if channel is None or not bool(shares.isfinite().all()):
        return _NOWHERE
    return float(shares[channel]), 1 + int((shares > shares[channel]).sum())
