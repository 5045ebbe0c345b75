import os
import stat

import pytest

from cnnwalk.server.credentials import load_secret
from cnnwalk.userfolders import state_folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "cnnwalk"


def test_the_secret_is_made_once_and_for_this_user_alone(home):
    secret = load_secret()
    assert len(secret) * 8 >= 128
    assert load_secret() == secret
    (file,) = home.iterdir()
    assert file.read_bytes() == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_secret_that_others_could_read_is_replaced(home):
    secret = load_secret()
    (home / "secret").chmod(0o644)
    assert load_secret() != secret
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600


def test_a_damaged_secret_is_replaced(home):
    load_secret()
    (home / "secret").write_bytes(b"short")
    assert len(load_secret()) > len(b"short")


def test_without_a_folder_the_secret_stays_in_memory(home):
    home.write_text("a file where the folder should be")
    assert load_secret() != load_secret()


def test_relative_folders_are_ignored(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert str(state_folder()) == os.path.join("/home/somebody", ".local", "state", "cnnwalk")
