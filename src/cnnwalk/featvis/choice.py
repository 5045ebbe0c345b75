"""Which mode suits a layer, where nobody names one."""

from __future__ import annotations

from cnnwalk.featvis.settings import Mode
from cnnwalk.graph import Graph


def mode_for(graph: Graph, layer_id: str) -> Mode:
    """Return ``texture`` for a layer in the first half of the convolutions, else ``natural``.

    Early layers look for what is small and repeats, late ones for things.

    Raises:
        KeyError: the graph has no such layer.
    """
    layer = graph.layer(layer_id)
    convolutions = [other.probe.op for other in graph.layers if other.kind == "conv"]
    before = sum(op <= layer.probe.op for op in convolutions)
    early = bool(convolutions) and 2 * before <= len(convolutions)
    return "texture" if early else "natural"
