"""Signs name the blocks that a visitor wants to know, once each."""

from __future__ import annotations

from collections.abc import Callable

from cnnwalk.graph import Graph
from cnnwalk.layout import arrange

Build = Callable[[str], object]


def test_each_residual_block_has_a_sign_beside_its_first_panel(
    named_graph: Callable[[str], Graph],
):
    graph = named_graph("residual")
    result = arrange(graph)
    assert [sign.text for sign in result.signs] == [f"layer1.{i} · Bottleneck" for i in range(3)]
    assert {sign.depth for sign in result.signs} == {0}
    for sign in result.signs:
        inside = {layer.id for layer in graph.layers if layer.block == sign.block}
        first = max((p for p in result.panels if p.layer in inside and p.x == 0), key=lambda p: p.z)
        assert 0 < sign.z - first.z < 1
        assert 0 < sign.x - (first.columns * first.cell_width) / 2 < 1


def nested(build: Build) -> Graph:
    """A container of dense blocks of dense layers of units, and a classifier."""
    b = build("nested")
    x = b.layer("input")
    features = b.block("features", "Sequential")
    x = b.layer("conv", x, block=features)
    for i in range(2):
        outer = b.block(f"features.block{i}", "DenseBlock", features)
        for j in range(2):
            inner = b.block(f"features.block{i}.layer{j}", "DenseLayer", outer)
            x = b.chain(x, ["conv"], block=inner)
            unit = b.block(f"features.block{i}.layer{j}.unit", "Unit", inner)
            x = b.chain(x, ["conv", "conv", "conv"], block=unit)
    classifier = b.block("classifier", "Sequential")
    b.chain(x, ["linear", "linear", "linear"], block=classifier)
    single = b.block("head", "Head")
    b.layer("softmax", "n0", block=single)
    return b.graph()


def test_at_most_two_levels_and_one_sign_at_a_place(build: Build):
    signs = arrange(nested(build)).signs
    assert [(sign.text, sign.depth) for sign in signs] == [
        ("features.block0 · DenseBlock", 0),
        ("features.block0.layer1 · DenseLayer", 1),
        ("features.block1 · DenseBlock", 0),
        ("features.block1.layer1 · DenseLayer", 1),
        ("classifier · Sequential", 0),
    ]
    assert len({(sign.x, sign.z) for sign in signs}) == len(signs)


def test_signs_do_not_stand_in_panels(graph: Graph):
    result = arrange(graph)
    for sign in result.signs:
        assert not [
            panel.layer
            for panel in result.panels
            if abs(panel.z - sign.z) < 0.3
            and abs(panel.x - sign.x) < panel.columns * panel.cell_width / 2
        ]
