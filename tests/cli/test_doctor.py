"""What doctor finds, with things there and things missing."""

from __future__ import annotations

import importlib
from importlib import metadata

import cryptography
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
    for word in ("GPU", f"port {DEFAULT_PORT}", "browser", "state folder", "adb"):
        assert word in out
    assert f"✓ cryptography {cryptography.__version__}" in out
    assert "✓ segno " in out


def test_it_names_three_ways_into_a_headset(cnnwalk, bundle):
    _, out, _ = cnnwalk("doctor")
    for way in (
        "cnnwalk demo --lan",
        f"adb reverse tcp:{DEFAULT_PORT} tcp:{DEFAULT_PORT}",
        "--cert",
    ):
        assert way in out


@pytest.mark.parametrize(
    ("addresses", "sentence"),
    [
        ([], "– no address in a network: --lan needs one that the headset reaches"),
        (["192.168.1.5"], "✓ --lan serves at 192.168.1.5\n"),
        (
            ["192.168.1.5", "10.0.0.3"],
            "✓ --lan serves at 192.168.1.5; with --host also 10.0.0.3\n",
        ),
    ],
)
def test_it_says_where_a_headset_would_be_served(cnnwalk, bundle, monkeypatch, addresses, sentence):
    monkeypatch.setattr(doctor, "lan_addresses", lambda: addresses)
    code, out, _ = cnnwalk("doctor")
    assert code == 0
    assert sentence in out


def test_without_the_packages_of_lan_other_walks_are_possible(cnnwalk, bundle, monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "version", missing)
    code, out, _ = cnnwalk("doctor")
    assert code == 0
    assert "– cryptography is missing, which --lan needs: pip install 'cnnwalk[lan]'" in out
    assert "– segno is missing" in out


def test_adb_is_found_where_it_is(cnnwalk, bundle, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "– no adb here" in cnnwalk("doctor")[1]
    (tmp_path / "adb").write_text("#!/bin/sh\n")
    (tmp_path / "adb").chmod(0o755)
    assert f"✓ adb {tmp_path / 'adb'}" in cnnwalk("doctor")[1]


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
