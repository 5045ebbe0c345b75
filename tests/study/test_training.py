"""Training from begin to end, and what it says to input that cannot be trained with."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch
from imagefolders import class_folders, write_image
from smallsets import small_set

from cnnwalk.cli import main
from cnnwalk.study.errors import StudyError
from cnnwalk.study.machine import machine
from cnnwalk.study.recipe import Recipe
from cnnwalk.study.trained import load_trained, save_trained
from cnnwalk.study.training import train

RECIPE = Recipe(epochs=2, batch=12, rate=0.002)


def with_training_rows(images, rows):
    return dataclasses.replace(images, parts={**images.parts, "train": np.asarray(rows, np.int64)})


def test_the_file_says_what_it_is_and_what_the_network_gets_right(tmp_path):
    images = small_set()
    seen = []
    path = train(
        images,
        "coviddensenet",
        "plain",
        seed=4,
        recipe=Recipe(epochs=2, batch=10, rate=0.002),
        out=tmp_path,
        on_progress=seen.append,
        validate_every=1,
    )
    assert path == tmp_path / "networks" / "coviddensenet-bars-plain-seed4.safetensors"
    module, about = load_trained(path)
    assert (about.seed, about.epochs, about.split) == (4, 2, "random")
    # Three batches an epoch, which differ by one image at most: none is left out.
    places = [(now.epoch, now.batch, now.batches) for now in seen]
    assert places == [(epoch, batch, 3) for epoch in (1, 2) for batch in (1, 2, 3)]
    assert seen[0].last is None
    assert 0 <= seen[-1].last.accuracy <= 1
    values = (images.pixels / 255 - images.mean) / images.std
    inputs = torch.tensor(values, dtype=torch.float32).permute(0, 3, 1, 2)
    with torch.no_grad():
        right = module(inputs).argmax(1).numpy() == images.labels
    for part, rows in images.parts.items():
        assert about.accuracies[part] == pytest.approx(right[rows].mean())


def test_training_leaves_torchs_own_draws_alone_and_does_not_follow_them(tmp_path):
    def weights(out, before):
        torch.manual_seed(before)
        expected = torch.random.get_rng_state()
        path = train(small_set(), "covidresnet", "augmentation", recipe=RECIPE, out=out)
        assert torch.equal(torch.random.get_rng_state(), expected)
        return load_trained(path)[0].state_dict()

    one, other = weights(tmp_path / "one", 1), weights(tmp_path / "other", 2)
    assert all(torch.equal(value, other[name]) for name, value in one.items())


def test_what_is_trained_is_not_trained_again_and_never_replaced_by_other_training(tmp_path):
    train(small_set(), "covidresnet", "plain", recipe=RECIPE, out=tmp_path)
    said, seen = [], []
    path = train(
        small_set(),
        "covidresnet",
        "plain",
        recipe=RECIPE,
        out=tmp_path,
        on_step=said.append,
        on_progress=seen.append,
    )
    assert said == [f"{path} is there already, so it is not trained again"]
    assert seen == []
    darker = dataclasses.replace(small_set(), mean=(0.1, 0.1, 0.1))
    for images, recipe, says in (
        (small_set(), {"epochs": 5}, r"\(epochs: 2 instead of 5\)"),
        (small_set(), {"rate": 0.1}, r"\(rate: 0.002 instead of 0.1\)"),
        (small_set(), {"copies": 2}, r"\(copies: 0 instead of 2\)"),
        (darker, {}, r"\(mean of the images: .* instead of \(0.1, 0.1, 0.1\)\)"),
    ):
        other = dataclasses.replace(RECIPE, **recipe)
        with pytest.raises(StudyError, match=f"trained otherwise {says}.*--out"):
            train(images, "covidresnet", "plain", recipe=other, out=tmp_path)


def test_a_file_that_does_not_say_its_recipe_counts_as_what_would_be_trained(tmp_path):
    path = train(small_set(), "covidresnet", "plain", recipe=RECIPE, out=tmp_path)
    module, about = load_trained(path)
    assert about.recipe == {"batch": 12, "rate": 0.002, "decay": 1.0, "copies": 0, "noise": 0.5}
    save_trained(path.parent, module, dataclasses.replace(about, recipe={}))
    again = train(
        small_set(),
        "covidresnet",
        "plain",
        recipe=dataclasses.replace(RECIPE, rate=0.1),
        out=tmp_path,
    )
    assert again == path


def test_a_class_with_one_image_is_trained_as_any(tmp_path):
    images = small_set(30)
    rows = images.parts["train"]
    alone = np.concatenate([rows[images.labels[rows] != 2], rows[images.labels[rows] == 2][:1]])
    recipe = Recipe(epochs=12, batch=7, rate=0.01, decay=0.1)
    path = train(
        with_training_rows(images, alone), "covidresnet", "plain", recipe=recipe, out=tmp_path
    )
    assert load_trained(path)[1].accuracies["train"] == 1.0


def test_without_images_for_validation_it_is_said_and_training_goes_its_way(tmp_path):
    said, seen = [], []
    path = train(
        small_set(validation=0),
        "covidresnet",
        "plain",
        recipe=RECIPE,
        out=tmp_path,
        validate_every=1,
        on_step=said.append,
        on_progress=seen.append,
    )
    assert said[0].startswith("of bars no image is for validation, so its accuracy is not measured")
    assert seen[-1].validation is None
    assert "validation" not in load_trained(path)[1].accuracies


@pytest.mark.parametrize(
    ("images", "batch", "says"),
    [
        (small_set(24), 25, "A batch of 25 is more than the 24 images .* --batch 24 or less"),
        (small_set(5), 2, "leave a device with a single one.*--batch of 4 or more"),
        (with_training_rows(small_set(), [0]), 2, "more than the 1 images"),
    ],
)
def test_images_that_do_not_fill_batches_are_told_of(tmp_path, images, batch, says):
    recipe = dataclasses.replace(RECIPE, batch=batch)
    with pytest.raises(StudyError, match=says):
        train(images, "covidresnet", "plain", recipe=recipe, out=tmp_path)


def test_weights_beyond_all_numbers_end_training_and_are_not_kept(tmp_path):
    recipe = dataclasses.replace(RECIPE, rate=1e30)
    with pytest.raises(StudyError, match=r"In epoch 1 of 2 .* rate of 1e\+30 .*--rate 2\.5e\+29"):
        train(
            small_set(),
            "covidresnet",
            "plain",
            recipe=recipe,
            out=tmp_path,
            checkpoint_seconds=0,
        )
    for path in (tmp_path / "checkpoints").iterdir():
        kept = torch.load(path, weights_only=True)["state"]["module"]
        assert all(value.isfinite().all() for value in kept.values())


@pytest.mark.parametrize(
    ("device", "devices", "says"),
    [
        ("cuda:97", 1, "There is no device cuda:97 to train with: here"),
        ("meta", 1, "There is no device meta"),
        ("abacus", 1, "'abacus' is no device: here"),
        ("cpu", 0, "0 devices cannot train"),
    ],
)
def test_devices_that_are_not_here_are_told_of(device, devices, says):
    with pytest.raises(StudyError, match=says):
        machine(device, devices)


# The command.


@pytest.fixture
def cnnwalk(monkeypatch, capsys, tmp_path):
    """Return what runs ``cnnwalk study train`` on digits, and gives its code and outputs."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        command = ["cnnwalk", "study", "train", "--data", "digits", "--device", "cpu", *arguments]
        monkeypatch.setattr(sys, "argv", command)
        try:
            main()
        except SystemExit as end:
            out, err = capsys.readouterr()
            return end.code, out, err
        raise AssertionError("a command ends with SystemExit")

    return run


