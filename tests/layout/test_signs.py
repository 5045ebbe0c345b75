"""Signs name the blocks that a visitor wants to know, once each."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from cnnwalk.graph import Graph
from cnnwalk.layout import PLATE_WIDTH, arrange

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


def test_a_run_of_blocks_is_told_at_its_beginning(build: Build):
    b = build("run")
    x = b.layer("input")
    for i in range(3):
        block = b.block(f"layer3.{i}", "Bottleneck", row=(3, i))
        x = b.chain(x, ["conv", "conv", "conv"], block=block)
    assert [sign.text for sign in arrange(b.graph()).signs] == [
        "layer3.0 · Bottleneck ×3",
        "layer3.1 · Bottleneck 2 of 3",
        "layer3.2 · Bottleneck 3 of 3",
    ]


def test_a_block_tells_of_the_run_that_begins_with_it(build: Build):
    b = build("outer and inner")
    x = b.layer("input")
    outer = b.block("block", "DenseBlock")
    for i in range(2):
        inner = b.block(f"block.{i}", "DenseLayer", outer, row=(2, i))
        x = b.chain(x, ["conv", "conv"], block=inner)
    assert [sign.text for sign in arrange(b.graph()).signs] == [
        "block · DenseBlock · DenseLayer ×2",
        "block.1 · DenseLayer 2 of 2",
    ]


def test_landmarks_have_signs_that_stand_beside_those_of_blocks(build: Build):
    b = build("marks")
    x = b.layer("input")
    block = b.block("encoder", "Encoder")
    first = b.layer("conv", x, block=block)
    last = b.chain(first, ["conv", "conv"], block=block)
    b.mark("Down", first)
    b.mark("Here it begins", first)
    b.mark("End", last)
    signs = arrange(b.graph()).signs
    assert [(sign.text, sign.block) for sign in signs] == [
        ("Down", None),
        ("Here it begins", None),
        ("encoder · Encoder", "encoder"),
        ("End", None),
    ]
    here = [sign for sign in signs if sign.z == signs[0].z]
    assert len(here) == 3
    boards = sorted(sign.x for sign in here)
    assert all(right - left > 0.92 for left, right in itertools.pairwise(boards))


def test_signs_keep_their_room_from_the_branch_beside(build: Build):
    b = build("signs beside a branch")
    x = b.layer("conv", b.layer("input"))
    one, two = b.layer("conv", x), b.layer("conv", x)
    b.mark("One", one)
    b.mark("Two", two)
    b.layer("add", one, two)
    result = arrange(b.graph())
    panels = {panel.layer: panel for panel in result.panels}
    for sign, owner in zip(result.signs, (one, two), strict=True):
        for layer in {one, two} - {owner}:
            other = panels[layer]
            half = other.columns * other.cell_width / 2
            left = other.x - half - PLATE_WIDTH
            assert sign.x + 0.92 < left or other.x + half < sign.x
