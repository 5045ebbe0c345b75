"""What trackers cost while nothing records: a network with one behind every convolution.

CPU seconds of runs taken in turns, on one thread, against the same network without. "noise" is a
second copy of the network without trackers, "identity" one with `nn.Identity` in their place.
Run: python benchmarks/trackers.py [NETWORK ...] [--size N] [--repeats N]
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from cnnwalk.networks import load_network
from cnnwalk.trackers import TrackerModule

NETWORKS = ("torchvision:resnet18", "torchvision:mobilenet_v3_large", "torchvision:densenet121")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--size", type=int, default=64, help="side of the images in px")
    parser.add_argument("--repeats", type=int, default=30)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'network':<32}{'trackers':>9}{'what':>10}{'without':>10}", end="")
    print(f"{'noise':>9}{'identity':>10}{'trackers':>10}   (medians, to without)")
    for network in arguments.networks:
        measure(network, arguments.size, arguments.repeats)


def measure(name: str, size: int, repeats: int) -> None:
    """Print a line for inference and one for a training step."""
    built = load_network(name).module
    models = {
        "without": behind_convolutions(copy.deepcopy(built), lambda _conv: []),
        "noise": behind_convolutions(copy.deepcopy(built), lambda _conv: []),
        "identity": behind_convolutions(copy.deepcopy(built), lambda _conv: [nn.Identity()]),
        "trackers": behind_convolutions(
            copy.deepcopy(built), lambda conv: [TrackerModule(tracked_module=conv)]
        ),
    }
    image = torch.rand(2, 3, size, size)
    count = sum(isinstance(module, TrackerModule) for module in models["trackers"].modules())
    for what, run in (("forward", forward), ("training", train)):
        seconds: dict[str, list[float]] = {kind: [] for kind in models}
        for turn in range(repeats + 1):
            first = turn % len(models)  # whoever comes first finds other caches
            for kind, model in [*models.items()][first:] + [*models.items()][:first]:
                started = time.process_time()
                run(model, image)
                seconds[kind].append(time.process_time() - started)
        middle = {kind: statistics.median(taken[1:]) for kind, taken in seconds.items()}
        bare = middle.pop("without")
        print(f"{name:<32}{count:>9}{what:>10}{bare * 1e3:>7.1f} ms", end="")
        print(f"{middle['noise'] / bare:>8.3f}x{middle['identity'] / bare:>9.3f}x", end="")
        print(f"{middle['trackers'] / bare:>9.3f}x")


def behind_convolutions(
    model: nn.Module, make: Callable[[nn.Conv2d], list[nn.Module]]
) -> nn.Module:
    """Put modules behind every convolution, in place; each convolution is in a Sequential then."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Conv2d):
                setattr(parent, name, nn.Sequential(child, *make(child)))
    return model


def forward(model: nn.Module, image: Tensor) -> None:
    model.eval()
    with torch.no_grad():
        model(image)


def train(model: nn.Module, image: Tensor) -> None:
    model.train()
    model.zero_grad()
    model(image).sum().backward()


if __name__ == "__main__":
    main()
