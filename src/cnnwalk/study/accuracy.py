"""How often a trained network is right."""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import nn

from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet, Indices
from cnnwalk.study.inputs import batches
from cnnwalk.study.strategies import STRATEGIES
from cnnwalk.study.trained import About

if TYPE_CHECKING:
    from cnnwalk.study.examples import Examples

Accuracy = Literal["train", "train_true", "validation", "test", "balanced", "test_noise"]
ACCURACIES: tuple[Accuracy, ...] = typing.get_args(Accuracy)
"""Right of what the network was trained on (with the labels it was told), of the training images
with their true labels, of the validation's and the test's images; the test's mean over classes;
the test's with noise."""

WORDS: dict[str, str] = {
    "train": "train",
    "train_true": "train, true labels",
    "validation": "validation",
    "test": "test",
    "balanced": "test, balanced",
    "test_noise": "test with noise",
}
"""How accuracies are called in tables."""

NOISE = 0.25
"""Sigma of the noise of ``test_noise``, for normalized values."""

_NOISE_SEED = 0


def accuracies(  # noqa: PLR0913 - all but the first three by name
    module: nn.Module,
    images: ImageSet,
    about: About,
    *,
    examples: Examples | None = None,
    names: Collection[Accuracy] = ACCURACIES,
    on_images: Callable[[int], None] = lambda count: None,
) -> dict[str, float]:
    """Measure a network; it sees each image as it is, without augmentation.

    What cannot be had is left out: an accuracy of a part without images, and ``train`` of a
    strategy with labels or copies of its own where `examples` do not say which.

    Args:
        module: returns scores (N, classes); stays on its device.
        images: of the size, channels and classes that the network knows.
        about: the network; gives mean and std, and whether it was trained with the true labels.
        examples: what it was trained on.
        names: which to measure.
        on_images: is told how many images were looked at, batch by batch.

    Returns:
        Of each name the share that is right, 0..1.

    Raises:
        StudyError: the images are not such as the network knows.
    """
    check_images(images, about)
    looking = _Looking(module, images, about, on_images)
    found: dict[str, float] = {}
    training = module.training
    module.eval()
    try:
        for measured in (_of_training(looking, about, examples, names), _of_rest(looking, names)):
            found.update(measured)
    finally:
        module.train(training)
    return {name: found[name] for name in ACCURACIES if name in found and name in names}


def check_images(images: ImageSet, about: About) -> None:
    """Raise StudyError where a network cannot be measured with images."""
    known, given = about.classes, images.classes
    if known != given:
        differing = [name for name in (*given, *known) if name not in known or name not in given]
        which = ", ".join(differing[:3]) or "their order"
        raise StudyError(
            f"{about.name} knows {len(known)} classes, but the images of {images.name} have "
            f"{len(given)}, and what differs is {which}: give the images that it was trained with."
        )
    height, width, channels = images.pixels.shape[1:]
    if (height, width, channels) != (about.height, about.width, about.channels):
        raise StudyError(
            f"{about.name} takes {about.channels} channels of {about.height}x{about.width} pixels, "
            f"but the images of {images.name} have {channels} of {height}x{width}: open them with "
            "its size."
        )


def _of_training(
    looking: _Looking, about: About, examples: Examples | None, names: Collection[Accuracy]
) -> Mapping[str, float]:
    rows = looking.images.parts["train"]
    strategy = STRATEGIES[about.strategy]
    true_labels = not strategy.shuffles and not strategy.copies
    has_train = "train" in names and (true_labels or examples is not None)
    if not len(rows) or not (has_train or "train_true" in names):
        return {}
    guesses = looking.guesses(rows)
    found = {"train_true": _share(guesses, looking.labels(rows))}
    if true_labels:
        found["train"] = found["train_true"]
    elif has_train and examples is not None:
        found["train"] = looking.right_of(examples)
    return found


def _of_rest(looking: _Looking, names: Collection[Accuracy]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    parts = looking.images.parts
    if "validation" in names and len(parts["validation"]):
        rows = parts["validation"]
        found["validation"] = _share(looking.guesses(rows), looking.labels(rows))
    rows = parts["test"]
    if len(rows) and not {"test", "balanced"}.isdisjoint(names):
        guesses, labels = looking.guesses(rows), looking.labels(rows)
        found["test"] = _share(guesses, labels)
        found["balanced"] = _balanced(guesses, labels)
    if len(rows) and "test_noise" in names:
        found["test_noise"] = _share(looking.guesses(rows, NOISE), looking.labels(rows))
    return found


class _Looking:
    """Lets a network look at images of a set."""

    def __init__(
        self, module: nn.Module, images: ImageSet, about: About, on_images: Callable[[int], None]
    ) -> None:
        self.images = images
        self._about = about
        self._module = module
        self._on_images = on_images
        self._device = next(module.parameters()).device

    def labels(self, rows: Indices) -> Indices:
        return np.asarray(self.images.labels[rows])

    def guesses(self, rows: Indices, noise: float = 0.0) -> Indices:
        """Return the class of the highest score for each of the images."""
        generator = torch.Generator().manual_seed(_NOISE_SEED)
        guesses = []
        with torch.inference_mode():
            for _, inputs in batches(self.images, rows, self._about):
                drawn = noise * torch.randn(inputs.shape, generator=generator) if noise else 0
                scores = self._module((inputs + drawn).to(self._device))
                guesses.append(scores.argmax(1).cpu().numpy())
                self._on_images(len(inputs))
        return np.concatenate(guesses)

    def right_of(self, examples: Examples) -> float:
        """Return the share of examples of which it tells the label that it was told."""
        from cnnwalk.study.evaluation import share_right

        return share_right(self._module, examples, self._device)


def _share(guesses: Indices, labels: Indices) -> float:
    return float((guesses == labels).mean())


def _balanced(guesses: Indices, labels: Indices) -> float:
    """Return the mean of the classes' own accuracies, over classes that have images."""
    right = np.bincount(labels[guesses == labels], minlength=int(labels.max()) + 1)
    counts = np.bincount(labels)
    return float((right[counts > 0] / counts[counts > 0]).mean())
