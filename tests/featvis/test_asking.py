"""Layers by their names, and orders of what is asked for."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.asking import find_layer, orders_for
from cnnwalk.featvis.settings import PaperSettings
from cnnwalk.networks import InputSpec, Network


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)

    def forward(self, x):
        return torch.relu(x + self.bn1(self.conv1(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.layer1 = nn.Sequential(Block(), Block())
        self.twice = nn.Conv2d(4, 4, 1)
        self.fc = nn.Linear(4, 5)

    def forward(self, x):
        x = self.layer1(torch.relu(self.norm(self.stem(x))))
        return self.fc(self.twice(self.twice(x)).mean((2, 3)))


@pytest.fixture(scope="module")
def network():
    return Network("net", Net(), InputSpec(3, 16, 20))


@pytest.fixture(scope="module")
def graph(network):
    return capture(network.module, network.example_input(), name="net")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("stem", "stem"),
        ("norm", "stem"),  # was fused into it
        ("layer1.0.bn1", "layer1.0.conv1"),
        ("layer1.0", "layer1.0:add"),
        ("layer1", "layer1.1:add"),
        ("fc", "fc"),
    ],
)
def test_a_layer_is_found_by_id_and_by_the_path_of_a_module_or_block(graph, name, found):
    assert find_layer(graph, name).id == found


def test_every_layer_is_found_by_its_id(graph):
    for layer in graph.layers:
        assert find_layer(graph, layer.id) is layer


def test_names_that_nothing_or_too_much_has_are_refused(graph):
    with pytest.raises(FeatureVisualizationError, match=r"no layer 'layer1.0.conv2' \(did you .*1"):
        find_layer(graph, "layer1.0.conv2")
    several = dataclasses.replace(
        graph,
        layers=tuple(
            dataclasses.replace(layer, path="twice") if "twice" in layer.id else layer
            for layer in graph.layers
        ),
    )
    renamed = dataclasses.replace(
        several,
        layers=tuple(
            dataclasses.replace(layer, id=f"call {layer.id}") if "twice" in layer.id else layer
            for layer in several.layers
        ),
    )
    with pytest.raises(FeatureVisualizationError, match=r"twice is called several times: .* call "):
        find_layer(renamed, "twice")


def ask(network, graph, layer="stem", **wanted):
    return orders_for(network, graph, find_layer(graph, layer), parameters={}, **wanted)


def test_there_is_an_order_for_each_channel(network, graph):
    assert [order.target.channel for order in ask(network, graph)] == [0, 1, 2, 3]
    orders = ask(network, graph, channels=np.array([3, 1]), neuron=(2, 3), seed=9)
    assert [order.target.channel for order in orders] == [3, 1]
    assert all(type(order.target.channel) is int for order in orders)
    (order,) = ask(network, graph, channels=2, neuron=np.array([2, 3]), seed=np.int64(9))
    assert (order.target.channel, order.target.neuron, order.seed) == (2, (2, 3), 9)
    assert type(order.seed) is int
    assert {(order.target.neuron, order.seed) for order in orders} == {((2, 3), 9)}
    (one,) = ask(network, graph, direction=[0, 1, -1, 0.5])
    assert (one.target.channel, one.target.direction) == (None, (0.0, 1.0, -1.0, 0.5))


def test_the_mode_is_the_one_that_suits_the_layer_unless_it_is_named(network, graph):
    modes = {layer: ask(network, graph, layer)[0].settings.mode for layer in ("stem", "fc")}
    assert modes == {"stem": "texture", "fc": "natural"}
    layer = find_layer(graph, "stem")
    (order, *_) = orders_for(network, graph, layer, mode="paper", parameters={"steps": 3})
    assert order.settings == PaperSettings(steps=3)


def test_the_start_is_brought_to_the_networks_size(network, graph):
    given = np.random.default_rng(0).integers(0, 256, (50, 40, 1), np.uint8)
    (order, *_) = ask(network, graph, start=given)
    assert order.start.shape == (16, 20, 3)
    np.testing.assert_array_equal(order.start, network.fit(given))


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"channels": []}, "No channels were given"),
        ({"channels": [4]}, "channels 0 to 3, there is no 4"),
        ({"channels": [0], "direction": [1, 0, 0, 0]}, "give one of them"),
        ({"direction": [1, 0]}, "4 channels, but the direction 2 weights"),
        ({"mode": "dream"}, "mode 'dream' is not known"),
        ({"measure": "median"}, "measure 'median' is not known"),
        (
            {"start": np.zeros((9, 9, 2), np.uint8)},
            "start cannot be used. The image has 2 channels",
        ),
        ({"start": np.zeros((9, 9, 3))}, "start cannot be used: an array of shape .* float64"),
        ({"neuron": (14, 0)}, "there is no neuron at row 14, column 0"),
        ({"neuron": 3}, "neuron is 3: give 2 whole numbers"),
        ({"neuron": (1.5, 2)}, "neuron is .*: give 2 whole numbers"),
        ({"channels": [1.5]}, "channels is .*: give whole numbers"),
        ({"channels": "all"}, "channels is 'all': give whole numbers"),
        ({"direction": "up"}, "direction is 'up': give numbers"),
        ({"seed": "today"}, "seed is 'today': give a whole number"),
        ({"quantile": 0.5}, "quantile of 0.5 is asked for, but the measure is mean: give the"),
        ({"neuron": (0, 0), "measure": "centre"}, "neuron is a single value .* measure centre"),
        ({"quantile": None}, "quantile is None: give a finite number"),
        ({"mode": ["paper"]}, r"mode \['paper'\] is not known"),
        ({"start": "photo.jpg"}, "'photo.jpg' is of type str: give a PIL image or a numpy array"),
        ({"layer": 3}, "layer is 3: give a text"),
    ],
)
def test_what_does_not_fit_is_refused(network, graph, wanted, sentence):
    with pytest.raises(FeatureVisualizationError, match=sentence):
        ask(network, graph, **wanted)
