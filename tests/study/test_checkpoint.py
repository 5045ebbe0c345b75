"""Checkpoints: training that was killed, stopped, or met a full disk, and goes on."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from fulldisk import files_up_to
from safetensors.torch import load_file
from smallsets import small_set

from cnnwalk.study.checkpoint import read_checkpoint
from cnnwalk.study.errors import StudyError
from cnnwalk.study.recipe import Recipe
from cnnwalk.study.training import Progress, StoppedError, train

RECIPE = Recipe(epochs=3, batch=8, rate=0.002, copies=0)
NAME = "covidresnet-bars-{}-seed0"


def trained(out: Path, strategy="augmentation", recipe=RECIPE, **options) -> dict:
    path = train(small_set(), "covidresnet", strategy, recipe=recipe, out=out, **options)
    return load_file(path)


def checkpoint(out: Path, strategy="augmentation") -> Path:
    return out / "checkpoints" / f"{NAME.format(strategy)}.pt"


def assert_same(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert torch.equal(value, other[name]), name


def after(batches: int):
    """Return what says stop after so many batches."""
    told = []

    def stop() -> bool:
        told.append(True)
        return len(told) == batches

    return stop


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("whole"))


def killed(out: Path) -> None:
    """Train in another process, and kill it without warning in the middle of the second epoch."""
    code = f"""
        import signal
        from pathlib import Path
        import torch
        torch.set_num_threads(1)
        from smallsets import small_set
        from test_checkpoint import RECIPE
        from cnnwalk.study.training import train

        def wait(progress):
            if (progress.epoch, progress.batch) == (2, 2):
                print("in the middle", flush=True)
                signal.pause()

        train(small_set(), "covidresnet", "augmentation", recipe=RECIPE, out=Path({str(out)!r}),
              on_progress=wait, checkpoint_seconds=1e9)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent), "OMP_NUM_THREADS": "1"},
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "in the middle\n"
        finally:
            process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def test_after_sigkill_the_weights_become_what_they_would_have(tmp_path, uninterrupted):
    killed(tmp_path)
    state = torch.load(checkpoint(tmp_path), weights_only=True)["state"]
    assert (state["epoch"], state["batch"]) == (1, 0)  # of the end of the first epoch
    said, seen = [], []
    weights = trained(tmp_path, on_step=said.append, on_progress=seen.append)
    assert said[0].startswith("going on in epoch 2 of 3")
    assert (seen[0].epoch, seen[0].batch) == (2, 1)
    assert_same(weights, uninterrupted)
    assert not checkpoint(tmp_path).exists()


@pytest.mark.parametrize("strategy", ["noisy-copies", "shuffled-labels", "noise-only"])
def test_after_a_stop_every_strategy_goes_on_as_if_there_had_been_none(tmp_path, strategy):
    recipe = Recipe(epochs=2, batch=8, rate=0.002, copies=1 if strategy == "noisy-copies" else 0)
    with pytest.raises(StoppedError) as stopped:
        trained(tmp_path / "stopped", strategy, recipe, stop=after(4))
    assert stopped.value.checkpoint == checkpoint(tmp_path / "stopped", strategy)
    assert list((tmp_path / "stopped" / "networks").iterdir()) == []
    weights = trained(tmp_path / "stopped", strategy, recipe)
    assert_same(weights, trained(tmp_path / "whole", strategy, recipe))


def test_a_disk_that_fills_leaves_the_last_checkpoint_and_training_goes_on_from_it(
    tmp_path, uninterrupted
):
    full = pytest.raises(StudyError, match=r"\.pt cannot be written \(File too large\): make room")
    with contextlib.ExitStack() as limit, full:

        def fill(progress: Progress) -> None:
            if progress.batch == 3:
                limit.enter_context(files_up_to(1_000_000))

        trained(tmp_path, checkpoint_seconds=0, on_progress=fill)
    left = list(checkpoint(tmp_path).parent.iterdir())
    assert left == [checkpoint(tmp_path)]
    assert torch.load(left[0], weights_only=True)["state"]["batch"] == 2
    assert_same(trained(tmp_path), uninterrupted)


