"""Every example runs as a script, and every command in its first lines is one that works."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import httpx
import pytest
import torch

from cnnwalk.images import find_images
from cnnwalk.networks import load_network
from cnnwalk.server.run import RunningWalk

FOLDER = Path(__file__).parent.parent / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(1)
    monkeypatch.chdir(FOLDER.parent)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_as_a_script(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served = []

    def ask_once(walk: RunningWalk) -> None:
        with httpx.Client(follow_redirects=True) as browser:
            browser.get(walk.url)
            served.append(browser.get(f"{walk.url.partition('?')[0]}api/walk").json())

    monkeypatch.setattr(RunningWalk, "wait", ask_once)
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out  # the address of the walk, or what the example is about
    for info in served:
        assert info["first_image"] is not None
        assert [network["warnings"] for network in info["networks"]] in ([[]], [[], []])


def commands(path: Path) -> list[list[str]]:
    docstring = runpy.run_path(str(path))["__doc__"].replace("\\\n", " ")
    return [shlex.split(line) for line in re.findall(r"^    (cnnwalk .*)$", docstring, re.M)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_commands_of_an_example_name_what_it_has(path: Path) -> None:
    found = commands(path)
    assert found
    for _, command, *arguments in found:
        assert command in {"walk", "graph", "featvis"}
        at = arguments.index("--images") if "--images" in arguments else len(arguments)
        networks = [each for each in arguments[:at] if each.startswith("examples/")]
        assert networks
        for network in networks:
            load_network(network)
        for dataset in arguments[at + 1 : at + 2]:
            assert len(find_images(dataset)) > 0
