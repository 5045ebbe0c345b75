"""Recipes: those of the shipped networks, and what cannot be trained with."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from smallsets import small_set

from cnnwalk.study.errors import StudyError
from cnnwalk.study.recipe import recipe_for


def of_size(count):
    images = small_set(4)
    return dataclasses.replace(
        images, parts={**images.parts, "train": np.arange(count, dtype=np.int64)}
    )


@pytest.mark.parametrize(
    ("strategy", "epochs", "batch", "rate"),
    [
        ("plain", 80, 128, 0.002),
        ("augmentation", 250, 128, 0.002),
        ("augmentation-without-noise", 250, 128, 0.002),
        ("noise-only", 250, 128, 0.002),
        ("shuffled-labels", 130, 128, 0.002),
        ("noisy-copies", 60, 256, 0.004),
    ],
)
def test_the_emoji_get_the_recipe_of_the_shipped_networks(strategy, epochs, batch, rate):
    recipe = recipe_for(of_size(3816), strategy)
    assert (recipe.epochs, recipe.batch, recipe.rate) == (epochs, batch, pytest.approx(rate))
    assert (recipe.decay, recipe.noise) == (1.0, 0.5)
    assert recipe.copies == (9 if strategy == "noisy-copies" else 0)


@pytest.mark.parametrize("count", [2, 3, 17, 240, 1000, 6941, 100_000])
def test_a_batch_is_never_more_than_the_images_nor_than_128(count):
    recipe = recipe_for(of_size(count), "plain")
    assert 2 <= recipe.batch <= min(count, 128)


def test_what_is_given_takes_the_place_of_the_strategys():
    recipe = recipe_for(of_size(500), "noisy-copies", epochs=7, batch=50, copies=2, noise=0.1)
    assert (recipe.epochs, recipe.batch, recipe.copies, recipe.noise) == (7, 50, 2, 0.1)
    assert recipe_for(of_size(500), "plain", rate=0.3).rate == 0.3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"epochs": 0}, "0 epochs is none: give 1 or more"),
        ({"batch": 1}, "Batches of 1 cannot be normalized: give 2 or more"),
        ({"rate": 0.0}, "A learning rate of 0.0 is none"),
        ({"rate": math.nan}, "A learning rate of nan is none"),
        ({"decay": -1.0}, "A decay of -1.0 is none"),
        ({"copies": -1}, "There cannot be -1 copies"),
        ({"noise": math.inf}, "Noise of inf is none"),
    ],
)
def test_values_that_make_no_sense_are_refused(wrong, says):
    with pytest.raises(StudyError, match=says):
        recipe_for(of_size(500), "plain", **wrong)