QUICK = ("--epochs", "1", "--batch", "120")


def test_several_strategies_and_seeds_by_one_command(cnnwalk, tmp_path):
    which = ("--strategy", "plain", "--strategy", "noisy-copies", "--copies", "1", "--seed", "5")
    code, out, err = cnnwalk(*which, *QUICK)
    assert code == 0
    names = [f"covidresnet-digits-{name}-seed5.safetensors" for name in ("plain", "noisy-copies")]
    for number, (line, name) in enumerate(zip(out.splitlines(), names, strict=True), 1):
        assert line.startswith(f"study/networks/{name}: train 0.")
        assert f"seed 5, {number} of 2: 1 epoch in batches of 120" in err
        assert (tmp_path / "study" / "networks" / name).exists()
    assert "with 1 copy of each" in err
    assert list((tmp_path / "study" / "checkpoints").iterdir()) == []


def test_a_time_limit_ends_with_a_checkpoint_and_the_same_command_goes_on(cnnwalk, tmp_path):
    code, out, err = cnnwalk("--strategy", "plain", *QUICK, "--time-limit", "0.001s")
    assert (code, out) == (0, "")
    kept = "study/checkpoints/covidresnet-digits-plain-seed0.pt"
    assert f"cnnwalk: the time is over in epoch 1 of 1; the same command goes on from {kept}" in err
    code, out, err = cnnwalk("--strategy", "plain", *QUICK)
    assert code == 0
    assert f"going on in epoch 1 of 1, as {kept} says" in err
    assert "covidresnet-digits-plain-seed0.safetensors" in out
    assert not (tmp_path / kept).exists()


