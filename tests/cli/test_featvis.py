"""``cnnwalk featvis`` as a user meets it: files, what is said of them, and what cannot be had."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnwalk.featvis import cluster
from cnnwalk.featvis.pool import LocalPool
from cnnwalk.networks import load_network
from cnnwalk.terminal import arguments, pictures


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def network(tmp_path):
    """Return the reference of a network with a channel that is dead and one before its ReLU."""
    file = tmp_path / "silent.py"
    file.write_text(
        textwrap.dedent(
            """
            import cnnwalk
            import torch
            from torch import nn

            def build():
                torch.manual_seed(0)
                conv = nn.Conv2d(3, 6, 5)
                with torch.no_grad():
                    conv.weight[3] = 0      # no input changes it
                    conv.bias[4] = -1000    # always cut by the ReLU
                module = nn.Sequential(
                    conv, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3)
                )
                spec = cnnwalk.InputSpec(3, 24, 32)
                return cnnwalk.Network("silent", module, spec, ("cup", "dog", "sky"))
            """
        )
    )
    return f"{file}:build"


def opened(path):
    with Image.open(path) as picture:
        picture.load()
        return picture


def files(folder):
    return sorted(each.name for each in folder.iterdir())


def test_each_channel_is_a_file_and_all_are_on_a_sheet(cnnwalk, network, tmp_path):
    out = tmp_path / "new" / "folder"
    arguments = ["featvis", network, "--layer", "0", "--channels", "5,0-4", "--steps", "6"]
    code, said, err = cnnwalk(*arguments, "--out", out)
    assert (code, err) == (0, "")
    names = [f"channel_{channel:05}.png" for channel in (0, 1, 2, 4, 5)]
    assert files(out) == [*names, "contact_sheet.png"]
    assert said.splitlines() == [
        f"{out}: 5 pictures and contact_sheet.png",
        "dead, no gradient comes back from them: 3",
        "silent, so maximized before the activation function: 4",
    ]
    for name in names:
        assert opened(out / name).size == (32, 24)
    assert len({(out / name).read_bytes() for name in names}) == 5
    assert opened(out / "contact_sheet.png").size > (3 * 112, 2 * 84)


def test_a_file_says_how_it_was_made_and_what_the_network_says_to_it(cnnwalk, network, tmp_path):
    given = [
        "--mode",
        "paper",
        "--steps",
        "9",
        "--seed",
        "7",
        "--set",
        "roll=0,3",
        "--set",
        "rate=5",
    ]
    code, _, err = cnnwalk(
        "featvis", network, "--layer", "4", "--channels", "2", "--out", tmp_path / "out", *given
    )
    assert (code, err) == (0, "")
    picture = opened(tmp_path / "out" / "channel_00002.png")
    said = picture.text
    expected = {"layer": "4", "channel": "2", "mode": "paper", "steps": "9", "seed": "7"}
    assert expected | {"roll": "0, 3", "rate": "5.0", "network": "silent"} == {
        name: said[name] for name in [*expected, "roll", "rate", "network"]
    }
    own = load_network(network)
    with torch.no_grad():
        scores = own.module(own.prepare(picture))[0]
    assert float(said["after"]) == pytest.approx(scores[2].item(), abs=1e-5)
    assert float(said["probability"]) == pytest.approx(scores.softmax(0)[2].item(), abs=1e-5)
    assert int(said["rank"]) == 1 + int((scores > scores[2]).sum())


def test_classes_are_named_on_the_sheet(cnnwalk, network, tmp_path):
    names = tmp_path / "names.txt"
    sheets = []
    for at, said in enumerate(("cup dog sky", "a b c")):
        names.write_text("\n".join(said.split()))
        out = tmp_path / str(at)
        command = ["featvis", network, "--layer", "4", "--steps", "2", "--classes", names]
        assert cnnwalk(*command, "--out", out)[0] == 0
        sheets.append(np.asarray(opened(out / "contact_sheet.png")))
    rows = np.argwhere((sheets[0] != sheets[1]).any((1, 2))).ravel()
    assert rows.size > 0
    assert rows.min() > 84  # below the pictures of 112x84 pixels, which are the same


def test_the_same_command_makes_the_same_files_with_and_without_the_cache(
    cnnwalk, network, tmp_path, cache
):
    command = ["featvis", network, "--layer", "4", "--channels", "0-1", "--steps", "4"]
    for name, more in (("a", []), ("b", []), ("c", ["--no-cache"]), ("d", ["--seed", "1"])):
        assert cnnwalk(*command, "--out", tmp_path / name, *more)[0] == 0
        kept = len(list(cache.rglob("*.picture")))
        assert kept == (4 if name == "d" else 2)
    made = {name: (tmp_path / name / "channel_00001.png").read_bytes() for name in "abcd"}
    assert made["a"] == made["b"]
    first, again, other = (
        np.asarray(opened(tmp_path / name / "channel_00001.png")) for name in "acd"
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_pictures_begin_with_an_image_brought_to_the_networks_size(cnnwalk, network, tmp_path):
    """With a rate of 0 what is saved is what was begun with, as the network sees it."""
    given = np.random.default_rng(0).integers(0, 256, (70, 61, 3), dtype=np.uint8)
    Image.fromarray(given).save(tmp_path / "given.png")
    still = ["--mode", "paper", "--steps", "1", "--set", "rate=0", "--set", "plain_steps=1"]
    code, _, err = cnnwalk(
        "featvis",
        network,
        "--layer",
        "4",
        "--channels",
        "0",
        "--out",
        tmp_path / "out",
        *still,
        "--start",
        tmp_path / "given.png",
    )
    assert (code, err) == (0, "")
    saved = np.asarray(opened(tmp_path / "out" / "channel_00000.png"))
    np.testing.assert_array_equal(saved, load_network(network).fit(given))


def test_the_layers_are_listed(cnnwalk, network):
    code, out, err = cnnwalk("featvis", network, "--layers")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0][:2] == ["layer", "channels"]
    assert ["0", "6", "20×28"] in [line[:3] for line in lines]
    assert ["4", "3", "1×1"] in [line[:3] for line in lines]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--layer", "relu"], "silent has no layer 'relu'.*--layers"),
        (["--layer", "0", "--channels", "4-8"], "channels 0 to 5, there is no 6"),
        (["--layer", "0", "--channels", "8-4"], "'8-4' names no channels; write such as 0-31"),
        (["--layer", "0", "--channels", "0-9999999999999"], "more channels than any layer"),
        (["--layer", "0", "--neuron", "20,0"], "20 rows and 28 columns, there is no neuron"),
        (["--layer", "0", "--neuron", "2"], "'2' is no neuron; write ROW,COLUMN"),
        (["--layer", "0", "--set", "colour=red"], "no parameter 'colour': give one of steps, "),
        (["--layer", "0", "--mode", "paper", "--set", "rate=fast"], "rate is 'fast': give a"),
        (["--layer", "0", "--mode", "paper", "--set", "roll=5,1"], "roll is .*: give the lowest"),
        (["--layer", "0", "--set", "rate"], "'rate' sets nothing; write NAME=VALUE"),
        (["--layer", "0", "--mode", "dream"], "'dream' is not one of 'natural', 'texture'"),
        (["--layer", "0", "--steps", "0"], "number of steps is 0: give 1 to 10000"),
        (["--layer", "0", "--quantile", "7", "--measure", "quantile"], "quantile is 7.0: give"),
        (["--layer", "0", "--quantile", "0.5"], "give the measure quantile, too"),
        (["--layer", "0", "--start", "nowhere.png"], "nowhere.png cannot be opened"),
        ([], "give --layer LAYER and --out DIR; --layers lists the layers"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said_in_one_sentence(cnnwalk, network, tmp_path, given, sentence):
    code, out, err = cnnwalk("featvis", network, "--out", tmp_path / "out", *given)
    assert (code, out) == (2, "")
    assert re.search(sentence, " ".join(err.replace("\n", " ").split()))
    assert "Traceback" not in err


def test_layers_without_channels_and_behind_what_has_no_gradient_are_refused(cnnwalk, tmp_path):
    file = tmp_path / "odd.py"
    file.write_text(
        textwrap.dedent(
            """
            from torch import nn

            class Odd(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv = nn.Conv2d(3, 4, 3)
                    self.last = nn.Conv2d(1, 2, 1)

                def forward(self, x):
                    x = self.conv(x)
                    largest = x.argmax(1, keepdim=True).float()
                    return self.last(largest + x[:, :0].sum().detach()).mean((2, 3))

            def build():
                return Odd()
            """
        )
    )
    command = ["featvis", f"{file}:build", "--input-size", "16x16", "--out", tmp_path / "out"]
    _, out, _ = cnnwalk(*command, "--layers")
    assert ["getitem", "0", "0×0"] in [line.split()[:3] for line in out.splitlines()]
    code, _, err = cnnwalk(*command, "--layer", "getitem")
    assert code == 2
    assert "Layer getitem has no channels" in err
    code, _, err = cnnwalk(*command, "--layer", "last")
    assert code == 2
    assert "gradient" in err


def test_a_folder_that_cannot_be_written_is_said_before_the_network_is_loaded(cnnwalk, tmp_path):
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "folder"):
        code, _, err = cnnwalk("featvis", "no network", "--layer", "0", "--out", out)
        assert code == 2
        assert err.startswith(f"cnnwalk: {out} cannot be written (")


def test_a_full_disk_is_said_and_leaves_no_half_file(cnnwalk, network, tmp_path, monkeypatch):
    replace = Path.replace

    def full(path, target):
        if target.name == "channel_00001.png":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    command = ["featvis", network, "--layer", "4", "--steps", "2"]
    code, _, err = cnnwalk(*command, "--out", tmp_path / "out")
    assert code == 2
    assert "channel_00001.png cannot be written (No space left on device): make room" in err
    assert files(tmp_path / "out") == ["channel_00000.png"]


def test_what_is_not_finite_is_named_and_the_others_are_written(cnnwalk, tmp_path):
    file = tmp_path / "broken.py"
    file.write_text(
        textwrap.dedent(
            """
            import torch
            from torch import nn

            class Broken(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv = nn.Conv2d(3, 3, 3)

                def forward(self, x):
                    second = torch.tensor([False, True, False])[:, None, None]
                    return self.conv(x).masked_fill(second, torch.nan)

            def build():
                return Broken()
            """
        )
    )
    command = ["featvis", f"{file}:build", "--input-size", "12x12", "--layer", "masked_fill"]
    code, out, err = cnnwalk(*command, "--steps", "2", "--out", tmp_path / "out")
    assert code == 2
    assert (
        "cnnwalk: Channel 1 of layer masked_fill: the values became infinite or not a number" in err
    )
    assert "2 pictures and contact_sheet.png" in out
    names = ["channel_00000.png", "channel_00002.png", "contact_sheet.png"]
    assert files(tmp_path / "out") == names


def test_a_cache_that_cannot_be_written_is_told_once_and_harms_nothing(
    cnnwalk, network, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    command = ["featvis", network, "--layer", "4", "--steps", "2"]
    code, _, err = cnnwalk(*command, "--out", tmp_path / "out")
    assert code == 0
    assert err.startswith("cnnwalk: Pictures cannot be kept in")
    assert err.count("cannot be kept") == 1
    assert len(files(tmp_path / "out")) == 4


@pytest.mark.parametrize("finished", [0, 1])
def test_an_interrupt_leaves_what_is_finished_and_no_traceback(
    cnnwalk, network, tmp_path, finished
):
    """With one picture from the cache, so that it is there while the others are being made."""
    command = ["featvis", network, "--layer", "4", "--mode", "paper", "--steps", "600"]
    if finished:
        assert cnnwalk(*command, "--channels", "1", "--out", tmp_path / "before")[0] == 0
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnwalk", *command, "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    try:
        deadline = time.monotonic() + 60
        while not (out / "channel_00001.png" if finished else out).exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err
    if finished:
        assert "interrupted; what is finished stays" in err
        assert files(out) == ["channel_00001.png", "contact_sheet.png"]


def test_a_ray_cluster_makes_them_where_that_is_asked_for(cnnwalk, network, tmp_path, monkeypatch):
    """What Ray does with them is tested where it runs, tests/featvis/test_cluster.py."""
    asked = []

    def ray_pool(network, graph, *, precision, size):
        asked.append((precision, size))
        return LocalPool(network, graph, precision=precision)

    def local_pool(network, graph, devices, *, precision):
        asked.append((precision, devices))
        return LocalPool(network, graph, devices, precision=precision)

    monkeypatch.setattr(cluster, "RayPool", ray_pool)
    monkeypatch.setattr("cnnwalk.featvis.pool.LocalPool", local_pool)
    command = ["featvis", network, "--layer", "4", "--steps", "2", "--out", tmp_path / "out"]
    assert cnnwalk(*command, "--precision", "float32")[0] == 0
    assert cnnwalk(*command, "--workers", "2", "--device", "cpu")[0] == 0
    assert asked == [("float32", ["cpu"]), ("auto", ["cpu", "cpu"])]
    asked.clear()
    assert cnnwalk(*command, "--engine", "ray")[0] == 0
    assert cnnwalk(*command, "--engine", "ray", "--workers", "3", "--no-cache")[0] == 0
    assert asked == [("auto", None), ("auto", 3)]
    assert "channel_00002.png" in files(tmp_path / "out")


def test_values_on_the_command_line():
    found = arguments.parameters(["a=1", "b=1.5,2", "c=own", "d=true", "e=1,2,3", "f= x y "])
    assert found == {"a": 1, "b": [1.5, 2], "c": "own", "d": True, "e": [1, 2, 3], "f": "x y"}
    assert arguments.channels(" 3, 5-7 ,6").numbers == (3, 5, 6, 7)


def test_help_needs_neither_torch_nor_numpy():
    code = "import sys, cnnwalk.cli; sys.exit(bool({'torch', 'numpy', 'PIL'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert pictures.SHEET == "contact_sheet.png"
