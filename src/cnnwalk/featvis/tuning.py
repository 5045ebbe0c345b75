"""With what numbers, and how many pictures at a time, a layer's pictures are made."""

from __future__ import annotations

import dataclasses
import threading
import time

import torch

from cnnwalk.featvis.numerics import EXACT, Numerics, Precision
from cnnwalk.featvis.reach import NetworkCopy, Reach
from cnnwalk.graph import Graph
from cnnwalk.networks import Network

_STEP_SECONDS = 0.25
"""How long a step may take on the CPU, which is what an inserted image waits for."""

_remembered: dict[tuple[object, ...], Plan] = {}
_lock = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Plan:
    """How a layer's pictures are made on a device.

    Attributes:
        numerics: with what numbers.
        batch: how many at a time.
    """

    numerics: Numerics
    batch: int


def plan(  # noqa: PLR0913 - all but the first three by name
    network: Network,
    graph: Graph,
    layer_id: str,
    *,
    precision: Precision,
    device: torch.device,
    largest: int,
) -> Plan:
    """Measure a few steps, and return how a layer's pictures are made; remembered.

    Args:
        network: whose pictures.
        graph: of the network.
        layer_id: of a layer of the graph.
        precision: what is asked for.
        device: where they are made.
        largest: the most pictures at a time.

    Raises:
        FeatureVisualizationError: as `NetworkCopy.reach`.
    """
    key = (network.id, graph.granularity, layer_id, precision, device, largest)
    with _lock:
        if key not in _remembered:
            seconds = _seconds(NetworkCopy(network, graph, device).reach(layer_id), network, device)
            _remembered[key] = Plan(EXACT, max(1, min(largest, int(_STEP_SECONDS / seconds))))
        return _remembered[key]


def _seconds(reach: Reach, network: Network, device: torch.device) -> float:
    """Return what a step of one picture takes at best."""
    spec = network.input
    image = torch.zeros(1, spec.channels, spec.height, spec.width, device=device)
    taken = []
    for _ in range(2):
        started = time.perf_counter()
        inputs = image.clone().requires_grad_()
        torch.autograd.grad(reach(inputs).mean(), inputs)
        taken.append(time.perf_counter() - started)
    return min(taken)
