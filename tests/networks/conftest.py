from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image

from cnnwalk.networks import Network, load_network

PHOTOGRAPHS = Path(__import__("skimage").__file__).parent / "data"


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """No test here may ask another machine for anything; attempts are recorded and refused."""
    attempts: list[object] = []

    def refuse(_: socket.socket, address: object) -> None:
        attempts.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield attempts
    assert attempts == []


@pytest.fixture(scope="session")
def demo() -> Network:
    return load_network("demo")


@pytest.fixture
def photograph() -> Callable[[str], Image.Image]:
    return lambda name: Image.open(PHOTOGRAPHS / name)


@pytest.fixture
def code(tmp_path: Path) -> Callable[[str], str]:
    """Write a user's file; return what to put before the colon of a reference."""

    def write(text: str) -> str:
        path = tmp_path / "mine.py"
        path.write_text("import torch\nfrom torch import nn\n" + text)
        return str(path)

    return write


@pytest.fixture
def torch_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of torch.hub; return its folder of downloads."""
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path / "hub"))
    downloads = tmp_path / "hub" / "checkpoints"
    downloads.mkdir(parents=True)
    return downloads
