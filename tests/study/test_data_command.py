"""``cnnwalk study data`` says in words what the images are, and what is wrong with a folder."""

from __future__ import annotations

import sys

import pytest
from imagefolders import class_folders

from cnnwalk.cli import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Return the function that runs the command and gives exit code, output and errors."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["cnnwalk", "study", "data", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        return code, out, err

    return command


def table(output: str) -> dict[str, str]:
    lines = (line.partition("  ") for line in output.splitlines())
    return {name: value.strip() for name, _, value in lines}


def test_a_folder_is_counted(run, tmp_path) -> None:
    folder = class_folders(tmp_path / "mine", [20, 10, 5])
    for number in range(7):
        (folder / "a" / f"bad{number}.png").write_bytes(b"no picture")
    code, out, err = run("folder", folder, "--size", "20x10")
    assert (code, err) == (0, "")
    facts = table(out)
    assert facts["images"] == "35 of 20x10 pixels"
    assert facts["classes"] == "3, with 5 to 20 images each"
    assert [facts[part] for part in ("train", "validation", "test")] == ["25", "3", "7"]
    assert facts["split"] == "random"
    assert facts["majority class"] == "0.571 of the images, a"
    assert facts["chance"] == "0.429 right by guessing as often as classes occur"
    assert facts["unreadable"] == "7 left out"
    assert out.count("is no picture") == 5
    assert "and 2 more" in out


def test_without_a_source_all_are_listed(run) -> None:
    code, out, _ = run()
    assert code == 0
    named = [line.split("  ")[0] for line in out.splitlines()[1:]]
    assert [name for name in named if name] == [
        "emoji",
        "elpv",
        "caltech101 FOLDER",
        "sars-cov-2 FOLDER",
        "folder FOLDER",
        "digits",
    ]


def test_a_wrong_folder_ends_with_one_line(run, tmp_path) -> None:
    code, out, err = run("folder", tmp_path / "nowhere")
    assert (code, out) == (2, "")
    assert err.startswith(f"cnnwalk: {tmp_path}/nowhere does not exist. Expected is a folder")
    assert err.count("\n") == 1