@pytest.mark.parametrize("folder", ["checkpoints", "networks"])
def test_a_folder_that_cannot_be_written_is_told_of_before_any_training(tmp_path, folder):
    (tmp_path / folder).write_text("a file where a folder should be")
    seen = []
    with pytest.raises(
        StudyError, match=rf"Nothing can be written to .*/{folder} \(File exists\).*--out"
    ):
        trained(tmp_path, on_progress=seen.append)
    assert seen == []


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """Return the bytes of a checkpoint of stopped training."""
    out = tmp_path_factory.mktemp("left")
    with contextlib.suppress(StoppedError):
        trained(out, stop=after(1))
    return checkpoint(out).read_bytes()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"network": "coviddensenet"}, "network covidresnet instead of coviddensenet"),
        ({"strategy": "plain"}, "strategy augmentation instead of plain"),
        ({"seed": 3}, "seed 0 instead of 3"),
        ({"recipe": Recipe(epochs=5, batch=8, rate=0.002)}, "epochs 3 instead of 5"),
        ({"images": small_set(30)}, "training images 24 (.*) instead of 30"),
        # As many images, of which something else is another.
        *[
            ({"images": dataclasses.replace(small_set(), **change)}, r"24 \(\w+\) instead of 24 \(")
            for change in (
                {"labels": small_set().labels[::-1]},
                {"parts": {**small_set().parts, "train": small_set().parts["train"] + 1}},
                {"classes": ("left", "right", "none")},
                {"keys": tuple(f"other {number}" for number in range(36))},
                {"mean": (0.1, 0.2, 0.3)},
            )
        ],
    ],
)
def test_a_checkpoint_of_other_training_is_refused(tmp_path, left, options, says):
    wanted = {
        "images": small_set(),
        "network": "covidresnet",
        "strategy": "augmentation",
        "seed": 0,
        "recipe": RECIPE,
        **options,
    }
    name = f"{wanted['network']}-bars-{wanted['strategy']}-seed{wanted['seed']}.pt"
    path = tmp_path / "checkpoints" / name
    path.parent.mkdir()
    path.write_bytes(left)
    with pytest.raises(StudyError, match=says) as refused:
        train(**wanted, out=tmp_path)
    assert "choose another folder with --out, or remove the file" in str(refused.value)
    assert path.read_bytes() == left


@pytest.mark.parametrize("kept", [0, 100, 20_000])
def test_a_checkpoint_that_cannot_be_read_is_named(tmp_path, left, kept):
    path = tmp_path / "cut.pt"
    path.write_bytes(left[:kept])
    with pytest.raises(StudyError, match=r"cut\.pt cannot be read as a checkpoint .*remove it"):
        read_checkpoint(path, {})


@pytest.mark.parametrize(
    "other",
    [
        {"conv1.weight": torch.zeros(3)},
        torch.zeros(3),
        [1, 2],
        {"belongs to": 3, "state": 4},
        torch.nn.Linear(2, 2),
    ],
    ids=["weights", "tensor", "list", "numbers", "module"],
)
def test_a_file_of_something_else_is_no_checkpoint(tmp_path, other):
    path = tmp_path / "other.pt"
    torch.save(other, path)
    with pytest.raises(StudyError, match=r"other\.pt cannot be read as a checkpoint") as refused:
        read_checkpoint(path, {})
    assert len(str(refused.value)) < 250
    assert "\n" not in str(refused.value)


def test_bytes_of_something_else_are_no_checkpoint(tmp_path):
    path = tmp_path / "other.pt"
    path.write_bytes(b"\x80garbage" * 9)
    with pytest.raises(StudyError, match=r"other\.pt cannot be read as a checkpoint"):
        read_checkpoint(path, {})


def test_without_a_file_there_is_no_checkpoint(tmp_path):
    assert read_checkpoint(tmp_path / "missing.pt", {}) is None
