"""What does each class look for? Ask the network for images that excite it.

    cnnwalk featvis examples/05_feature_visualization.py:build --layer 0 --out pictures
    cnnwalk featvis examples/05_feature_visualization.py:build --layers

In the hall the same is one button over each layer's panel; a picture can be carried back into the
network. The first command writes a PNG file for each kernel and a contact sheet of all; it may be
stopped at any time, and then goes on from there.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

import cnnwalk

SIZE = 32
CLASSES = ("red", "green", "blue", "stripes")


def examples_of(label: int, count: int) -> Tensor:
    """Return images (count, 3, SIZE, SIZE) of a class, in 0..1."""
    images = 0.3 * torch.rand(count, 3, SIZE, SIZE)
    if label < 3:
        images[:, label] += 0.6
    else:
        columns = torch.arange(SIZE) + torch.randint(SIZE, (count, 1))
        images += 0.6 * (columns // 4 % 2)[:, None, None]
    return images


def build() -> cnnwalk.Network:
    """Return a small network that was trained on these classes, the same every time."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 16, 7, padding=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, len(CLASSES)),
    )
    labels = torch.arange(len(CLASSES)).repeat_interleave(32)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(20):
        images = torch.cat([examples_of(label, 32) for label in range(len(CLASSES))])
        torch.autograd.backward(nn.functional.cross_entropy(model((images - 0.5) / 0.5), labels))
        optimizer.step()
        optimizer.zero_grad()
    spec = cnnwalk.InputSpec(3, SIZE, SIZE, mean=(0.5,), std=(0.5,))
    return cnnwalk.Network("colours", model, spec, CLASSES)


if __name__ == "__main__":
    network = build()
    # One picture for each class; `mode`, `steps`, `seed`, `start` and each mode's own parameters
    # say how. The values are those of an 8-bit image, so that a saved file excites as much.
    pictures = cnnwalk.visualize(network, "7", steps=32, cache=False)
    for name, picture in zip(CLASSES, pictures, strict=True):
        shares = (picture.mean((1, 2)) / picture.mean()).round(2)
        print(f"{name:<8} red, green, blue, each to their mean: {shares}")
    # Each picture, put in like any other image, is of its class.
    images = (pictures * 255).round().astype(np.uint8).transpose(0, 2, 3, 1)
    found = network.module(torch.cat([network.prepare(image) for image in images])).argmax(1)
    print("the network sees:", ", ".join(CLASSES[each] for each in found))
