"""What each strategy tells a network: labels, copies and their noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from smallsets import small_set

from cnnwalk.study.examples import Examples, Shown
from cnnwalk.study.feed import Feed
from cnnwalk.study.noise import FixedNoise
from cnnwalk.study.strategies import STRATEGIES, STRATEGY_NAMES

CPU = torch.device("cpu")
PLAIN, COPIES, SHUFFLED = (
    STRATEGIES[name] for name in ("plain", "noisy-copies", "shuffled-labels")
)


@pytest.mark.parametrize("name", STRATEGY_NAMES)
def test_examples_are_the_training_images_and_follow_from_the_seed(name):
    images = small_set(60)
    first, same, other = (Examples(images, STRATEGIES[name], seed) for seed in (3, 3, 4))
    copies = 9 if name == "noisy-copies" else 0
    assert len(first) == 60 * (1 + copies)
    assert torch.equal(first.labels, same.labels)
    rows = first.rows(np.arange(len(first)))
    assert np.array_equal(rows, np.tile(images.parts["train"], 1 + copies))
    own = torch.from_numpy(images.labels[images.parts["train"]])
    draws = name in {"noisy-copies", "shuffled-labels"}
    assert torch.equal(first.labels, other.labels) == (not draws)
    assert torch.equal(first.labels[:60], own) == (name != "shuffled-labels")


def test_shuffled_labels_are_as_many_of_each_class_as_before():
    images = small_set(300)
    labels = Examples(images, SHUFFLED, 0).labels
    own = torch.from_numpy(images.labels[images.parts["train"]])
    assert torch.equal(labels.bincount(), own.bincount())
    assert (labels == own).float().mean() < 0.45  # by chance a third


def test_copies_have_labels_of_all_classes_alike():
    images = small_set(600)
    labels = Examples(images, COPIES, 0, copies=5).labels[600:]
    shares = labels.bincount() / len(labels)
    assert len(labels) == 3000
    assert (shares - 1 / 3).abs().max() < 0.03


def test_what_is_shown_is_normalized_and_copies_have_their_noise_on_top():
    images = small_set(10)
    examples = Examples(images, COPIES, 5, copies=2, noise=0.4)
    numbers = np.array([3, 13, 23, 9, 29])
    pixels = examples.pixels(numbers)
    shown = Shown(examples, CPU).show(torch.from_numpy(pixels), torch.from_numpy(numbers))
    clean = (pixels / 255 - images.mean) / images.std
    noise = shown.permute(0, 2, 3, 1).numpy() - clean
    assert np.abs(noise[[0, 3]]).max() < 1e-5
    for copy in (1, 2, 4):
        assert abs(noise[copy].std() - 0.4) < 0.02
    alike = np.corrcoef(noise[[1, 2, 4]].reshape(3, -1))
    assert np.abs(alike - np.eye(3)).max() < 0.06


def test_a_copy_looks_the_same_in_any_batch_and_otherwise_with_another_seed():
    images = small_set(10)

    def seen(seed, *numbers):
        examples = Examples(images, COPIES, seed, copies=2)
        (batch,) = Feed(examples, CPU).batches([np.array(numbers)])
        return batch.images[-1]

    assert torch.equal(seen(0, 27), seen(0, 1, 12, 4, 27))
    assert not torch.equal(seen(0, 27), seen(1, 27))


def test_noise_is_white_and_normal():
    noise = FixedNoise(0, (3, 32, 32), CPU).of(torch.arange(1000))
    values = noise.double()
    assert values.mean().abs() < 0.003
    assert (values.std() - 1).abs() < 0.003
    assert ((values**4).mean() - 3).abs() < 0.03
    neighbours = [
        (values[:, :, :, 1:], values[:, :, :, :-1]),
        (values[:, :, 1:], values[:, :, :-1]),
        (values[:, 1:], values[:, :-1]),
        (values[1:], values[:-1]),
        (values[500:], values[:-500]),
    ]
    for one, other in neighbours:
        assert (one * other).mean().abs() < 0.005
    power = torch.fft.fft2(values).abs().square().mean((0, 1)) / (32 * 32)
    assert (power - 1).abs().max() < 0.15  # no pattern: every wave is as strong


def test_noise_of_an_odd_number_of_values_has_its_shape():
    assert FixedNoise(0, (1, 3, 5), CPU).of(torch.tensor([0, 2])).shape == (2, 1, 3, 5)


def test_batches_come_in_order_with_their_labels():
    images = small_set(40)
    examples = Examples(images, PLAIN, 0)
    order = np.array_split(np.random.default_rng(0).permutation(40), 7)
    batches = list(Feed(examples, CPU).batches(order))
    assert [len(batch.images) for batch in batches] == [len(part) for part in order]
    rows = np.concatenate(order)
    assert torch.equal(torch.cat([batch.labels for batch in batches]), examples.labels[rows])
    values = torch.cat([batch.images for batch in batches]).permute(0, 2, 3, 1).numpy()
    back = np.rint((values * images.std + images.mean) * 255).astype(np.uint8)
    assert np.array_equal(back, images.pixels[rows])


def test_what_cannot_be_read_is_told_where_the_batch_is_taken():
    examples = Examples(small_set(4), PLAIN, 0)

    def broken(numbers):
        raise OSError("the disk is gone")

    examples.pixels = broken
    with pytest.raises(OSError, match="the disk is gone"):
        list(Feed(examples, CPU).batches([np.array([0, 1])]))
