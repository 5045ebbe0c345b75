"""What recording and observing a network cost, against the bare forward pass.

CPU seconds of runs taken in turns, on one thread, so that other load on the machine falls on
all alike. Run: python benchmarks/capture_cost.py [NETWORK ...] [--repeats N]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from cnnwalk.capture import observe, record
from cnnwalk.networks import load_network

NETWORKS = ("torchvision:resnet50", "torchvision:densenet121", "torchvision:inception_v3", "demo")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'network':<26}{'operations':>11}{'layers':>8}{'forward':>10}", end="")
    print(f"{'record':>9}{'graph':>8}{'observe':>9}   (medians, to forward)")
    for network in arguments.networks:
        measure(network, arguments.repeats)


def measure(name: str, repeats: int) -> None:
    """Print one line of the table."""
    network = load_network(name)
    model, image = network.module, network.example_input()
    recording = record(model, image)
    graph = recording.graph()

    def forward() -> None:
        with torch.no_grad():
            model(image)

    works: dict[str, Callable[[], object]] = {
        "forward": forward,
        "record": lambda: record(model, image),
        "graph": recording.graph,
        "observe": lambda: observe(model, image, graph, lambda _layer, _activation: None),
    }
    seconds: dict[str, list[float]] = {work: [] for work in works}
    for _ in range(repeats + 1):
        for work, run in works.items():
            started = time.process_time()
            run()
            seconds[work].append(time.process_time() - started)
    for taken in seconds.values():
        del taken[0]  # the first round warms caches
    bare = statistics.median(seconds["forward"])
    ratios = {
        work: statistics.median(taken) / bare
        for work, taken in seconds.items()
        if work != "forward"
    }
    print(f"{name:<26}{len(recording.operations):>11}{len(graph.layers):>8}", end="")
    print(f"{bare * 1e3:>7.0f} ms{ratios['record']:>8.2f}x", end="")
    print(f"{ratios['graph']:>7.2f}x{ratios['observe']:>8.2f}x")


if __name__ == "__main__":
    main()
