"""`cnnwalk study accuracy` as a user meets it: what it prints, and its exit codes."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from trainedfiles import ABOUT, network, toys_of

from cnnwalk.cli import main
from cnnwalk.study import shipped, sources
from cnnwalk.study.accuracy import accuracies
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.trained import About, save_trained

Command = Callable[..., tuple[object, str, str]]
IMAGES = toys_of(count=60)


@pytest.fixture
def accuracy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """Return the function that runs the command; it gives exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)  # where nobody has networks of their own

    def run(*arguments: object) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["cnnwalk", "study", "accuracy", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Give noise in place of a source's images; return what was asked for."""
    asked: list[tuple[object, ...]] = []

    def open_images(
        source: str,
        folder: Path | None = None,
        *,
        size: tuple[int, int],
        split: str,
        on_step: Callable[[str], None],
    ) -> ImageSet:
        on_step("opening")
        asked.append((source, folder, size, split))
        return IMAGES

    monkeypatch.setattr(sources, "open_images", open_images)
    return asked


def saved(folder: Path, about: About, **wrong: float) -> Path:
    """Write a network whose file tells its true accuracies, but for those that are given."""
    module = network(about)
    true = accuracies(module, IMAGES, about)
    return save_trained(folder, module, dataclasses.replace(about, accuracies={**true, **wrong}))


def test_files_that_tell_the_truth(
    accuracy: Command, opened: list[tuple[object, ...]], tmp_path: Path
) -> None:
    first = saved(tmp_path, ABOUT)
    second = saved(tmp_path, dataclasses.replace(ABOUT, strategy="shuffled-labels"), train=1.0)
    code, out, _ = accuracy(first, second, "--folder", tmp_path)
    assert code == 0
    # Six of the first; the second's file does not hold the labels that it was told.
    assert "11 of 11 figures are as the files say: within 0.2 points, under noise within" in out
    assert "is not measured: their files do not hold the labels" in out
    assert opened == [("toys", tmp_path, (32, 40), "random")]
    rows = [line.split() for line in out.splitlines() if line.endswith("points")]
    assert {row[-2] for row in rows} <= {"+0.00", "-0.00"}


def test_networks_of_a_folder_and_those_where_train_puts_them(
    accuracy: Command, opened: list[tuple[object, ...]], tmp_path: Path
) -> None:
    saved(tmp_path / "study" / "networks", ABOUT)
    for words in (("study/networks",), ()):
        code, out, _ = accuracy(*words, "--part", "test")
        assert code == 0
        assert ABOUT.name in out
    (tmp_path / "empty").mkdir()
    code, _, err = accuracy("empty")
    assert code == 2
    assert "empty has no trained networks" in err
    assert len(opened) == 2


def test_images_that_it_was_not_trained_with_are_not_measured(
    accuracy: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    others = dataclasses.replace(IMAGES, mean=(0.5, 0.4, 0.3002))
    monkeypatch.setattr(sources, "open_images", lambda *_, **__: others)
    code, out, err = accuracy(saved(tmp_path, ABOUT))
    assert (code, out) == (2, "")
    assert "for training had a mean of 0.5000 0.4000 0.3000, not 0.5000 0.4000 0.3002" in err
    nearly = dataclasses.replace(IMAGES, mean=(0.5, 0.4, 0.30001))
    monkeypatch.setattr(sources, "open_images", lambda *_, **__: nearly)
    assert accuracy(saved(tmp_path, ABOUT))[0] == 0


def test_a_file_that_says_too_much(
    accuracy: Command, opened: list[tuple[object, ...]], tmp_path: Path
) -> None:
    path = saved(tmp_path, ABOUT, test=0.9)
    code, out, _ = accuracy(path, "--part", "test")
    assert code == 1
    assert "1 of 2 figures are as the files say" in out
    assert "validation" not in out
    assert "noise" not in out
    measured = accuracies(network(), IMAGES, ABOUT, names=["test"])["test"]
    (row,) = (line for line in out.splitlines() if "0.900" in line)
    assert row.split()[1:] == [
        f"{measured:.4f}",
        "0.900",
        f"{100 * (measured - 0.9):+.2f}",
        "points",
    ]
    assert opened


def test_a_file_of_another_kind_is_said_before_anything_is_measured(
    accuracy: Command, opened: list[tuple[object, ...]], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"no weights")
    code, out, err = accuracy(saved(tmp_path, ABOUT), bad)
    assert (code, out) == (2, "")
    assert err.startswith(f"cnnwalk: {bad} cannot be read")
    assert err.count("\n") == 1
    assert not opened


def test_networks_of_other_images(
    accuracy: Command, opened: list[tuple[object, ...]], tmp_path: Path
) -> None:
    about = dataclasses.replace(ABOUT, classes=(*ABOUT.classes, "spoon"))
    path = save_trained(tmp_path, network(about), about)
    code, _, err = accuracy(path)
    assert code == 2
    assert "knows 4 classes, but the images of toys have 3, and what differs is spoon" in err
    assert opened


def test_without_the_package_of_shipped_networks(
    accuracy: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "PACKAGE", "no_such_package_of_weights")
    code, _, err = accuracy()
    assert code == 2
    assert "trained networks are not installed: run pip install ./weights" in err


def test_a_device_that_is_not_there(accuracy: Command) -> None:
    code, _, err = accuracy("--device", "cuda:77")
    assert code == 2
    assert "The device 'cuda:77' cannot be used" in err
