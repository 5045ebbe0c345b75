import pytest
import torch
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis.choice import mode_for


@pytest.fixture(scope="module")
def graph():
    stages = [stage for _ in range(4) for stage in (nn.Conv2d(3, 3, 3, padding=1), nn.ReLU())]
    model = nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 5))
    return capture(model.eval(), torch.zeros(1, 3, 8, 8))


def test_what_comes_early_is_texture_and_what_comes_late_natural(graph):
    convolutions = [layer.id for layer in graph.layers if layer.kind == "conv"]
    modes = [mode_for(graph, layer) for layer in convolutions]
    assert modes == ["texture", "texture", "natural", "natural"]
    [scores] = [layer.id for layer in graph.layers if layer.kind == "linear"]
    assert mode_for(graph, scores) == "natural"


def test_a_network_without_convolutions_has_things_to_look_for():
    graph = capture(nn.Sequential(nn.Flatten(), nn.Linear(12, 3)).eval(), torch.zeros(1, 3, 2, 2))
    [scores] = [layer.id for layer in graph.layers if layer.kind == "linear"]
    assert mode_for(graph, scores) == "natural"
