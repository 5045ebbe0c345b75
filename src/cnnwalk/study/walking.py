"""Trained networks side by side: what was learned by heart beside what was understood."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from cnnwalk.images import Dataset, Item
from cnnwalk.networks import Network, load_network
from cnnwalk.networks.stored import read_description
from cnnwalk.server.walk import Walk
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.strategies import STRATEGIES, STRATEGY_NAMES
from cnnwalk.study.trained import About, NetworkName


@dataclasses.dataclass(frozen=True)
class Trained:
    """A trained network's file, and what that says of it."""

    path: Path
    about: About


def choose(files: Sequence[Path], network: NetworkName, data: str | None = None) -> list[Trained]:
    """Return one trained network of each strategy, in the order of the paper.

    Of several seeds the lowest is taken.

    Args:
        files: of trained networks.
        network: the architecture to be shown.
        data: the images that it was trained on; None where all were trained on the same.

    Raises:
        StudyError: there is none, or there are some of several images and it is not said which.
        NetworkError: a file is not what it should be.
    """
    every = [Trained(path, read_description(path, About)) for path in files]
    of_kind = [one for one in every if one.about.network == network]
    sources = sorted({one.about.data for one in of_kind})
    if data is None and len(sources) > 1:
        raise StudyError(
            f"There are networks that were trained on {' and on '.join(sources)}: say by --data "
            "which are to be shown."
        )
    chosen = [one for one in of_kind if data in {None, one.about.data}]
    if not chosen:
        there = sorted({f"{one.about.network} on {one.about.data}" for one in every})
        wanted = network if data is None else f"{network} trained on {data}"
        raise StudyError(
            f"There is no {wanted}; there is {', '.join(there)}. Give another --network or --data, "
            "or train it with cnnwalk study train."
        )
    chosen.sort(key=lambda one: (STRATEGY_NAMES.index(one.about.strategy), one.about.seed))
    by_strategy: dict[str, Trained] = {}
    for one in chosen:
        by_strategy.setdefault(one.about.strategy, one)
    return list(by_strategy.values())


def open_network(trained: Trained, device: str = "cpu") -> Network:
    """Return a trained network, called after its strategy.

    Raises:
        NetworkError: it cannot be loaded, or not run on this device.
    """
    about = trained.about
    strategy = STRATEGIES[about.strategy]
    network = load_network(str(trained.path), device=device)
    network.name = f"{strategy.short} {about.strategy}"
    network.description = f"{_right(about)}{strategy.says}"
    return network


def make_walk(
    networks: Sequence[Network], datasets: Sequence[Dataset], on_step: Callable[[str], None]
) -> Walk:
    """Return a walk in which one image goes into all networks; raises as `Walk` does."""
    return Walk(networks, datasets, together=True, on_step=on_step)


class HeldOutImages:
    """The images that no network was trained with, as a dataset of the walk."""

    def __init__(self, images: ImageSet) -> None:
        """Raises a StudyError when there are none."""
        self._images = images
        self._numbers = images.parts["test"]
        if not len(self._numbers):
            raise StudyError(
                f"No image of {images.name} is kept for tests: give images with a test part, so "
                "that the networks see what they were not trained with."
            )
        self.id = "test-images"
        self.name = f"{images.name}, test"
        licence = f"; {images.licence}" if images.licence else ""
        self.description = f"images that the networks were not trained with{licence}"

    def __len__(self) -> int:
        return len(self._numbers)

    def item(self, index: int) -> Item:
        number = self._numbers[index]
        # A copy: the pixels may lie in a file that is mapped.
        pixels = np.array(self._images.pixels[number])
        label = self._images.classes[self._images.labels[number]]
        return Item(pixels, self._images.keys[number], label)


def _right(about: About) -> str:
    """Return how often it is right, where that was measured."""
    test = about.accuracies.get("test")
    return "" if test is None else f"Right on {test:.1%} of the test images. "
