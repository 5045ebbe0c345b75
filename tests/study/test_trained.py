"""Trained networks as files: what comes back, what a full disk leaves, what is no such file."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from pathlib import Path

import pytest
import torch
from fulldisk import files_up_to
from safetensors import safe_open
from safetensors.torch import save_file
from trainedfiles import ABOUT, CLASSES, network, rewritten

from cnnwalk.networks import CovidDenseNet, CovidResNet, load_network
from cnnwalk.study.errors import StudyError
from cnnwalk.study.trained import (
    About,
    build_network,
    load_trained,
    save_trained,
    trained_files,
)
from cnnwalk.study.writing import require_writable, write_whole

GRAY = dataclasses.replace(
    ABOUT, network="coviddensenet", strategy="noisy-copies", mean=(0.5,), std=(0.2,)
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return save_trained(tmp_path / "networks", network(), ABOUT)


@pytest.mark.parametrize("about", [ABOUT, GRAY])
def test_what_is_saved_comes_back(about: About, tmp_path: Path) -> None:
    module = network(about)
    path = save_trained(tmp_path / "deep" / "networks", module, about)
    assert (
        path
        == tmp_path
        / "deep"
        / "networks"
        / f"{about.network}-toys-{about.strategy}-seed7.safetensors"
    )
    loaded, said = load_trained(path)
    assert said == about
    assert not loaded.training
    assert module.training
    for name, value in module.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value), name


def test_the_metadata_is_readable_without_cnnwalk(saved: Path) -> None:
    with safe_open(saved, "pt") as file:
        said = json.loads(file.metadata()["cnnwalk"])
    assert said["classes"] == list(CLASSES)
    assert said["accuracies"] == {"test": 0.5, "train": 1.0}


def test_networks_are_built_by_their_names() -> None:
    assert isinstance(build_network("covidresnet", 4, 1), CovidResNet)
    dense = build_network("coviddensenet", 4, 1).eval()
    assert isinstance(dense, CovidDenseNet)
    assert dense(torch.rand(1, 1, 64, 64)).shape == (1, 4)


def test_a_trained_file_can_be_walked_as_it_is(saved: Path) -> None:
    walked = load_network(str(saved))
    module, _ = load_trained(saved)
    assert walked.name == "covidresnet-toys-plain-seed7"
    assert walked.classes == CLASSES
    assert walked.description == f"weights of {saved.name}"
    pixels = torch.randint(0, 256, (32, 40, 3), dtype=torch.uint8)
    prepared = walked.prepare(pixels.numpy())
    mean, std = (torch.tensor(values)[:, None, None] for values in (ABOUT.mean, ABOUT.std))
    by_hand = ((pixels.permute(2, 0, 1) / 255 - mean) / std)[None]
    torch.testing.assert_close(prepared, by_hand)
    with torch.no_grad():
        torch.testing.assert_close(walked.module(prepared), module(by_hand))


def test_a_trained_file_takes_other_weights(saved: Path, tmp_path: Path) -> None:
    state = CovidResNet(3).state_dict()
    torch.save(state, tmp_path / "other.pt")
    walked = load_network(str(saved), weights=tmp_path / "other.pt")
    assert torch.equal(walked.module.state_dict()["fc.weight"], state["fc.weight"])
    assert walked.description == "weights of other.pt"


def test_files_of_a_folder(saved: Path, tmp_path: Path) -> None:
    second = save_trained(saved.parent, network(GRAY), GRAY)
    (saved.parent / ".half.safetensors.part").touch()
    (saved.parent / "notes.txt").touch()
    assert trained_files(saved.parent) == (second, saved)
    assert trained_files(tmp_path / "nowhere") == ()


def test_a_full_disk_leaves_the_last_good_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudyError, match=r"seed7\.safetensors cannot be written \(No space left"):
        save_trained(saved.parent, CovidResNet(3), ABOUT)
    assert saved.read_bytes() == before
    assert [each.name for each in saved.parent.iterdir()] == [saved.name]


def test_a_file_that_grows_too_large_leaves_the_last_good_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"good")
    full = pytest.raises(StudyError, match=r"cannot be written \(File too large\): make room there")
    with files_up_to(1000), full:
        write_whole(path, bytes(5000))
    assert path.read_bytes() == b"good"
    assert len(list(tmp_path.iterdir())) == 1


def test_what_a_killed_process_left_of_the_same_file_is_removed(tmp_path: Path) -> None:
    same, other = tmp_path / ".file[1].abc.part", tmp_path / ".file1.abc.part"
    for path in (same, other):
        path.write_bytes(b"half")
        os.utime(path, (1, 1))
    write_whole(tmp_path / "file[1]", b"whole")
    assert {path.name for path in tmp_path.iterdir()} == {"file[1]", other.name}


def test_where_nothing_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        StudyError, match=r"file/new\.bin cannot be written \(.*file is no folder\)"
    ):
        write_whole(tmp_path / "file" / "new.bin", b"")


def test_a_folder_that_cannot_be_written_is_told_before_anything_takes_time(tmp_path: Path) -> None:
    new = tmp_path / "new" / "folder"
    require_writable(new)
    assert new.is_dir()
    assert not any(new.iterdir())
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StudyError, match=r"written to .*file/report \(Not a directory\).* --out"):
        require_writable(file / "report")


def test_where_this_user_may_not_write(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(StudyError, match=r"cannot be written \(Permission denied\)"):
        write_whole(locked / "new.bin", b"")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"classes": ["a", "b", "c", "d"]},
            r"do not fit CovidResNet .*fc.weight is \(3, 512\) in the file and \(4, 512\)",
        ),
        ({"network": "coviddensenet"}, "do not fit CovidDenseNet"),
        ({"network": "covidresnet2"}, r"damaged \(network: Input should be 'covidresnet'"),
        ({"mean": [0.5], "std": [0.5]}, r"conv1.weight is \(64, 3, 7, 7\) in the file and \(64, 1"),
        ({"std": [0.5, 0.5]}, r"other\.safetensors says .* but 3 means and 2 standard"),
        ({"classes": None}, r"damaged \(classes: "),
        ({"height": 0}, "height is 0 pixels"),
        ({"seed": "first"}, r"damaged \(seed: "),
    ],
)
def test_weights_that_are_not_what_the_file_says(
    saved: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(StudyError, match=said):
        load_trained(rewritten(saved, **changes))


def test_a_network_that_this_version_does_not_know(saved: Path) -> None:
    other = rewritten(saved, network="covidresnet2")
    with pytest.raises(ValueError, match=r"network 'covidresnet2' \(did you mean covidresnet"):
        load_network(str(other))


def test_files_of_another_kind(tmp_path: Path) -> None:
    plain = tmp_path / "plain.safetensors"
    save_file(CovidResNet(2).state_dict(), plain)
    with pytest.raises(StudyError, match=r"does not say of which network: .*--weights"):
        load_trained(plain)
    save_file({}, plain, {"cnnwalk": "{"})
    with pytest.raises(StudyError, match=r"damaged \(cnnwalk: Invalid JSON"):
        load_trained(plain)
    for content in (b"", b"these are no weights" * 9):
        plain.write_bytes(content)
        with pytest.raises(StudyError, match="cannot be read"):
            load_trained(plain)
    with pytest.raises(StudyError, match=r"There is no file .*nowhere.safetensors: give the path"):
        load_trained(tmp_path / "nowhere.safetensors")
    with pytest.raises(StudyError, match="it is a folder"):
        load_trained(tmp_path)


def test_cut_off_files(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    cut = tmp_path / "cut.safetensors"
    for length in (7, 100, 5_000, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:length])
        with pytest.raises(StudyError, match=r"cut\.safetensors cannot be read"):
            load_trained(cut)
