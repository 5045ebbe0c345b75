"""Accuracies, against what numpy and the labels say."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score
from torch import Tensor, nn
from trainedfiles import ABOUT, toys

from cnnwalk.study.accuracy import accuracies
from cnnwalk.study.comparison import compare
from cnnwalk.study.errors import StudyError
from cnnwalk.study.examples import Examples
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.strategies import STRATEGIES, StrategyName
from cnnwalk.study.trained import About

CORNER = (0, 0)


class ReadsLabels(nn.Module):
    """Tells the class that stands in the first pixel's red, as far as noise lets it be read."""

    def __init__(self, about: About) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.about = about
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        assert not self.training
        self.seen.append(images)
        red = images[:, 0, 0, 0] * self.about.std[0] + self.about.mean[0]
        told = torch.arange(len(self.about.classes)) * 100
        return -((255 * red)[:, None] - told).abs()


def written(images: ImageSet, told: np.ndarray) -> ImageSet:
    """Write a class into the first pixel of each image."""
    pixels = np.array(images.pixels)
    pixels[:, *CORNER, 0] = 100 * told
    return dataclasses.replace(images, pixels=pixels)


def about_of(strategy: StrategyName) -> About:
    return dataclasses.replace(ABOUT, strategy=strategy)


@pytest.fixture
def guesses() -> np.ndarray:
    return np.random.default_rng(2).integers(0, 3, 100)


def test_shares_of_each_part(guesses: np.ndarray) -> None:
    images = written(toys(), guesses)
    module = ReadsLabels(ABOUT).train()
    found = accuracies(module, images, ABOUT)
    assert module.training
    expected = {
        part: float(np.mean(guesses[rows] == images.labels[rows]))
        for part, rows in images.parts.items()
    }
    assert len(set(expected.values())) == 3
    rows = images.parts["test"]
    balanced = balanced_accuracy_score(images.labels[rows], guesses[rows])
    assert found.pop("test_noise") < 1
    assert list(found) == ["train", "train_true", "validation", "test", "balanced"]
    assert found == pytest.approx(
        {**expected, "train_true": expected["train"], "balanced": balanced}
    )


def test_images_are_normalized_as_the_network_says(guesses: np.ndarray) -> None:
    images = written(toys(), guesses)
    module = ReadsLabels(ABOUT)
    accuracies(module, images, ABOUT, names=["validation"])
    seen = torch.cat(module.seen).permute(0, 2, 3, 1).numpy()
    by_hand = (images.pixels[images.parts["validation"]] / 255 - ABOUT.mean) / ABOUT.std
    np.testing.assert_allclose(seen, by_hand, atol=1e-5)


def test_noise_is_white_of_sigma_a_quarter_and_the_same_each_time() -> None:
    images = toys()
    module = ReadsLabels(ABOUT)
    accuracies(module, images, ABOUT, names=["test"])
    plain = torch.cat(module.seen)
    drawn = []
    for _ in range(2):
        module.seen.clear()
        accuracies(module, images, ABOUT, names=["test_noise"])
        drawn.append(torch.cat(module.seen) - plain)
    assert torch.equal(*drawn)
    assert drawn[0].std().item() == pytest.approx(0.25, rel=0.02)
    flat = drawn[0].reshape(len(plain), -1)
    assert torch.corrcoef(flat).fill_diagonal_(0).abs().max() < 0.1


def test_a_class_without_test_images_does_not_count(guesses: np.ndarray) -> None:
    images = written(toys(), guesses)
    tested = images.parts["test"]
    parts = {**images.parts, "test": tested[images.labels[tested] != 1]}
    images = dataclasses.replace(images, parts=parts)
    recalls = [
        np.mean(guesses[rows] == number)
        for number in (0, 2)
        if len(rows := parts["test"][images.labels[parts["test"]] == number])
    ]
    found = accuracies(ReadsLabels(ABOUT), images, ABOUT, names=["balanced"])
    assert found == {"balanced": pytest.approx(np.mean(recalls))}


@pytest.mark.parametrize("strategy", ["shuffled-labels", "noisy-copies"])
def test_what_a_network_was_told_is_known_from_its_examples_alone(strategy: StrategyName) -> None:
    about = about_of(strategy)
    images = dataclasses.replace(toys(about), mean=about.mean, std=about.std)
    examples = Examples(images, STRATEGIES[strategy], about.seed)
    rows = images.parts["train"]
    told = images.labels.copy()
    told[rows] = examples.labels[: len(rows)]
    images = written(images, told)
    examples = Examples(images, STRATEGIES[strategy], about.seed, noise=0.0)
    module = ReadsLabels(about)
    assert "train" not in accuracies(module, images, about)
    found = accuracies(module, images, about, examples=examples)
    shown = np.tile(told[rows], len(examples) // len(rows))
    assert found["train"] == pytest.approx(np.mean(shown == examples.labels.numpy()))
    assert found["train_true"] == pytest.approx(np.mean(told[rows] == images.labels[rows]))
    assert found["train"] != found["train_true"]


def test_only_what_is_asked_is_looked_at() -> None:
    images = toys()
    looked: list[int] = []
    module = ReadsLabels(ABOUT)
    found = accuracies(module, images, ABOUT, names=["test"], on_images=looked.append)
    assert list(found) == ["test"]
    assert sum(looked) == len(images.parts["test"]) == sum(map(len, module.seen))


def test_parts_without_images_are_left_out() -> None:
    images = toys()
    nothing = np.empty(0, np.int64)
    images = dataclasses.replace(images, parts={**images.parts, "validation": nothing})
    assert "validation" not in accuracies(ReadsLabels(ABOUT), images, ABOUT)
    images = dataclasses.replace(images, parts=dict.fromkeys(images.parts, nothing))
    assert accuracies(ReadsLabels(ABOUT), images, ABOUT) == {}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"classes": (*ABOUT.classes, "spoon")}, "knows 3 classes, .* have 4, .* is spoon: give"),
        ({"classes": ABOUT.classes[::-1]}, "what differs is their order"),
        ({"height": 64}, "3 channels of 32x40 pixels, but the images of toys have 3 of 64x40"),
        ({"mean": (0.5,)}, "3 channels of 32x40 pixels, but the images of toys have 1 of 32x40"),
    ],
)
def test_images_of_another_kind(changes: dict[str, object], said: str) -> None:
    other = dataclasses.replace(ABOUT, **changes)
    with pytest.raises(StudyError, match=said):
        accuracies(ReadsLabels(ABOUT), toys(other), ABOUT)


@pytest.mark.parametrize(
    ("name", "measured", "agrees"),
    [
        ("test", 0.502, True),
        ("test", 0.498, True),
        ("test", 0.5021, False),
        ("train_true", 0.0, True),  # of which the file says nothing
        # 40 images: two standard errors of a difference are 2 * sqrt(2 * .25 / 40) = .2236.
        ("test_noise", 0.723, True),
        ("test_noise", 0.724, False),
    ],
)
def test_what_is_measured_is_held_against_the_file(
    name: str, measured: float, agrees: bool
) -> None:
    about = dataclasses.replace(ABOUT, accuracies={"test": 0.5, "test_noise": 0.5})
    (found,) = compare(about, {name: measured}, toys())
    assert found.agrees is agrees
    assert found.file == about.name
