"""What the tests of small networks put in and read off their graphs."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnwalk.graph import Graph


def image() -> Tensor:
    return torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def edges(graph: Graph) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.edges}


def labels(graph: Graph) -> dict[str, str]:
    return {layer.id: layer.label for layer in graph.layers}
