"""The name of a picture before it is made: a hash over everything that it depends on."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import numbers

import numpy as np
import torch

from cnnwalk.featvis.numerics import Precision
from cnnwalk.featvis.order import Order
from cnnwalk.graph import Graph
from cnnwalk.networks import Network

ALGORITHM = 1
"""To be counted up when pictures of the same order come out otherwise than before."""


def key_of(network: Network, graph: Graph, order: Order, precision: Precision) -> str:
    """Return 64 hex digits that differ where two pictures could.

    Hashed are the network with its weights and input, what is recorded up to the layer, the
    target, the mode with all its parameters, the seed, the start image, the precision asked for,
    the release of torch and `ALGORITHM`. `Order.attempt` is not: it counts what it took to make
    the picture.

    Raises:
        KeyError: the graph has no such layer.
    """
    layer = graph.layer(order.target.layer)
    told = [
        network.id,
        layer.probe,
        _digest(graph.operations[: layer.probe.op + 1]),
        order.target,
        order.settings.mode,
        order.settings,
        order.seed,
        order.start,
        precision,
        torch.__version__.split(".")[:2],
        ALGORITHM,
    ]
    return hashlib.sha256(json.dumps(_plain(told)).encode()).hexdigest()


@functools.lru_cache(maxsize=64)
def _digest(operations: tuple[str, ...]) -> str:
    """Return a hash of operations; remembered, since it is asked for with each of many channels."""
    return hashlib.sha256(json.dumps(operations).encode()).hexdigest()


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
