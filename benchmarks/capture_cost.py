"""What recording and observing a network cost, against the bare forward pass.

CPU seconds of runs taken in turns, on one thread, so that other load on the machine falls on
all alike. Memory is what the peak of the resident set grows by beyond a forward pass, each in a
process of its own that hands freed memory back at once (Linux only).

Run: python benchmarks/capture_cost.py [NETWORK ...] [--repeats N]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from cnnwalk.capture import observe, record
from cnnwalk.networks import load_network

NETWORKS = (
    "demo",
    "torchvision:resnet50",
    "torchvision:densenet201",
    "torchvision:inception_v3",
    "torchvision:vit_b_16",
    "torchvision:swin_t",
    "timm:nf_resnet50",
    "timm:resnetv2_50x1_bit",
    "timm:nasnetalarge",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--peak", choices=("forward", "record"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.peak:
        print(peak(arguments.networks[0], arguments.peak))
        return
    print(f"{'network':<26}{'operations':>11}{'layers':>8}{'forward':>10}", end="")
    print(f"{'record':>9}{'graph':>8}{'observe':>9}{'memory':>10}   (medians, to forward)")
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
    print(f"{ratios['graph']:>7.2f}x{ratios['observe']:>8.2f}x", end="")
    print(f"{extra_memory(name):>+7.1f} MB", flush=True)


def extra_memory(name: str) -> float:
    """Return by how many MB the peak of `record` lies above that of a forward pass."""
    peaks = {}
    for work in ("forward", "record"):
        command = [sys.executable, __file__, name, "--peak", work]
        # Every block from 64 KiB on is mapped by itself, so that freeing it shows at once.
        settings = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
        result = subprocess.run(
            command, env=os.environ | settings, check=True, capture_output=True, text=True
        )
        peaks[work] = float(result.stdout)
    return peaks["record"] - peaks["forward"]


def peak(name: str, work: str) -> float:
    """Return by how many MB the resident set grows at most while the work is done."""
    network = load_network(name)
    model, image = network.module, network.example_input()
    small = torch.nn.Conv2d(3, 3, 1)
    record(small, torch.zeros(1, 3, 4, 4))  # what the code itself needs is not counted
    with torch.no_grad():
        model(image)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _resident("VmRSS")
    if work == "record":
        record(model, image)
    else:
        with torch.no_grad():
            model(image)
    return _resident("VmHWM") - before


def _resident(field: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    [line] = [line for line in lines if line.startswith(field)]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
