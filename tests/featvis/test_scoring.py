"""What the network says to pictures, against the network itself."""

import dataclasses

import numpy as np
import pytest
import torch
import trouble
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis import Order, Target
from cnnwalk.featvis.reach import NetworkCopy
from cnnwalk.featvis.scoring import gives_scores, responses
from cnnwalk.featvis.settings import settings_of
from cnnwalk.networks import InputSpec, Network

CPU = torch.device("cpu")
NATURAL = settings_of("natural")


def pictures_of(count, network, seed=0):
    spec = network.input
    shape = (count, spec.height, spec.width, spec.channels)
    return list(np.random.default_rng(seed).integers(0, 256, shape, np.uint8))


def respond(network, orders, pictures):
    graph = trouble.graph_of(network)
    reach = NetworkCopy(network, graph, CPU).reach(orders[0].target.layer)
    return responses(network, graph, reach, orders, pictures)


def test_a_response_is_the_mean_of_the_map_that_the_network_computes():
    network = trouble.network()
    # As for networks whose evaluation crops the image: what an inserted picture goes through.
    network.input = dataclasses.replace(network.input, resize=23)
    pictures, (start,) = pictures_of(3, network), pictures_of(1, network, seed=1)
    orders = [
        Order(Target("first", channel=c), NATURAL, start=s)
        for c, s in ((0, None), (4, start), (5, start))
    ]
    found = respond(network, orders, pictures)

    def expected(image, channel):
        with torch.no_grad():
            return network.module[1:3](network.prepare(image))[0, channel].double().mean().item()

    gray = np.full((20, 24, 3), 128, np.uint8)
    after = [expected(each, c) for each, c in zip(pictures, (0, 4, 5), strict=True)]
    before = [expected(gray, 0), expected(start, 4), expected(start, 5)]
    assert [each.after for each in found] == pytest.approx(after, rel=1e-5)
    assert [each.before for each in found] == pytest.approx(before, rel=1e-5)
    assert {(each.probability, each.rank) for each in found} == {(None, None)}


def test_a_class_has_its_probability_and_rank():
    network = trouble.network()
    pictures = pictures_of(4, network)
    found = respond(network, trouble.orders_of("last", range(4)), pictures)
    for channel, (picture, response) in enumerate(zip(pictures, found, strict=True)):
        with torch.no_grad():
            scores = network.module(network.prepare(picture))[0].double().numpy()
        shares = np.exp(scores) / np.exp(scores).sum()
        assert response.probability == pytest.approx(shares[channel], rel=1e-5)
        assert response.rank == sorted(shares, reverse=True).index(shares[channel]) + 1
        assert response.after == pytest.approx(scores[channel], rel=1e-5)


def test_a_direction_of_classes_has_no_probability():
    network = trouble.network()
    order = Order(Target("last", direction=(1.0, -1.0, 0.0, 0.0)), NATURAL)
    (found,) = respond(network, [order], pictures_of(1, network))
    assert (found.probability, found.rank) == (None, None)


class Constant(nn.Module):
    """Returns the same scores for every image."""

    def __init__(self, scores):
        super().__init__()
        self.register_buffer("scores", torch.tensor([scores]))

    def forward(self, x):
        return x.mean((1, 2, 3))[:, None] * 0 + self.scores


@pytest.mark.parametrize(
    ("scores", "rank"), [([0.0, torch.inf, 1.0], None), ([1.0, 2.0, 2.0], 1), ([2.0, 3.0, 1.0], 1)]
)
def test_ranks_of_equal_and_endless_scores(scores, rank):
    network = Network("constant", Constant(scores), InputSpec(height=4, width=4))
    layer = trouble.graph_of(network).outputs[0]
    order = Order(Target(layer, channel=1), NATURAL)
    (found,) = respond(network, [order], pictures_of(1, network))
    assert found.rank == rank
    assert (found.probability is None) == (rank is None)


def test_mid_grey_to_which_a_network_has_no_answer_leaves_before_open():
    class Standardized(nn.Module):
        def forward(self, x):
            return (x - x.mean((1, 2, 3), keepdim=True)) / x.std((1, 2, 3), keepdim=True)

    spec = InputSpec(height=4, width=4, mean=(0.0,), std=(1.0,))
    network = Network("standardized", nn.Sequential(Standardized(), nn.Conv2d(3, 2, 1)), spec)
    (found,) = respond(network, [Order(Target("1", channel=0), NATURAL)], pictures_of(1, network))
    assert found.before is None
    assert np.isfinite(found.after)


def ends_in(*tail):
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), *tail)


@pytest.mark.parametrize(
    ("module", "task", "layers"),
    [
        (ends_in(nn.Linear(4, 5)), None, {"3"}),
        (ends_in(nn.Linear(4, 5)), "classification", {"3"}),
        (ends_in(nn.Linear(4, 5)), "segmentation", set()),
        (ends_in(nn.Linear(4, 5), nn.Softmax(1)), None, {"3", "4"}),
        (ends_in(nn.Linear(4, 5), nn.Linear(5, 5)), None, {"4"}),
        (ends_in(nn.Linear(4, 1)), None, set()),
        (nn.Sequential(nn.Conv2d(3, 4, 3)), None, set()),
    ],
)
def test_scores_of_classes_are_what_is_returned_or_goes_into_its_softmax(module, task, layers):
    network = Network("net", module, InputSpec(height=8, width=8), task=task)
    graph = capture(module, network.example_input())
    found = {layer.id for layer in graph.layers if gives_scores(network, graph, layer)}
    assert found == layers
