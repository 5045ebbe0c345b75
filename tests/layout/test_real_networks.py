"""Networks as capture finds them stand straight, without overlap and with few crossings."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable

import pytest
import timm
import torch
import torchvision
from unet import UNet

from cnnwalk.capture import capture
from cnnwalk.collapse import blocks_at, collapse, main_blocks
from cnnwalk.graph import Graph
from cnnwalk.layout import Arrangement, arrange

TORCHVISION = {"init_weights": False, "aux_logits": False}
WITHOUT_CROSSINGS = {
    "unet": UNet,
    "resnet50": torchvision.models.resnet50,
    "densenet121": torchvision.models.densenet121,
    "densenet201": torchvision.models.densenet201,
    "googlenet": functools.partial(torchvision.models.googlenet, **TORCHVISION),
    "inception_v3": functools.partial(torchvision.models.inception_v3, **TORCHVISION),
    "mobilenet_v3_large": torchvision.models.mobilenet_v3_large,
    "tf_efficientnet_lite0": functools.partial(timm.create_model, "tf_efficientnet_lite0"),
    "res2net50": functools.partial(timm.create_model, "res2net50_26w_4s"),
}
WITH_FEW = {"hrnet_w18": 126, "nasnetalarge": 115}


@functools.cache
def graph_of(name: str) -> Graph:
    torch.set_num_threads(1)
    with torch.device("meta"):
        module = WITHOUT_CROSSINGS[name]() if name in WITHOUT_CROSSINGS else timm.create_model(name)
        image = torch.zeros(1, 3, 331 if name == "nasnetalarge" else 256, 256)
    return capture(module.eval(), image, name=name)


@pytest.fixture(scope="module", params=WITHOUT_CROSSINGS)
def captured(request: pytest.FixtureRequest) -> Graph:
    return graph_of(request.param)


def test_keeps_the_rules(captured: Graph, check_arrangement: Callable[[Graph], None]):
    check_arrangement(captured)


def test_nothing_crosses(captured: Graph, crossings: Callable[[Graph], list[object]]):
    assert crossings(captured) == []


@pytest.mark.parametrize("name", WITH_FEW)
def test_little_crosses_where_something_must(
    name: str,
    crossings: Callable[[Graph], list[object]],
    check_arrangement: Callable[[Graph], None],
):
    graph = graph_of(name)
    assert len(graph.layers) > 500
    check_arrangement(graph)
    assert len(crossings(graph)) <= WITH_FEW[name]


def test_inputs_outputs_and_outer_joins_stand_on_the_trunk():
    for name in ("resnet50", "densenet121", "googlenet", "mobilenet_v3_large", "unet"):
        graph = graph_of(name)
        x = {panel.layer: panel.x for panel in arrange(graph).panels}
        joins = [layer.id for layer in graph.layers if layer.kind in ("add", "cat", "mul")]
        assert joins
        assert {x[i] for i in (*graph.inputs, *graph.outputs, *joins)} == {0.0}


def test_hall_is_walkable(captured: Graph):
    rows = sorted({panel.z for panel in arrange(captured).panels}, reverse=True)
    assert all(2.2 <= a - b <= 4.3 for a, b in itertools.pairwise(rows))


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "densenet121"])
def test_collapsed_blocks_keep_the_rules(
    name: str,
    crossed: Callable[[Arrangement], list[object]],
    check_arrangement: Callable[[Graph], None],
):
    graph = graph_of(name)
    for blocks in (main_blocks(graph), blocks_at(graph, 0), main_blocks(graph)[::2]):
        view = collapse(graph, blocks)
        assert any(layer.collapsed for layer in view.layers)
        check_arrangement(view)
        result = arrange(view)
        assert crossed(result) == []
        collapsed = {layer.collapsed for layer in view.layers}
        assert not [sign for sign in result.signs if sign.block in collapsed - {None}]


def test_the_run_of_blocks_is_told_once_for_all():
    texts = [sign.text for sign in arrange(graph_of("resnet50")).signs]
    assert [text for text in texts if "×" in text] == [
        f"layer{stage}.0 · Bottleneck ×{count}" for stage, count in ((1, 3), (2, 4), (3, 6), (4, 3))
    ]
