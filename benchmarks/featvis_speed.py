"""What a step of feature visualization costs, against the published algorithm in the same process.

torchvision's resnet50 with random weights at 224 x 224. The published algorithm
(`_published.py`) runs the whole network forward and backward in each step, and transforms its
images between steps; cnnwalk's mode ``paper`` is the same rule with draws for each image of its
own. Whole steps are compared, and the network's part of them alone.

The runs take turns; of the network's part the best of each counts, of whole steps the mean. On the
CPU it is the time that the processor works for this process, so that other load on the machine
changes the ratios little. torch-lucent, with its defaults, runs in a process of its own.

Run: python benchmarks/featvis_speed.py [--batch N] [--rounds N] [--threads N] [--lucent FOLDER]
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import itertools
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
import torchvision
from torch import Tensor

import _lucent
from _published import Published
from cnnwalk.capture import capture
from cnnwalk.featvis import Order, Target
from cnnwalk.featvis.forming.begin import begin
from cnnwalk.featvis.numerics import EXACT, Numerics
from cnnwalk.featvis.objective import respond
from cnnwalk.featvis.reach import NetworkCopy, Reach
from cnnwalk.featvis.settings import settings_of
from cnnwalk.networks import InputSpec, Network


class Place(NamedTuple):
    """A layer, and the module whose output it is."""

    layer: str
    module: str


PLACES = {
    "conv1": Place("conv1", "relu"),
    "layer1": Place("layer1.2:add", "layer1"),
    "layer3": Place("layer3.5:add", "layer3"),
    "fc": Place("fc", "fc"),
}
SETTINGS = [
    Numerics(folded=folded, channels_last=channels_last)
    for folded, channels_last in itertools.product((False, True), repeat=2)
]
SETTINGS += [dataclasses.replace(numerics, dtype="bfloat16") for numerics in SETTINGS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--places", nargs="*", default=list(PLACES), choices=PLACES)
    parser.add_argument(
        "--lucent", type=Path, help="a folder for an environment with torch-lucent, made if missing"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    torch.backends.cuda.matmul.allow_tf32 = True  # for both alike
    bench = Bench(device, arguments.batch, arguments.rounds)
    print(
        f"{device}, {arguments.threads} threads, batch {arguments.batch}; ms are per channel-step"
    )
    published = {name: bench.show(name) for name in arguments.places}
    if arguments.lucent is not None:
        show_lucent(arguments.lucent, arguments.threads, published)


def show_lucent(folder: Path, threads: int, published: Mapping[str, float]) -> None:
    """Measure torch-lucent with its defaults, and print it against the published algorithm.

    Args:
        folder: of its environment.
        threads: of torch.
        published: seconds of the published algorithm's whole step, by place.
    """
    try:
        python = _lucent.environment(folder)
        places = {name: PLACES[name].module for name in published}
        found = _lucent.seconds(python, list(places.values()), threads)
    except RuntimeError as error:
        print(f"torch-lucent does not run here: {error}")
        return
    for name, module in places.items():
        ratio = published[name] / found[module]
        print(
            f"{name:<7} torch-lucent  {found[module] * 1e3:7.1f} ms, published / that {ratio:.2f}x"
        )


class Bench:
    """The network, and what is measured on it."""

    def __init__(self, device: torch.device, batch: int, rounds: int) -> None:
        torch.manual_seed(0)
        module = torchvision.models.resnet50(weights=None).eval()
        spread(module)
        self._network = Network("resnet50", module.to(device), InputSpec())
        self._graph = capture(module, self._network.example_input())
        self._device = device
        self._rounds = rounds
        self._channels = list(range(batch))
        shape = (batch, 3, 224, 224)
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        self._images = noise.to(device)
        self._copies = {
            numerics: NetworkCopy(self._network, self._graph, device, numerics)
            for numerics in SETTINGS
        }

    def show(self, name: str) -> float:
        """Measure one place and print it; return the seconds of the published whole step."""
        place = PLACES[name]
        published = Published(self._network.module, place.module, (3, 224, 224))
        reaches = {numerics: copy.reach(place.layer) for numerics, copy in self._copies.items()}
        part: dict[object, Callable[[], object]] = {
            "published": lambda: published.step(self._images, self._channels, transformed=False)
        }
        for numerics, reach in reaches.items():
            part[numerics] = functools.partial(self._gradient, reach, place)
        parts = {work: min(taken) for work, taken in self._seconds(part).items()}
        fastest = min(SETTINGS, key=parts.__getitem__)
        whole: dict[object, Callable[[], object]] = {
            "published": lambda: published.step(self._images, self._channels)
        }
        for numerics in {EXACT, fastest}:
            whole[numerics] = self._paper_step(reaches[numerics], place)
        # What a step's transformations take depends on its draws.
        steps = {work: statistics.mean(taken) for work, taken in self._seconds(whole).items()}
        self._print(name, parts, steps, fastest)
        plain = self._plain_gradient(published)
        for numerics in dict.fromkeys((EXACT, fastest)):
            print(f"    {_named(numerics)}: {self._error(reaches[numerics], place, plain)}")
        self._network.module.get_submodule(place.module)._forward_hooks.clear()
        return steps["published"]

    def _print(
        self,
        name: str,
        parts: dict[object, float],
        steps: dict[object, float],
        fastest: Numerics,
    ) -> None:
        for what, taken in (("network part", parts), ("whole step", steps)):
            base = taken["published"]
            print(
                f"{name:<7} {what:<13} published {base * 1e3:7.1f} ms"
                f"   identical mathematics {base / taken[EXACT]:6.2f}x"
                f"   fastest {base / taken[fastest]:6.2f}x",
                flush=True,
            )

    def _targets(self, place: Place) -> list[Target]:
        return [Target(place.layer, channel) for channel in self._channels]

    def _gradient(self, reach: Reach, place: Place) -> Tensor:
        images = self._images.clone().requires_grad_()
        total = respond(reach, self._targets(place), images).sum()
        return torch.autograd.grad(total, images)[0]

    def _plain_gradient(self, published: Published) -> Tensor:
        """Return the gradient of a plain pass through the whole network."""
        images = self._images.clone().requires_grad_()
        published.module(images)
        output = published._output
        assert output is not None
        total = sum(output[row, channel].mean() for row, channel in enumerate(self._channels))
        return torch.autograd.grad(total, images)[0]  # type: ignore[arg-type]  # a sum of tensors

    def _paper_step(self, reach: Reach, place: Place) -> Callable[[], object]:
        targets = self._targets(place)
        settings = settings_of("paper", steps=1000)
        orders = [Order(target, settings) for target in targets]
        forming = begin(orders, self._network.input, self._device)
        return lambda: forming.step(functools.partial(respond, reach, targets))

    def _seconds(self, works: dict[object, Callable[[], object]]) -> dict[object, list[float]]:
        """Return the seconds of a channel-step of each work, each time, run in turns."""
        taken: dict[object, list[float]] = {name: [] for name in works}
        for _ in range(1 + self._rounds):
            for name, work in works.items():
                started = self._clock()
                work()
                taken[name].append((self._clock() - started) / len(self._channels))
        return {name: each[1:] for name, each in taken.items()}  # the first warms caches

    def _clock(self) -> float:
        if self._device.type == "cuda":
            torch.cuda.synchronize()
            return time.perf_counter()
        return time.process_time()

    def _error(self, reach: Reach, place: Place, plain: Tensor) -> str:
        found = self._gradient(reach, place).double()
        expected = plain.double()
        relative = (found - expected).norm() / expected.norm()
        cosine = (found * expected).sum() / found.norm() / expected.norm()
        return f"relative error of the gradient {relative:.1e}, cosine {cosine:.6f}"


def spread(module: torch.nn.Module) -> None:
    """Give norms statistics as after training, so that folding them has something to do."""
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(part.running_mean, -0.1, 0.1)  # type: ignore[arg-type]
            torch.nn.init.uniform_(part.running_var, 0.5, 1.5)  # type: ignore[arg-type]


def _named(numerics: Numerics) -> str:
    folded = ", folded" * numerics.folded
    return f"{numerics.dtype}{folded}{', channels last' * numerics.channels_last}"


if __name__ == "__main__":
    main()
