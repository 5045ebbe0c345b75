"""What a step costs is counted by its operations; compared with what can be said by hand."""

import torch
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis.copies import Copies
from cnnwalk.featvis.cost import cost_of
from cnnwalk.networks import InputSpec, Network


def copies_of(module):
    network = Network("small", module.eval(), InputSpec(height=16, width=20))
    graph = capture(network.module, network.example_input())
    return Copies(network, graph, torch.device("cpu"))


def test_convolutions_and_products_up_to_the_layer_are_counted():
    copies = copies_of(
        nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 16 * 20, 10)
        )
    )
    image = torch.zeros(1, 3, 16, 20)
    convolution = 2 * (8 * 16 * 20) * (3 * 3 * 3)
    first, last = cost_of(copies.reach("0"), image), cost_of(copies.reach("3"), image)
    assert first.operations == convolution
    assert last.operations == convolution + 2 * 8 * 16 * 20 * 10
    written = 4 * 2 * 8 * 16 * 20  # by the convolution and the ReLU
    assert written <= first.bytes <= written + 2 * image.nbytes
    assert 0 < last.bytes - first.bytes <= 2 * 4 * 10 + 4 * 8 * 16 * 20


def test_views_write_nothing():
    class Views(nn.Module):
        def forward(self, x):
            for _ in range(10):
                x = x.transpose(2, 3)
            return x.relu()

    copies = copies_of(Views())
    image = torch.zeros(1, 3, 16, 20)
    last = copies.graph.layers[-1].id
    assert cost_of(copies.reach(last), image).bytes <= 3 * image.nbytes


def test_a_larger_network_takes_longer():
    wide, narrow = (
        cost_of(
            copies_of(nn.Sequential(nn.Conv2d(3, width, 3))).reach("0"), torch.zeros(1, 3, 16, 20)
        )
        for width in (64, 8)
    )
    assert wide.seconds > 4 * narrow.seconds
