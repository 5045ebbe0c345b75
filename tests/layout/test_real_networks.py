"""Networks as capture finds them stand straight, without overlap and without crossings."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
import timm
import torch
import torchvision

from cnnwalk.capture import capture
from cnnwalk.graph import Graph
from cnnwalk.layout import arrange

BUILD = {
    "resnet50": torchvision.models.resnet50,
    "densenet121": torchvision.models.densenet121,
    "googlenet": lambda: torchvision.models.googlenet(init_weights=False, aux_logits=False),
    "mobilenet_v3_large": torchvision.models.mobilenet_v3_large,
    "tf_efficientnet_lite0": lambda: timm.create_model("tf_efficientnet_lite0", pretrained=False),
}


@pytest.fixture(scope="module", params=BUILD)
def captured(request: pytest.FixtureRequest) -> Graph:
    torch.set_num_threads(1)
    return capture(BUILD[request.param]().eval(), torch.zeros(1, 3, 224, 224))


def test_keeps_the_rules(captured: Graph, check_arrangement: Callable[[Graph], None]):
    check_arrangement(captured)


def test_nothing_crosses(captured: Graph, crossings: Callable[[Graph], list[object]]):
    assert crossings(captured) == []


def test_inputs_outputs_and_outer_joins_stand_on_the_trunk(captured: Graph):
    result = arrange(captured)
    x = {panel.layer: panel.x for panel in result.panels}
    joins = [layer.id for layer in captured.layers if layer.kind in ("add", "cat", "mul")]
    assert joins
    assert {x[i] for i in (*captured.inputs, *captured.outputs, *joins)} == {0.0}


def test_hall_is_walkable(captured: Graph):
    rows = sorted({panel.z for panel in arrange(captured).panels}, reverse=True)
    assert all(2.2 <= a - b <= 4.3 for a, b in itertools.pairwise(rows))
