"""``cnnwalk study report``: which networks and images it takes, and what it says."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reporting import measured
from typer.testing import CliRunner

from cnnwalk.cli import app
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.measures import FULL, Measurements, MeasureSettings
from cnnwalk.study.sources import open_images
from cnnwalk.study.strategies import StrategyName
from cnnwalk.study.trained import build_network, load_trained, save_trained

CLASSES = ("cat", "dog")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two class folders with ten images each."""
    rng = np.random.default_rng(0)
    for name in CLASSES:
        (tmp_path / "images" / name).mkdir(parents=True)
        for at in range(10):
            pixels = rng.integers(0, 256, (16, 16, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "images" / name / f"{at}.png")
    return tmp_path / "images"


def trained(folder: Path, data: str = "folder", strategy: StrategyName = "plain") -> Path:
    """Write a network, trained as far as its file says with the images of the fixture `folder`."""
    module = build_network("covidresnet", len(CLASSES), 3).eval()
    about = measured(strategy, classes=CLASSES).about
    known = open_images(
        "folder", folder.with_name("images"), size=(about.height, about.width), on_step=print
    )
    about = dataclasses.replace(about, data=data, mean=known.mean, std=known.std)
    return save_trained(folder, module, about)


def run(*words: object):
    return CliRunner().invoke(app, ["study", "report", *map(str, words)])


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Measure nothing, but keep what was to be measured; packed images go to a folder of ours."""
    told: list[tuple[tuple[Path, ...], ImageSet, MeasureSettings]] = []

    def measure_all(paths, images, *, settings, on_step) -> list[Measurements]:
        told.append((tuple(paths), images, settings))
        made = measured("plain", classes=CLASSES)
        return [dataclasses.replace(made, examples=dataclasses.replace(made.examples, images=(0,)))]

    monkeypatch.setattr("cnnwalk.study.measures.measure_all", measure_all)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return told


def test_it_measures_with_the_images_of_the_networks_and_says_where_the_page_is(
    folder, tmp_path, asked
):
    file = trained(tmp_path / "networks")
    out = tmp_path / "out"
    words = ("--networks", file.parent, "--folder", folder, "--out", out)
    result = run(*words)
    assert result.exit_code == 0, result.exception
    assert f"{out / 'report.html'}: 1 network, " in result.output
    ((paths, images, settings),) = asked
    assert paths == (file,)
    assert images.pixels.shape == (20, 16, 16, 3)  # the size of the network
    assert (images.classes, images.split) == (CLASSES, "random")
    assert settings == MeasureSettings()
    numbers = json.loads((out / "report.json").read_text())
    assert numbers["commands"][-1] == (
        f"cnnwalk study report --networks {file.parent} --folder {folder}"
    )
    run(*words, "--full")
    assert asked[1][2] == FULL


def test_a_folder_that_has_changed_since_the_training_is_not_measured(folder, tmp_path, asked):
    file = trained(tmp_path / "networks")
    words = ("--networks", file.parent, "--folder", folder, "--out", tmp_path / "out")
    Image.new("RGB", (16, 16)).save(folder / "cat" / "new.png")
    error = run(*words).exception
    assert isinstance(error, StudyError)
    assert "was not trained with the images of folder that are here" in str(error)
    assert asked == []
    (folder / "cat" / "new.png").unlink()
    assert run(*words).exit_code == 0


def test_networks_of_two_splits_are_told_before_anything_is_measured(folder, tmp_path, asked):
    file = trained(tmp_path / "networks")
    module, about = load_trained(trained(file.parent, strategy="noisy-copies"))
    save_trained(file.parent, module, dataclasses.replace(about, split="by folder"))
    words = ("--networks", file.parent, "--folder", folder, "--out", tmp_path / "out")
    error = run(*words).exception
    assert isinstance(error, StudyError)
    assert "split" in str(error)
    assert asked == []


def test_networks_of_two_sets_of_images_need_a_choice(folder, tmp_path, asked):
    trained(tmp_path / "networks")
    trained(tmp_path / "networks", "emoji")
    words = ("--networks", tmp_path / "networks", "--folder", folder, "--out", tmp_path / "out")
    error = run(*words).exception
    assert isinstance(error, StudyError)
    assert "trained on emoji and on folder: say by --data" in str(error)
    assert run(*words, "--data", "folder").exit_code == 0
    error = run(*words, "--data", "elpv").exception
    assert isinstance(error, StudyError)
    assert "No network here was trained on elpv, but on emoji and on folder" in str(error)


def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path, asked):
    (tmp_path / "file").touch()
    error = run("--networks", tmp_path, "--out", tmp_path / "file").exception
    assert isinstance(error, StudyError)
    assert "choose another folder with --out" in str(error)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "matplotlib" else find(name)
    )
    error = run().exception
    assert isinstance(error, StudyError)
    assert str(error) == (
        'The report is made with matplotlib, which is missing: pip install "cnnwalk[study]".'
    )
