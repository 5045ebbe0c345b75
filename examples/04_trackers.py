"""Say in the network's own code what the walk shows.

Capture finds the graph of any network by itself; trackers are for those who want to choose.
A TrackerModule is an `nn.Identity`: it changes neither results nor training nor the state dict.

    cnnwalk walk examples/04_trackers.py:build                          trackers name the layers
    cnnwalk walk examples/04_trackers.py:build --granularity trackers   nothing but the trackers
    cnnwalk walk examples/04_trackers.py:build --trackers ignore        as if they were not there
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

import cnnwalk


class ResidualBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        # A marker is no layer: it is the text that stands where a part of the network begins.
        # Without a text of its own it shows the class, ResidualBlock.
        self.marker = cnnwalk.Marker()
        # The weights of `tracked_module` are shown with the layer.
        self.middle = cnnwalk.TrackerModule(layer_name="edges", tracked_module=self.conv1)
        # Predecessors are found by running the network. Whoever wants others names them.
        self.end = cnnwalk.TrackerModule(layer_name="edges + what came in")

    def forward(self, x: Tensor) -> Tensor:
        self.marker(x)  # its result may be used or not
        y = self.middle(torch.relu(self.conv1(x)))
        shown: Tensor = self.end(torch.relu(self.conv2(y) + x))
        return shown


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 7, stride=4, padding=3)
        self.start = cnnwalk.TrackerModule(layer_name="stem", tracked_module=self.stem)
        self.blocks = nn.Sequential(ResidualBlock(16), ResidualBlock(16))
        self.classifier = nn.Linear(16, 10)
        self.scores = cnnwalk.TrackerModule(layer_name="scores", tracked_module=self.classifier)
        self.shares = cnnwalk.TrackerModule(layer_name="probabilities")

    def forward(self, image: Tensor) -> Tensor:
        x = self.start(torch.relu(self.stem(image)))
        x = self.blocks(x).mean((2, 3))
        scores: Tensor = self.scores(self.classifier(x))
        self.shares(torch.softmax(scores, 1))  # shown, though the network does not return them
        return scores


def build() -> nn.Module:
    torch.manual_seed(0)
    return Network()


if __name__ == "__main__":
    graph = cnnwalk.capture(build(), torch.rand(1, 3, 64, 64), granularity="trackers")
    for layer in graph.layers:
        before = [edge.source for edge in graph.edges if edge.target == layer.id]
        print(f"{layer.label:<24}{layer.shape!s:<16}from {', '.join(before) or 'the image'}")
