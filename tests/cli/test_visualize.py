"""``cnnwalk.visualize``: pictures as an array."""

from __future__ import annotations

import dataclasses
import threading
import warnings

import numpy as np
import pytest
import torch
from torch import nn

import cnnwalk as package
from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.settings import PUBLISHED
from cnnwalk.networks import NetworkError

SIZE = (20, 28)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def module():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 5, 5), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3)
    )


def visualize(module, layer="4", channels=None, **others):
    others = {"input_size": SIZE, "steps": 4, "progress": False} | others
    return package.visualize(module, layer, channels, **others)


def test_there_is_a_picture_for_each_channel_as_it_would_be_saved(module):
    array = visualize(module)
    assert (array.shape, array.dtype) == ((3, 3, *SIZE), np.float32)
    np.testing.assert_array_equal(array, np.rint(array * 255).astype(np.float32) / np.float32(255))
    assert array.min() >= 0
    assert array.max() <= 1
    np.testing.assert_allclose(visualize(module, channels=[2, 0]), array[[2, 0]], atol=1.1 / 255)
    np.testing.assert_allclose(visualize(module, channels=1), array[1:2], atol=1.1 / 255)


def test_pictures_excite_their_channels(module):
    """Each more than any other picture, as the module itself says."""
    array = visualize(module, steps=40)
    spec = package.InputSpec(3, *SIZE)
    mean, std = (torch.tensor(values)[:, None, None] for values in (spec.mean, spec.std))
    with torch.no_grad():
        scores = module((torch.from_numpy(array) - mean) / std)
    assert scores.argmax(0).tolist() == [0, 1, 2]


def test_the_seed_the_mode_and_its_parameters_matter_and_nothing_else(module):
    first = visualize(module, cache=False)
    np.testing.assert_array_equal(first, visualize(module, cache=False))
    for other in ({"seed": 1}, {"steps": 5}, {"mode": "paper"}, {"contrast": 0.5}):
        assert (visualize(module, cache=False, **other) != first).any()


def test_pictures_are_kept_unless_that_is_not_wanted(module, cache):
    visualize(module, cache=False)
    assert not list(cache.rglob("*.picture"))
    first = visualize(module)
    assert len(list(cache.rglob("*.picture"))) == 3
    moments = []
    np.testing.assert_array_equal(visualize(module, progress=moments.append), first)
    assert [(now.finished, now.steps) for now in moments] == [(1, 4), (2, 8), (3, 12)]


def test_the_published_code_is_followed_by_its_settings(module):
    """Its pictures of one seed begin as one, and reach from black to white."""
    published = dataclasses.asdict(PUBLISHED) | {"steps": 12}
    array = visualize(module, mode="paper", **published)
    assert array.min((1, 2, 3)).tolist() == [0, 0, 0]
    assert array.max((1, 2, 3)).tolist() == [1, 1, 1]
    begun = visualize(module, mode="paper", **published | {"steps": 1, "plain_steps": 0, "rate": 0})
    assert (begun == begun[0]).all()


def test_channels_may_be_given_in_any_way(module):
    array = visualize(module, channels=range(1, 3))
    np.testing.assert_array_equal(visualize(module, channels=np.array([2, 1, 2])), array[[1, 0, 1]])
    np.testing.assert_array_equal(visualize(module, channels=np.int64(1)), array[:1])


def test_a_start_a_neuron_and_a_direction(module):
    start = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)
    still = {"mode": "paper", "steps": 1, "plain_steps": 1, "rate": 0}
    array = visualize(module, channels=[0], start=start, **still)
    np.testing.assert_array_equal(np.rint(array[0] * 255), start.transpose(2, 0, 1))
    # What a neuron does not see stays as it was: its field of 5x5 pixels is seen by it alone.
    plain = still | {"rate": 5.0}
    array = visualize(module, "0", channels=[1], start=start, neuron=(3, 6), **plain)
    changed = np.argwhere(np.rint(array[0] * 255) != start.transpose(2, 0, 1))
    assert changed[:, 1:].min(0).tolist() == [3, 6]
    assert changed[:, 1:].max(0).tolist() == [7, 10]
    along = visualize(module, direction=[0, 0, 2], start=start, **plain)
    third = visualize(module, channels=2, start=start, **plain)
    np.testing.assert_allclose(along, third, atol=1.1 / 255)


def test_silent_channels_are_named(module):
    with torch.no_grad():
        module[0].weight[1] = 0
        module[0].bias[3] = -1000
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        array = visualize(module, "0")
    sentences = [str(each.message) for each in caught if each.category is UserWarning]
    assert len(sentences) == 2
    assert sentences[0].startswith("Silent channels of layer 0: 1; no gradient comes back")
    assert sentences[1].startswith("Silent channels of layer 0: 3; their pictures maximize")
    assert np.isnan(array).any((1, 2, 3)).tolist() == [False, True, False, False, False]
    assert np.isnan(array[1]).all()


def test_what_progress_raises_ends_the_making(module):
    class EnoughError(Exception):
        pass

    def stop(now):
        if now.steps >= 6:
            raise EnoughError

    with pytest.raises(EnoughError):
        visualize(module, steps=10_000, progress=stop)
    assert not [each for each in threading.enumerate() if each.name.startswith("pictures of")]


def test_several_workers_make_the_same_pictures(module):
    array = visualize(module, cache=False)
    both = visualize(module, cache=False, devices=["cpu", "cpu"])
    np.testing.assert_allclose(both, array, atol=1.1 / 255)


def test_grayscale_networks_and_modules_of_a_network_of_ones_own():
    network = package.Network("gray", nn.Conv2d(1, 2, 3), package.InputSpec(1, 12, 9))
    assert visualize(network, "conv2d", input_size=None).shape == (2, 1, 12, 9)


def test_what_does_not_fit_is_refused(module):
    for wrong, sentence in (
        ({"layer": "5"}, "no layer '5'"),
        ({"channels": [3]}, "there is no 3"),
        ({"brightness": 1}, "no parameter 'brightness'"),
    ):
        with pytest.raises(FeatureVisualizationError, match=sentence):
            visualize(module, **wrong)
    with pytest.raises(package.NetworkError, match=r"fails|cannot take"):
        visualize(nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(), nn.Linear(7, 2)), "0")


@pytest.mark.parametrize("size", [16, (16,), (16, 16.5), (16, 0), "16x16"])
def test_an_input_size_that_is_none_is_refused_in_words(module, size):
    with pytest.raises(
        NetworkError, match=r"input_size is .*: give the height and width in pixels"
    ):
        visualize(module, input_size=size)


@pytest.mark.parametrize("progress", [3, "yes"])
def test_a_progress_that_cannot_be_told_is_refused_in_words(module, progress):
    with pytest.raises(FeatureVisualizationError, match=r"progress is .*: give True, False, or a"):
        visualize(module, progress=progress)
