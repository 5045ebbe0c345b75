"""What parameters may be."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import torch

from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.limits import as_declared
from cnnwalk.featvis.settings import MODES, settings_of
from cnnwalk.featvis.spectrum import Spectrum


@pytest.mark.parametrize(
    ("value", "declared", "expected"),
    [
        (3, float, 3.0),
        (3, int, 3),
        ([1, 5], tuple[int, int], (1, 5)),
        ((0, 0.5), tuple[float, float], (0.0, 0.5)),
        (0.5, tuple[float, ...], (0.5,)),
        ([], tuple[float, ...], ()),
        (True, bool, True),
        ("own", Literal["own", "shared"], "own"),
        (None, int | None, None),
        (np.int64(4), int, 4),
        (np.float32(0.5), float, 0.5),
        (np.array([2, 1]), tuple[int, ...], (2, 1)),
        ([np.int64(2)], tuple[int, ...], (2,)),
        (torch.tensor([0.0, 0.5]), tuple[float, ...], (0.0, 0.5)),
        (range(2), tuple[int, ...], (0, 1)),
        ((n for n in (3, 4)), tuple[int, ...], (3, 4)),
        (4, int | None, 4),
    ],
)
def test_a_value_becomes_what_its_parameter_is_declared_as(value, declared, expected):
    found = as_declared("size", value, declared)
    assert found == expected
    assert type(found) is type(expected)
    if isinstance(found, tuple):
        assert [type(each) for each in found] == [type(each) for each in expected]


@pytest.mark.parametrize(
    ("value", "declared", "expected"),
    [
        ("3", float, "a finite number"),
        (float("nan"), float, "a finite number"),
        (10**400, float, "a finite number"),
        (True, float, "a finite number"),
        (2.5, int, "a whole number"),
        (True, int, "a whole number"),
        (1, bool, "true or false"),
        ([1, 2, 3], tuple[int, int], "2 whole numbers"),
        ([1.5, 2], tuple[int, ...], "whole numbers"),
        ("ab", tuple[int, int], "2 whole numbers"),
        (np.ones((3, 3)), Spectrum | None, "a Spectrum or nothing"),
        (["a"], tuple[float, ...], "numbers"),
        ("ours", Literal["own", "shared"], "own, shared"),
        ([1], Literal["own", "shared"], "own, shared"),
        ("x", int | None, "a whole number or nothing"),
    ],
)
def test_another_value_is_refused_in_words(value, declared, expected):
    with pytest.raises(FeatureVisualizationError, match=f"size is .*: give {expected}"):
        as_declared("size", value, declared)


@pytest.mark.parametrize("mode", MODES)
def test_the_defaults_of_every_mode_are_within_its_limits(mode):
    settings = settings_of(mode, steps=7)
    assert (settings.mode, settings.steps) == (mode, 7)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"blend": 1.5}, "blend is 1.5: give 0 to 1"),
        ({"plain_steps": 201}, "plain_steps is 201: give 0 to 200"),
        ({"roll": (0, -3)}, "roll is .*: give the lowest and the highest value, from 0"),
        ({"rotation": (5, 1)}, "rotation is"),
        ({"blur": (0, 0.5, 1)}, "blur is .*: give 2 numbers"),
        ({"std": [0.2, 0.0]}, "std is 0.0"),
        ({"padding": -1}, "padding is -1"),
        ({"shape": 3}, "no parameter 'shape': give one of steps, plain_steps, rate"),
    ],
)
def test_values_of_the_papers_mode_that_are_out_of_range_are_refused(wrong, sentence):
    with pytest.raises(FeatureVisualizationError, match=sentence):
        settings_of("paper", **wrong)
