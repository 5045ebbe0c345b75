"""What doctor finds, with things there and things missing."""

from __future__ import annotations

import importlib

import pytest
import torch

from cnnwalk.server.listen import DEFAULT_PORT
from cnnwalk.terminal import doctor


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>")
    monkeypatch.setattr(doctor, "BUNDLE", folder)
    return folder


def test_it_names_everything_a_walk_needs(cnnwalk, bundle):
    code, out, err = cnnwalk("doctor")
    assert (code, err) == (0, "")
    assert f"✓ torch {torch.__version__}" in out
    assert "✓ Python 3." in out
    assert "✓ the page is built" in out
    for word in ("GPU", f"port {DEFAULT_PORT}", "browser", "state folder"):
        assert word in out


def test_what_is_missing_comes_with_the_next_step(cnnwalk, bundle):
    (bundle / "index.html").unlink()
    code, out, _ = cnnwalk("doctor")
    assert code == 1
    assert "✗ the page is not built: run make client" in out


def test_a_broken_torch_is_said_in_one_line(cnnwalk, bundle, monkeypatch):
    whole = importlib.import_module

    def broken(name):
        if name == "torch":
            raise OSError("libtorch.so: cannot open shared object file\nand more")
        return whole(name)

    monkeypatch.setattr(importlib, "import_module", broken)
    code, out, _ = cnnwalk("doctor")
    assert code == 1
    assert "✗ torch cannot be imported (libtorch.so: cannot open shared object file)" in out
    assert "and more" not in out


def test_a_state_folder_that_cannot_be_written_is_no_hindrance(
    cnnwalk, bundle, monkeypatch, tmp_path
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    code, out, _ = cnnwalk("doctor")
    assert code == 0
    assert "– the state folder cannot be written" in out
