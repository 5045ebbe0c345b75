"""What the insertion of an image costs the server, against the bare forward pass.

The figures are ratios of runs taken in turns, on one thread, so that other load on the machine
falls on both alike. Run: python benchmarks/insertion.py [NETWORK] [--repeats N]
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor, nn

from cnnwalk.capture import capture, observe
from cnnwalk.graph import Graph
from cnnwalk.networks import Network, load_network
from cnnwalk.passes.compute import compute
from cnnwalk.passes.run import Run

MS = 1e3


class ArrivalRun(Run):
    """A run that notes when each layer's frames were there."""

    def __init__(self) -> None:
        super().__init__()
        self.arrivals: dict[str, float] = {}

    def add(self, layer: str, base: bytes, detail: bytes | None) -> None:
        super().add(layer, base, detail)
        self.arrivals[layer] = time.perf_counter()


class _ReachedError(Exception):
    pass


@dataclasses.dataclass
class Times:
    """CPU and wall seconds of repeated runs."""

    cpu: list[float] = dataclasses.field(default_factory=list)
    wall: list[float] = dataclasses.field(default_factory=list)

    def take(self, work: Callable[[], object]) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        self.cpu.append(time.process_time() - cpu)
        self.wall.append(time.perf_counter() - wall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", default="torchvision:resnet50")
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    network = load_network(arguments.network)
    graph = capture(network.module, network.example_input())
    picture = Image.effect_noise((300, 257), 64).convert("RGB")
    prepared = network.prepare(picture)

    def bare() -> None:
        with torch.no_grad():
            network.module(prepared)

    def observed() -> None:
        observe(network.module, prepared, graph, lambda _layer, _activation: None)

    def inserted() -> None:
        compute(network, graph, lambda: picture, Run())

    runs = {work: Times() for work in (bare, observed, inserted)}
    for work in runs:
        work()
    for _ in range(arguments.repeats):
        for work, times in runs.items():
            times.take(work)

    print(f"{network.name}: {len(graph.layers)} layers, {arguments.repeats} runs, 1 thread")
    for work, times in runs.items():
        ratios = [a / b for a, b in zip(times.cpu, runs[bare].cpu, strict=True)]
        print(
            f"{work.__name__:9} CPU median {statistics.median(times.cpu) * MS:6.1f} ms, "
            f"best {min(times.cpu) * MS:6.1f} ms; to the bare forward pass: "
            f"median {statistics.median(ratios):.2f}, "
            f"best {min(times.cpu) / min(runs[bare].cpu):.2f}"
        )
    _print_bytes(network, graph, picture)
    _print_first_frame(network, graph, picture, arguments.repeats)


def _print_bytes(network: Network, graph: Graph, picture: Image.Image) -> None:
    values = 0

    def count(_layer: object, activation: Tensor) -> None:
        nonlocal values
        values += activation.numel()

    observe(network.module, network.prepare(picture), graph, count)
    run = Run()
    compute(network, graph, lambda: picture, run)
    print(
        f"bytes of base and detail {run.size / 1e6:.2f} MB for {values / 1e6:.2f} M values: "
        f"{run.size / values:.3f} a value"
    )


def _print_first_frame(network: Network, graph: Graph, picture: Image.Image, repeats: int) -> None:
    """Compare the first computed layer's frame with a forward pass that stops there."""
    layer = next(layer for layer in graph.layers if layer.kind != "input")
    stem = next(module for module in network.module.modules() if isinstance(module, nn.Conv2d))
    prepared = network.prepare(picture)

    def reached(*_: object) -> None:
        raise _ReachedError

    def forward() -> None:
        hook = stem.register_forward_hook(reached)
        try:
            with torch.no_grad():
                network.module(prepared)
        except _ReachedError:
            hook.remove()

    bare, later = Times(), []
    for _ in range(repeats + 1):
        bare.take(forward)
        run = ArrivalRun()
        started = time.perf_counter()
        compute(network, graph, lambda: picture, run)
        later.append(run.arrivals[layer.id] - started - bare.wall[-1])
    del later[0]
    print(
        f"first frame ({layer.label}) after the bare forward pass to it: "
        f"median {statistics.median(later) * MS:.1f} ms, best {min(later) * MS:.1f} ms; "
        f"with the image's preparation"
    )


if __name__ == "__main__":
    main()
