"""What a step of training costs, against the plainest loop in PyTorch in the same process.

The plain loop has the batches of a strategy in memory, normalized, noise and all, and does no more
than forward, backward and the optimizer. Ours reads uint8 pixels, normalizes them, makes copies'
noise or augments, counts what was right, and goes through Lightning Fabric. Both have the same
network, batches and optimizer; at most 1.1 times the plain loop's time is the goal.

The loops take turns, and the best round of each counts: the time that the processor works for this
process, or on a GPU the time that passes. What Lamb costs is compared with timm's, too.

Run: python benchmarks/training_step.py [--size N] [--batch N] [--rounds N] [--threads N]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from timm.optim.lamb import Lamb as TimmLamb
from torch import Tensor, nn
from torch.nn import functional

from cnnwalk.study.feed import Feed
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.lamb import Lamb
from cnnwalk.study.machine import machine
from cnnwalk.study.recipe import recipe_for
from cnnwalk.study.strategies import StrategyName
from cnnwalk.study.trained import NETWORK_NAMES, NetworkName, build_network
from cnnwalk.study.trainer import Trainer

CLASSES = 66
STEPS = 4
STRATEGIES: tuple[StrategyName, ...] = ("plain", "augmentation", "noisy-copies")


def random_images(count: int, size: int) -> ImageSet:
    """Return images of no meaning: steps take the same time."""
    draws = np.random.default_rng(0)
    rows = np.arange(count, dtype=np.int64)
    return ImageSet(
        name="random",
        classes=tuple(str(number) for number in range(CLASSES)),
        pixels=draws.integers(0, 256, (count, size, size, 3), np.uint8),
        labels=draws.integers(0, CLASSES, count),
        parts={"train": rows, "validation": rows[:0], "test": rows[:0]},
        keys=tuple(map(str, rows)),
        mean=(0.5, 0.5, 0.5),
        std=(0.3, 0.3, 0.3),
    )


def seconds(work: Callable[[], None], device: torch.device) -> float:
    """Return what some work takes: of the processor, or on a GPU until it is done."""
    if device.type != "cuda":
        begin = time.process_time()
        work()
        return time.process_time() - begin
    torch.cuda.synchronize(device)
    begin = time.perf_counter()
    work()
    torch.cuda.synchronize(device)
    return time.perf_counter() - begin


def plain_loop(
    network: NetworkName, batches: Sequence[tuple[Tensor, Tensor]], device: torch.device
) -> Callable[[], None]:
    """Return what takes the bare steps through some batches."""
    module = build_network(network, CLASSES, 3).to(device)
    optimizer = Lamb(module.parameters(), 0.002)

    def loop() -> None:
        for images, labels in batches:
            loss = functional.cross_entropy(module(images), labels)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    return loop


def ratio(
    network: NetworkName, strategy: StrategyName, size: int, batch: int, rounds: int
) -> tuple[float, float]:
    """Return the time of a bare step in seconds, and that of ours over it."""
    fabric = machine(precision="float32")
    images = random_images(STEPS * batch, size)
    recipe = recipe_for(images, strategy, epochs=1000, batch=batch, copies=0)
    if strategy == "noisy-copies":  # as many steps, most of them on copies
        images = random_images(STEPS * batch // 2, size)
        recipe = recipe_for(images, strategy, epochs=1000, batch=batch, copies=1)
    trainer = Trainer(fabric, images, network, strategy, 0, recipe)
    order = np.array_split(np.arange(len(trainer.examples)), STEPS)
    ready = [tuple(each) for each in Feed(trainer.examples, fabric.device).batches(order)]
    bare = plain_loop(network, [(each[0], each[1]) for each in ready], fabric.device)

    def ours() -> None:
        for _ in trainer.steps():
            pass
        trainer.batch = 0  # another round of the same epoch

    pairs = [(seconds(bare, fabric.device), seconds(ours, fabric.device)) for _ in range(rounds)]
    fastest = min(one for one, _ in pairs), min(other for _, other in pairs)
    return fastest[0] / STEPS, fastest[1] / fastest[0]


def lamb_ratio(network: NetworkName, rounds: int) -> tuple[float, float]:
    """Return the seconds of a step of our Lamb alone, and that over timm's."""
    times = []
    for kind in (Lamb, _timm):
        weights = list(build_network(network, CLASSES, 3).parameters())
        for weight in weights:
            weight.grad = torch.randn_like(weight)
        optimizer = kind(weights, 0.002)
        optimizer.step()
        cpu = torch.device("cpu")
        times.append(min(seconds(optimizer.step, cpu) for _ in range(rounds * STEPS)))
    return times[0], times[0] / times[1]


def _timm(weights: list[nn.Parameter], rate: float) -> torch.optim.Optimizer:
    optimizer: torch.optim.Optimizer = TimmLamb(
        weights, rate, bias_correction=False, weight_decay=1.0, max_grad_norm=None
    )
    return optimizer


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{options.size} px, batches of {options.batch}, {options.threads} threads")
    for network in NETWORK_NAMES:
        for strategy in STRATEGIES:
            bare, times = ratio(network, strategy, options.size, options.batch, options.rounds)
            print(f"{network:14} {strategy:13} bare {bare * 1e3:7.1f} ms, ours {times:.3f} x")
        step, times = lamb_ratio(network, options.rounds)
        print(f"{network:14} Lamb alone    {step * 1e3:12.1f} ms, {times:.2f} x timm's")


if __name__ == "__main__":
    main()
