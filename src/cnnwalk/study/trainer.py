"""A network in training: its weights, the optimizer, and how far they are."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnwalk.study.augmentation import add_noise, move
from cnnwalk.study.checkpoint import State
from cnnwalk.study.draws import Purpose, generator_for, seed_for
from cnnwalk.study.errors import StudyError
from cnnwalk.study.examples import Examples
from cnnwalk.study.feed import Batch, Feed
from cnnwalk.study.imageset import ImageSet, Indices
from cnnwalk.study.lamb import Lamb
from cnnwalk.study.recipe import Recipe
from cnnwalk.study.schedule import share_of_rate
from cnnwalk.study.strategies import STRATEGIES, StrategyName
from cnnwalk.study.trained import NetworkName, build_network

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclasses.dataclass(frozen=True)
class EpochFigures:
    """What an epoch was like, measured while the weights changed.

    Attributes:
        loss: mean cross-entropy of the examples as they were shown.
        accuracy: share of them that was told right.
    """

    loss: float
    accuracy: float


class Trainer:
    """Takes a network through its epochs, a batch at a time.

    All draws follow from the seed, the epoch and the batch, so that between any two batches the
    state can be taken out, and another trainer goes on with it as this one would have.

    Args:
        fabric: the devices, launched.
        images: to train with.
        network: which architecture.
        strategy: what is done to images and labels.
        seed: of the weights and of all draws.
        recipe: epochs, batches, rate.

    Attributes:
        module: the network, in training mode.
        examples: what it learns.
        feed: gives them to it.
        epoch: the one that runs, 0-based; ``recipe.epochs`` after the last.
        batch: how many of its batches are done.
        batches: of each epoch.

    Raises:
        StudyError: the images cannot be had in batches of this size.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what decides the training
        self,
        fabric: Fabric,
        images: ImageSet,
        network: NetworkName,
        strategy: StrategyName,
        seed: int,
        recipe: Recipe,
    ) -> None:
        self._fabric, self._seed, self._recipe = fabric, seed, recipe
        self._strategy = STRATEGIES[strategy]
        self.examples = Examples(
            images, self._strategy, seed, copies=recipe.copies, noise=recipe.noise
        )
        self.batches = _batches(len(self.examples), recipe.batch, fabric.world_size)
        self.epoch = self.batch = 0
        self.module = _new_network(network, images, seed)
        self._lamb = Lamb(self.module.parameters(), recipe.rate, recipe.decay)
        self._model, self._optimizer = fabric.setup(self.module, self._lamb)
        self.feed = Feed(self.examples, fabric.device)
        self._sums = torch.zeros(3, device=fabric.device)  # loss, told right, seen

    def steps(self) -> Iterator[None]:
        """Yield after each of the epoch's batches that are left."""
        share = share_of_rate(self.epoch, self._recipe.epochs)
        for group in self._lamb.param_groups:
            group["lr"] = self._recipe.rate * share
        for batch in self.feed.batches(self._order()[self.batch :]):
            self._step(batch)
            self.batch += 1
            yield

    def finish_epoch(self) -> EpochFigures:
        """Go on to the next epoch; return what this one was like.

        Raises:
            StudyError: the loss is no finite number.
        """
        sums = torch.as_tensor(self._fabric.all_reduce(self._sums, reduce_op="sum"))
        loss, right, seen = sums.tolist()
        self._require_finite(loss)
        self._sums.zero_()
        self.epoch, self.batch = self.epoch + 1, 0
        return EpochFigures(loss / seen, right / seen)

    def state(self) -> State:
        """Return all that another trainer needs to go on here.

        Raises:
            StudyError: weights are no finite numbers, with which nobody should go on.
        """
        largest = torch._foreach_norm(list(self.module.parameters()), math.inf)
        self._require_finite(torch.stack(largest).sum().item())
        return {
            "module": self.module.state_dict(),
            "optimizer": self._lamb.state_dict(),
            "epoch": self.epoch,
            "batch": self.batch,
            "sums": self._sums,
        }

    def go_on(self, state: State) -> None:
        """Take over what `state` returned, of the same training."""
        self.module.load_state_dict(state["module"])
        self._lamb.load_state_dict(state["optimizer"])
        self.epoch, self.batch = state["epoch"], state["batch"]
        if self._fabric.is_global_zero:  # whose they are
            self._sums.copy_(state["sums"])

    def _order(self) -> list[Indices]:
        """Return the numbers of the examples in each of the epoch's batches, on this device.

        No example is left out, and batches differ by one at most: a last batch of one image could
        not be normalized.
        """
        generator = generator_for(Purpose.ORDER, self._seed, self.epoch)
        order = torch.randperm(len(self.examples), generator=generator).numpy()
        fabric = self._fabric
        parts = np.array_split(order, self.batches)
        return [part[fabric.global_rank :: fabric.world_size] for part in parts]

    def _step(self, batch: Batch) -> None:
        images = self._change(batch.images)
        scores = self._model(images)
        loss = functional.cross_entropy(scores, batch.labels)
        self._optimizer.zero_grad()
        self._fabric.backward(loss)
        self._optimizer.step()
        count = len(images)
        right = (scores.detach().argmax(1) == batch.labels).sum()
        self._sums += torch.stack([loss.detach() * count, right, torch.full_like(right, count)])

    def _change(self, images: Tensor) -> Tensor:
        place = (self.epoch, self.batch, self._fabric.global_rank)
        generator = generator_for(
            Purpose.AUGMENTATION, self._seed, *place, device=self._fabric.device
        )
        if self._strategy.moves:
            images = move(images, generator)
        return add_noise(images, generator) if self._strategy.noise else images

    def _require_finite(self, value: float) -> None:
        if math.isfinite(value):
            return
        raise StudyError(
            f"In epoch {self.epoch + 1} of {self._recipe.epochs} the weights grew beyond all "
            f"numbers, as the learning rate of {self._recipe.rate:g} is too high for these images: "
            f"train anew with a lower one, such as --rate {self._recipe.rate / 4:.2g}, in another "
            "folder --out."
        )


def _batches(examples: int, batch: int, devices: int) -> int:
    """Return in how many batches an epoch is done."""
    if batch > examples:
        raise StudyError(
            f"A batch of {batch} is more than the {examples} images to train with: give --batch "
            f"{examples} or less."
        )
    batches = -(-examples // batch)
    if examples // batches // devices < 2:
        raise StudyError(
            f"{examples} images in batches of {batch} leave a device with a single one, which "
            f"cannot be normalized: give more images, or a --batch of {4 * devices} or more."
        )
    return batches


def _new_network(network: NetworkName, images: ImageSet, seed: int) -> nn.Module:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed_for(Purpose.WEIGHTS, seed))
        return build_network(network, len(images.classes), images.pixels.shape[3]).train()