def test_ctrl_c_ends_with_a_checkpoint(tmp_path):
    command = [sys.executable, "-m", "cnnwalk", "study", "train", "--data", "digits"]
    process = subprocess.Popen(
        [*command, "--strategy", "plain", "--epochs", "1000", "--batch", "24"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "XDG_CACHE_HOME": str(tmp_path / "cache")},
        text=True,
    )
    kept = tmp_path / "study" / "checkpoints" / "covidresnet-digits-plain-seed0.pt"
    with process:
        assert process.stderr is not None
        assert any("1 of 1: 1000 epochs" in line for line in iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert "interrupted in epoch 1 of 1000; the same command goes on from study/checkpoints" in said
    assert "Traceback" not in said
    assert kept.exists()


def test_what_is_left_out_of_a_folder_is_told_before_training(cnnwalk, tmp_path):
    folder = class_folders(tmp_path / "mine", [9, 1])
    write_image(folder / "a" / "twin.png", 0)  # as the first of a
    (folder / "a" / "bad.png").write_bytes(b"no picture")
    where = ("--data", "folder", "--folder", str(folder), "--size", "8x8")
    code, _, err = cnnwalk(*where, "--strategy", "plain", "--time-limit", "0.001s")
    assert code == 0
    said = err.splitlines()
    assert (
        said[0]
        == "cnnwalk: folder: images of 2 classes, 7 for training, 1 for validation, 2 for test."
    )
    assert said[1].startswith("cnnwalk: 1 file left out that cannot be read; the first: ")
    assert "bad.png is no picture" in said[1]
    assert said[2] == "cnnwalk: 1 duplicate left out."
    assert said[3] == "cnnwalk: one image alone, so for training and never tested: b."


def test_nothing_is_started_on_several_devices_where_the_images_are_not_there(
    cnnwalk, monkeypatch, tmp_path
):
    launched = []
    monkeypatch.setattr("lightning_fabric.Fabric.launch", launched.append)
    where = ("--data", "folder", "--folder", str(tmp_path / "nowhere"))
    code, _, err = cnnwalk(*where, "--devices", "2")
    assert (code, launched) == (2, [])
    assert err.count("\n") == 1
    assert "nowhere does not exist" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--strategy", "cheating"), "'cheating' is no strategy; choose among augmentation,"),
        (("--network", "vgg"), "'vgg' is no network; choose among covidresnet, coviddensenet"),
        (("--time-limit", "soon"), "'soon' is no time; write such as 90s, 30m or 1.5h"),
        (("--device", "cuda:97"), "There is no device cuda:97"),
        (("--batch", "500"), "A batch of 500 is more than the 240 images"),
        (("--rate", "-1"), "A learning rate of -1.0 is none"),
        (("--data", "dreams"), "no images called 'dreams'"),
    ],
)
def test_bad_input_ends_with_one_sentence(cnnwalk, arguments, says):
    code, out, err = cnnwalk(*arguments)
    assert (code, out) == (2, "")
    assert says in " ".join(err.split())
    assert "Traceback" not in err
