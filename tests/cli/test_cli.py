"""The command line as a user meets it: what it prints, where, and its exit codes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import torch
from PIL import Image
from torch import nn

from cnnwalk.graph import KINDS
from cnnwalk.server.listen import DEFAULT_PORT, listen

HEAVY = ("torch", "torchvision", "timm", "fastapi", "uvicorn", "pydantic", "numpy", "PIL")


def test_help_comes_without_loading_torch_or_the_server():
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cnnwalk", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for command in ("demo", "walk", "graph", "doctor"):
        assert command in found.stdout
    imported = {line.rpartition("|")[2].strip() for line in found.stderr.splitlines()}
    assert "cnnwalk.cli" in imported
    assert imported.isdisjoint(HEAVY)


def test_importing_cnnwalk_loads_nothing():
    code = "import sys, cnnwalk; cnnwalk.__version__; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(found.stdout.split()).isdisjoint(HEAVY)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("demo", "--host --port --lan --cert --key --no-browser --device"),
        ("walk", "--weights --images --classes --input-size --granularity --trackers "
                 "--depth --course --host --port --lan --cert --key --no-browser --device NETWORK"),
        ("graph", "--json --granularity --trackers --depth NETWORK"),
    ],
)  # fmt: skip
def test_every_option_is_explained(cnnwalk, command, options):
    code, out, _ = cnnwalk(command, "--help")
    assert code == 0
    for option in options.split():
        assert option in out


def test_the_version_is_printed(cnnwalk):
    code, out, _ = cnnwalk("--version")
    assert code == 0
    assert re.fullmatch(r"cnnwalk \d+\.\d+\.\d+\n", out)


def test_the_graph_as_json_is_what_others_rely_on(cnnwalk, networks):
    code, out, err = cnnwalk("graph", f"{networks}:build", "--json", "--input-size", "32x48")
    assert (code, err) == (0, "")
    graph = json.loads(out)
    assert set(graph) >= {
        "schema_version", "name", "granularity", "inputs", "outputs", "layers", "edges", "blocks",
        "warnings",
    }  # fmt: skip
    assert graph["granularity"] == "layers"
    assert "operations" not in graph
    layers = {layer["id"]: layer for layer in graph["layers"]}
    for layer in layers.values():
        assert set(layer) >= {"id", "kind", "label", "path", "shape", "block", "parameters"}
        assert layer["kind"] in KINDS
    (source,) = graph["inputs"]
    assert layers[source]["shape"] == [3, 32, 48]
    (joined,) = (layer for layer in layers.values() if layer["kind"] == "add")
    into = [edge["source"] for edge in graph["edges"] if edge["target"] == joined["id"]]
    assert sorted(layers[each]["kind"] for each in into) == ["conv", "conv"]


def test_the_graph_to_read_shows_blocks_labels_and_shapes(cnnwalk, networks):
    code, out, _ = cnnwalk("graph", f"{networks}:build", "--granularity", "ops")
    assert code == 0
    lines = out.splitlines()
    assert re.match(r"Small: \d+ layers, \d+ feature maps, \d+ parameters", lines[0])
    (conv,) = (line for line in lines if "3x3 conv" in line)
    assert "4×224×224" in conv
    (stem,) = (line for line in lines if "stem · Sequential" in line)
    assert lines.index(stem) < lines.index(conv)


def test_a_row_of_alike_blocks_is_counted_where_it_begins(cnnwalk, networks):
    _, out, _ = cnnwalk("graph", f"{networks}:rows")
    assert [line.split("· ")[1] for line in out.splitlines() if "· Pair" in line] == [
        "Pair ×3",
        "Pair",
        "Pair",
    ]
    _, out, _ = cnnwalk("graph", f"{networks}:rows", "--depth", 0)
    assert [re.findall(r"Pair.*layers", line) for line in out.splitlines()[2:]] == [
        ["Pair ×3, 2 layers"],
        ["Pair, 2 layers"],
        ["Pair, 2 layers"],
    ]


def test_the_graph_is_printed_with_blocks_open_to_a_depth(cnnwalk, networks):
    def layers(*options):
        code, out, err = cnnwalk("graph", f"{networks}:deep", "--json", *options)
        assert (code, err) == (0, "")
        return [layer["label"] for layer in json.loads(out)["layers"]]

    assert len(layers()) == 1 + 3 * 2
    assert layers("--depth", 0)[1:] == ["Sequential, 6 layers"]
    assert layers("--depth", 1)[1:] == ["Sequential, 2 layers"] * 3
    assert layers("--depth", 2) == layers()
    assert layers("--granularity", "blocks", "--depth", 0) == layers("--depth", 0)
    assert len(layers("--granularity", "ops", "--depth", 1)) == 1 + 3


def test_the_graph_of_what_runs_is_printed_where_the_rest_fails(cnnwalk, networks):
    code, out, err = cnnwalk("graph", f"{networks}:needs_64")
    assert code == 1
    assert "1x1 conv, 4" in out
    assert "warning: " in out
    assert "Linear" not in out.partition("warning: ")[0]
    assert err.startswith("cnnwalk: Sequential fails ")
    assert "in 2 (Linear)" in err
    assert "--input-size HxW" in err
    code, out, err = cnnwalk("graph", f"{networks}:needs_64", "--json")
    assert (code, len(json.loads(out)["warnings"])) == (1, 1)
    code, _, err = cnnwalk("graph", f"{networks}:needs_64", "--input-size", "64x64")
    assert (code, err) == (0, "")


def test_trackers_are_all_there_is_or_name_layers_or_are_left_aside(cnnwalk, networks):
    def labels(*options):
        code, out, err = cnnwalk("graph", f"{networks}:Tracked", "--json", *options)
        assert (code, err) == (0, "")
        return {layer["label"] for layer in json.loads(out)["layers"]}

    assert "my edges" in labels()
    assert "my edges" not in labels("--trackers", "ignore")
    assert labels("--granularity", "trackers") >= {"my edges"}
    assert len(labels("--granularity", "trackers")) == 2
    code, _, err = cnnwalk("graph", f"{networks}:build", "--granularity", "trackers")
    assert code == 2
    assert "TrackerModule" in err


def test_a_network_that_ends_in_one_number_can_be_read(cnnwalk, networks):
    code, out, err = cnnwalk("graph", f"{networks}:Mean")
    assert (code, err) == (0, "")
    assert "Mean: 2 layers, 4 feature maps" in out
    assert re.search(r"mean\s+1\s+from input", out)


BAD = [
    (["graph", "nonsense"], "nonsense"),
    (["graph", "torchvision:resnet51"], "did you mean"),
    (["graph", "timm:no_such_model"], "no_such_model"),
    (["graph", "{folder}/missing.py:build"], "no file"),
    (["graph", "{networks}:missing"], "has no 'missing'"),
    (["graph", "no.such.module:build"], "no Python module"),
    (["graph", "{networks}:raising"], "the disk with the model is gone"),
    (["graph", "{networks}:text"], "expected a torch.nn.Module"),
    (["graph", "{networks}"], "networks.py:"),
    (["graph", "{folder}/other.pt"], "--weights"),
    (["graph", "{networks}:forgets_to_call"], "call it, as in: return Small()"),
    (["graph", "{networks}:forgets_to_return"], "end it with a line such as: return model"),
    (["graph", "{networks}:Sized"], "needs the arguments size"),
    (["walk", "{networks}:needs_64", "--port", "0"], "--input-size HxW"),
    (["graph", "{networks}:build", "--input-size", "0x10"], "size of 1 to"),
    (["graph", "{networks}:build", "--device", "toaster"], "toaster"),
    (["graph", "{networks}:build", "--weights", "{folder}/missing.pt"], "no weights file"),
    (["graph", "{networks}:build", "--weights", "{folder}/other.pt"], "do not fit"),
    (["graph", "{networks}:build", "--weights", "{folder}/pickle.pt"], "does not run"),
    (["graph", "{networks}:build", "--weights", "{networks}"], "networks.py"),
    (["graph", "{networks}:build", "--weights", "{folder}/just.txt"], "cannot be read (KeyError"),
    (["walk", "nonsense", "--no-browser", "--port", "0"], "nonsense"),
    (["walk", "{networks}:build", "--classes", "{folder}/no.txt", "--port", "0"], "no.txt"),
    (["walk", "{networks}:build", "--classes", "{folder}/two.txt", "--port", "0"], "2"),
    (["walk", "{networks}:build", "--images", "{folder}/missing", "--port", "0"], "missing"),
    (["walk", "{networks}:build", "--images", "{folder}/empty", "--port", "0"], "empty"),
    (["walk", "{networks}:build", "--images", "{folder}/texts", "--port", "0"], "can be read"),
    (["walk", "{networks}:build", "--images", "{networks}:missing", "--port", "0"], "has no"),
    (["walk", "{networks}:build", "--images", "{networks}:stream", "--port", "0"], "by number"),
    (["walk", "{networks}:build", "--images", "{networks}:nothing", "--port", "0"], "is empty"),
    (["walk", "{networks}:build", "--images", "{networks}:normal", "--port", "0"], "Normalize"),
    (["walk", "{networks}:build", "demo", "--weights", "w.pt", "--port", "0"],
     "1 --weights for 2 networks: give one FILE for each"),
    (["demo", "--port", "{busy}", "--no-browser"], "choose another one with --port"),
    (["demo", "--host", "no.such.host.invalid", "--no-browser"], "no.such.host.invalid"),
    (["demo", "--lan", "--host", "no.such.host.invalid"], "no.such.host.invalid"),
    (["demo", "--lan", "--host", "::"], "--lan serves at one address"),
    (["demo", "--key", "own.key"], "needs both --cert FILE and --key FILE"),
    (["demo", "--cert", "{folder}/no.crt", "--key", "no.key", "--host", "localhost", "--port", "0"],
     "no.crt cannot be read (No such file or directory); check --cert and --key"),
]  # fmt: skip


@pytest.fixture
def things(tmp_path, networks):
    """Files that bad arguments name, and a port that is in use."""
    torch.save(nn.Conv2d(3, 7, 1).state_dict(), tmp_path / "other.pt")
    torch.save(nn.Conv2d(3, 7, 1), tmp_path / "pickle.pt")
    (tmp_path / "just.txt").write_text("just text")  # to the unpickler, a jump into nowhere
    (tmp_path / "two.txt").write_text("cat\ndog\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "x.jpg").write_text("Dear diary, this is no picture.")
    with listen(port=0).socket as busy:
        yield {"folder": tmp_path, "networks": networks, "busy": busy.getsockname()[1]}


@pytest.mark.parametrize(("arguments", "sentence"), BAD, ids=[" ".join(each[0]) for each in BAD])
def test_bad_input_is_one_line_and_exit_code_2(cnnwalk, things, arguments, sentence):
    code, out, err = cnnwalk(*(argument.format(**things) for argument in arguments))
    assert code == 2
    assert out == ""
    assert err.startswith("cnnwalk: ")
    assert err.count("\n") == 1
    assert sentence in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["walk", "demo", "--input-size", "224"], "'224' is not a size; write HEIGHTxWIDTH"),
        (["walk", "demo", "--port", "http"], "--port"),
        (["walk", "demo", "--port", "70000"], "--port"),
        (["walk", "demo", "--granularity", "atoms"], "--granularity"),
        (["walk", "demo", "--course", "zigzag"], "--course"),
        (["graph", "demo", "--depth", "-1"], "--depth"),
        (["walk"], "NETWORK"),
        (["fly"], "fly"),
        (["demo", "--fast"], "--fast"),
    ],
)
def test_wrong_usage_is_explained_with_exit_code_2(cnnwalk, arguments, sentence):
    code, out, err = cnnwalk(*arguments)
    assert code == 2
    assert out == ""
    assert sentence in err
    assert "Traceback" not in err


def test_several_networks_of_one_s_own_with_one_s_own_images(start, networks, tmp_path):
    (tmp_path / "images").mkdir()
    Image.new("RGB", (20, 20), (200, 0, 0)).save(tmp_path / "images" / "red.png")
    process, lines = start(
        "walk", f"{networks}:build", f"{networks}:build", "--images", tmp_path / "images",
        "--input-size", "16x16", "--granularity", "ops", "--depth", "0", "--course", "spiral",
        "--port", "0",
    )  # fmt: skip
    assert lines[0].startswith("Small: ")
    assert lines[0].endswith("; 1 block is collapsed on arrival")
    assert lines[1].startswith("Small (2): ")
    assert lines[-2] == "Ctrl-C ends the walk."
    url = lines[-1].removeprefix("cnnwalk: ready at ")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{22,}", url)
    with httpx.Client(follow_redirects=True) as browser:
        browser.get(url)
        info = browser.get(f"{url.partition('?')[0]}api/walk").json()
    assert {network["input"]["height"] for network in info["networks"]} == {16}
    assert [network["name"] for network in info["networks"]] == ["Small", "Small (2)"]
    assert {network["course"] for network in info["networks"]} == {"spiral"}
    assert {tuple(network["collapsed"]) for network in info["networks"]} == {("stem",)}
    assert [dataset["count"] for dataset in info["datasets"]] == [1]
    assert info["first_image"]["name"] == "red.png"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


def test_class_names_are_those_of_the_dataset_s_labels_too(
    cnnwalk, networks, tmp_path, monkeypatch, caplog
):
    (tmp_path / "three.txt").write_text("ant\nbee\ncat\n")
    labels = []

    def look(running):
        (dataset,) = running.walk.datasets
        page = running.walk.draw(dataset, seed=0, offset=0, count=8)
        labels.extend(image.label for image in page.images)
        assert len(page.skipped) == 1

    monkeypatch.setattr("cnnwalk.server.run.RunningWalk.wait", look)
    code, out, err = cnnwalk(
        "walk", f"{networks}:build", "--classes", tmp_path / "three.txt",
        "--images", f"{networks}:labelled", "--input-size", "8x8", "--port", "0", "--no-browser",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "labelled: 4 images" in out
    assert sorted(labels) == ["ant", "cat", "label 17"]
    assert "label 17, but the dataset labelled has 3 class names" in caplog.text
    assert "labelled 1 has float32 values from -1" in caplog.text


def test_without_port_the_next_free_one_is_taken_and_said(start, networks):
    first = listen()  # the default port, or one after it
    with first.socket:
        process, lines = start("walk", f"{networks}:build", "--input-size", "16x16")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    port = int(re.search(r":(\d+)/", lines[-1])[1])
    assert port > first.port
    assert f"Port {DEFAULT_PORT} is in use, so this walk is at {port}." in lines


def test_a_walk_that_others_can_reach_says_so(start, networks):
    everywhere = "0.0.0.0"  # noqa: S104 - is what is tested
    process, lines = start(
        "walk", f"{networks}:build", "--input-size", "16x16", "--host", everywhere, "--port", "0"
    )
    url = lines[-1].removeprefix("cnnwalk: ready at ")
    assert httpx.get(url).status_code == 303
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "its token travels unencrypted" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
@pytest.mark.parametrize("command", ["--version", "--help"])
def test_an_output_that_cannot_be_written_ends_with_a_sentence(command):
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "cnnwalk", command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("cnnwalk: the output cannot be written: No space left on device")
    assert ended.stderr.count("\n") == 1
