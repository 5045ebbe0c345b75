"""A package is fetched whole and once, with the bytes and the licence that are known of it."""

from __future__ import annotations

import dataclasses

import pytest
from registry import package, serving

from cnnwalk.study.errors import StudyError
from cnnwalk.study.sources import npm
from cnnwalk.study.sources.npm import fetch, read_json


@pytest.fixture
def registry(monkeypatch):
    with serving() as running:
        monkeypatch.setenv("npm_config_registry", running.address)
        yield running


def fetched(wanted, folder):
    steps = []
    return fetch(wanted, folder, steps.append), steps


def test_a_package_is_downloaded_once(registry, tmp_path) -> None:
    wanted = registry.add("@scope/icons", "MIT", {"icons.json": {"a": 1}})
    path, steps = fetched(wanted, tmp_path)
    assert path.read_bytes() == registry.archives["@scope/icons/-/icons-1.0.0.tgz"]
    assert read_json(path, "icons.json") == {"a": 1}
    assert steps[-1].startswith("downloading @scope/icons: 0.0 of 0.0 MB")
    fetched(wanted, tmp_path)
    assert registry.asked == ["@scope/icons/-/icons-1.0.0.tgz"]


def test_other_bytes_than_those_known_are_not_kept(registry, tmp_path) -> None:
    wanted = registry.add("icons", "MIT", {})
    wrong = dataclasses.replace(wanted, integrity=package("icons", "MIT", b"other").integrity)
    with pytest.raises(StudyError, match=r"gave other bytes than icons 1\.0\.0 has"):
        fetched(wrong, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_was_spoilt_is_downloaded_again(registry, tmp_path) -> None:
    wanted = registry.add("icons", "MIT", {})
    path, _ = fetched(wanted, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    assert fetched(wanted, tmp_path)[0].read_bytes() == whole


@pytest.mark.parametrize("file", ["package.json", "info.json"])
def test_another_licence_stops_it(registry, tmp_path, file) -> None:
    named = {"info.json": {"license": {"spdx": "MIT" if file == "package.json" else "GPL-3.0"}}}
    licence = "GPL-3.0" if file == "package.json" else "MIT"
    wanted = dataclasses.replace(registry.add("icons", licence, named), licence="MIT")
    with pytest.raises(StudyError, match=rf"'GPL-3.0' in its {file}, not MIT"):
        fetched(wanted, tmp_path)


def test_an_interrupted_download_leaves_nothing_and_works_the_next_time(registry, tmp_path) -> None:
    wanted = registry.add("icons", "MIT", {"icons.json": {"a": list(range(5000))}})
    registry.breaks.add(wanted.path)
    with pytest.raises(StudyError, match=r"cannot be downloaded \(.* of \d+ bytes\): try again"):
        fetched(wanted, tmp_path)
    assert not list(tmp_path.iterdir())
    registry.breaks.clear()
    assert fetched(wanted, tmp_path)[0].is_file()


def test_a_registry_without_the_package_and_one_that_is_not_there(tmp_path, monkeypatch) -> None:
    with serving() as registry:
        monkeypatch.setenv("npm_config_registry", f"{registry.address}/")
        wanted = package("icons", "MIT", b"")
        with pytest.raises(StudyError, match=r"/icons/-/icons-1.0.0.tgz cannot .*Not Found"):
            fetched(wanted, tmp_path)
    with pytest.raises(StudyError, match="refused"):
        fetched(wanted, tmp_path)


def test_an_archive_that_never_ends_is_left(registry, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(npm, "MOST_BYTES", 100)
    wanted = registry.add("icons", "MIT", {"icons.json": {"a": list(range(5000))}})
    with pytest.raises(StudyError, match="more than"):
        fetched(wanted, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_registry_is_the_one_set_for_npm(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("npm_config_registry", raising=False)
    npm_ = tmp_path / "npm"
    npm_.write_text('#!/bin/sh\nprintf "https://registry.example/%s-%s\\n" "$1" "$3"\n')
    npm_.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert npm.registry() == "https://registry.example/config-registry"
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert npm.registry() == "https://registry.npmjs.org"
    monkeypatch.setenv("npm_config_registry", "file:///etc")
    with pytest.raises(StudyError, match="'file:///etc' is no http address"):
        npm.registry()
