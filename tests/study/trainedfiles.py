"""Small sets of images, and files of networks for them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.trained import About, build_network

CLASSES = ("cup", "ball & bat", "ночь")
ABOUT = About(
    network="covidresnet",
    strategy="plain",
    seed=7,
    data="toys",
    split="random",
    classes=CLASSES,
    mean=(0.5, 0.4, 0.3),
    std=(0.2, 0.3, 0.25),
    height=32,
    width=40,
    epochs=3,
    accuracies={"test": 0.5, "train": 1.0},
)


def network(about: About = ABOUT) -> nn.Module:
    """Return a network with random weights and statistics that are not those it begins with."""
    torch.manual_seed(about.seed)
    module = build_network(about.network, len(about.classes), about.channels)
    module.train()
    with torch.no_grad():
        for _ in range(3):
            module(torch.randn(4, about.channels, about.height, about.width))
    return module


def toys(about: About = ABOUT, *, count: int = 100) -> ImageSet:
    """Return noise with labels, of the size and classes that a network knows."""
    draws = np.random.default_rng(11)
    shape = (count, about.height, about.width, about.channels)
    order = draws.permutation(count)
    train, validation = count // 2, count * 6 // 10
    return ImageSet(
        name=about.data,
        classes=about.classes,
        pixels=draws.integers(0, 256, shape, dtype=np.uint8),
        labels=draws.integers(0, len(about.classes), count),
        parts={
            "train": order[:train],
            "validation": order[train:validation],
            "test": order[validation:],
        },
        keys=tuple(f"toy {number}" for number in range(count)),
        mean=(0.1,) * about.channels,
        std=(0.9,) * about.channels,
    )


def toys_of(about: About = ABOUT, *, count: int = 100) -> ImageSet:
    """Return toys that are such as a network says to have been trained with."""
    return dataclasses.replace(
        toys(about, count=count), mean=about.mean, std=about.std, split=about.split
    )


def rewritten(path: Path, **changes: object) -> Path:
    """Write a file that says something else of its network than another does."""
    import json

    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    with safe_open(path, "pt") as file:
        said = json.loads(file.metadata()["cnnwalk"])
    assert set(changes) <= {field.name for field in dataclasses.fields(About)}
    other = path.with_name("other.safetensors")
    save_file(load_file(path), other, {"cnnwalk": json.dumps({**said, **changes})})
    return other
