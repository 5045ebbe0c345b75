"""Arrangements of hand-made graphs against geometry computed here from the panels alone."""

from __future__ import annotations

from cnnwalk.graph import Graph
from cnnwalk.layout import arrange


def test_one_panel_for_each_layer_in_its_order(graph: Graph):
    assert [panel.layer for panel in arrange(graph).panels] == [layer.id for layer in graph.layers]


def test_every_edge_leads_deeper(graph: Graph):
    depth = {panel.layer: panel.z for panel in arrange(graph).panels}
    for edge in graph.edges:
        assert depth[edge.target] < depth[edge.source] - 2
