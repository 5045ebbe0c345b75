"""Which trained networks stand side by side, how they are called, and with which images."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np
import pytest
import torch
from trainedfiles import ABOUT, network, toys, toys_of
from typer.testing import CliRunner

from cnnwalk.cli import app
from cnnwalk.study.errors import StudyError
from cnnwalk.study.found import find_trained
from cnnwalk.study.trained import save_trained
from cnnwalk.study.walking import HeldOutImages, choose, open_network

NAMES = ["S1 augmentation", "S2 shuffled-labels", "S0 plain"]


def save(folder, **changes):
    about = dataclasses.replace(ABOUT, **changes)
    return save_trained(folder, network(about), about)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Several strategies, seeds and architectures; one was trained on other images."""
    folder = tmp_path_factory.mktemp("networks")
    for strategy, seed in (("plain", 0), ("shuffled-labels", 2), ("augmentation", 1)):
        save(folder, strategy=strategy, seed=seed)
    save(folder, strategy="augmentation", seed=0)
    save(folder, strategy="augmentation", network="coviddensenet", data="other")
    return folder


def test_each_strategy_is_there_once_in_the_order_of_the_paper(folder):
    chosen = choose(find_trained(folder), "covidresnet")
    found = [(one.about.strategy, one.about.seed) for one in chosen]
    assert found == [("augmentation", 0), ("shuffled-labels", 2), ("plain", 0)]
    (other,) = choose(find_trained(folder), "coviddensenet", "other")
    assert other.about.data == "other"


def test_a_network_is_called_after_its_strategy_and_computes_what_its_file_says(folder):
    chosen = choose(find_trained(folder), "covidresnet")
    opened = [open_network(one) for one in chosen]
    assert [one.name for one in opened] == NAMES
    assert opened[0].description.startswith("Right on 50.0% of the test images. True labels; ")
    assert {one.classes for one in opened} == {ABOUT.classes}
    pixels = toys().pixels[0]
    values = (pixels / 255 - np.array(ABOUT.mean)) / np.array(ABOUT.std)
    prepared = torch.from_numpy(values.transpose(2, 0, 1)[None]).float()
    module = network(dataclasses.replace(ABOUT, strategy="plain", seed=0)).eval()
    with torch.no_grad():
        expected = module(prepared)
        assert torch.allclose(opened[2].module(opened[2].prepare(pixels)), expected, atol=1e-5)


def test_what_is_not_there_is_told_with_what_is(folder, tmp_path):
    files = find_trained(folder)
    with pytest.raises(StudyError, match=r"no coviddensenet trained on toys; there is .*on other"):
        choose(files, "coviddensenet", "toys")
    save(tmp_path, data="more")
    with pytest.raises(StudyError, match="trained on more and on toys: say by --data"):
        choose([*files, *find_trained(tmp_path)], "covidresnet")
    with pytest.raises(StudyError, match="has no trained networks: give the folder"):
        find_trained(tmp_path.parent)
    with pytest.raises(StudyError, match="missing is no folder"):
        find_trained(tmp_path / "missing")


def test_ones_own_networks_come_before_the_shipped_ones(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cnnwalk.study.found.shipped", lambda: ("shipped",))
    assert find_trained() == ("shipped",)
    own = save(tmp_path / "study" / "networks")
    assert [path.name for path in find_trained()] == [own.name]


def test_only_images_that_nobody_was_trained_with_are_shown():
    images = dataclasses.replace(toys(), licence="public domain")
    shown = HeldOutImages(images)
    assert len(shown) == len(images.parts["test"])
    for index in (0, len(shown) - 1):
        number = images.parts["test"][index]
        item = shown.item(index)
        assert np.array_equal(item.image, images.pixels[number])
        assert (item.name, item.label) == (f"toy {number}", ABOUT.classes[images.labels[number]])
    assert shown.description.endswith("; public domain")
    none = {**images.parts, "test": np.array([], np.int64)}
    with pytest.raises(StudyError, match="No image of toys is kept for tests"):
        HeldOutImages(dataclasses.replace(images, parts=none))


@pytest.fixture
def walked(monkeypatch):
    """Serve nothing, but keep the walk that was to be served."""
    walks = []

    def serve_walk(load, _place, *, browser):
        assert not browser
        walks.append(load(lambda _step: None))

    # By its module: the package has the command under the same name.
    module = importlib.import_module("cnnwalk.terminal.study.walk")
    monkeypatch.setattr(module, "serve_walk", serve_walk)
    yield walks
    for walk in walks:
        walk.close()


@pytest.fixture
def images(monkeypatch):
    """Give toys for what is asked for, or raise what the test wants."""
    asked = []
    problem = []

    def open_images(source, folder=None, **options):
        asked.append((source, folder, options["size"], options["split"]))
        if problem:
            raise problem[0]
        return toys_of()

    monkeypatch.setattr("cnnwalk.study.sources.open_images", open_images)
    return asked, problem


def run(*words):
    return CliRunner().invoke(app, ["study", "walk", "--no-browser", *map(str, words)])


def test_the_command_puts_one_image_into_all_networks(folder, walked, images):
    result = run("--networks", folder)
    assert result.exit_code == 0, result.exception
    (walk,) = walked
    info = walk.info()
    assert [one.name for one in info.networks] == [
        "S1 augmentation",
        "S2 shuffled-labels",
        "S0 plain",
    ]
    assert info.together
    assert [(one.name, one.count) for one in info.datasets] == [("toys, test", 40)]
    assert info.first_image.name.startswith("toy ")
    assert images[0] == [("toys", None, (32, 40), "random")]


def test_images_that_a_network_was_not_trained_with_are_no_test_for_it(tmp_path, walked, images):
    save(tmp_path, strategy="plain")
    save(tmp_path, strategy="noisy-copies", mean=(0.5, 0.4, 0.31))
    result = run("--networks", tmp_path)
    assert isinstance(result.exception, StudyError)
    assert "covidresnet-toys-plain-seed7" not in str(result.exception)
    assert "noisy-copies-seed7 was not trained with the images" in str(result.exception)
    assert walked == []


def test_photographs_stand_in_for_emoji_that_cannot_be_had(tmp_path, walked, images):
    save(tmp_path, data="emoji")
    images[1].append(StudyError("the registry cannot be reached"))
    result = run("--networks", tmp_path)
    assert result.exit_code == 0, result.exception
    assert "cnnwalk: the registry cannot be reached. Until then there are photo" in result.output
    assert [one.name for one in walked[0].info().datasets] == ["Photographs"]


def test_other_images_that_cannot_be_had_are_an_error(folder, walked, images):
    images[1].append(StudyError("no such folder"))
    result = run("--networks", folder, "--folder", folder)
    assert isinstance(result.exception, StudyError)
    assert walked == []
