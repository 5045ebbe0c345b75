from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from cnnwalk.cli import main


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A state folder of the test's own, and signals and threads as they were."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for each, handler in handlers.items():
        signal.signal(each, handler)
    torch.set_num_threads(threads)


@pytest.fixture
def cnnwalk(monkeypatch, capsys):
    """Return the function that runs a command here and gives its exit code, output and errors."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["cnnwalk", *map(str, arguments)])
        try:
            main()
        except SystemExit as end:
            code = end.code
        else:
            code = 0
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def networks(tmp_path):
    """Return a file with networks that work and networks that do not."""
    file = tmp_path / "networks.py"
    file.write_text(
        textwrap.dedent(
            """
            import torch
            from torch import nn

            from cnnwalk import TrackerModule

            class Small(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU())
                    self.branch = nn.Conv2d(4, 4, 1)
                    self.head = nn.Linear(4, 3)

                def forward(self, x):
                    x = self.stem(x)
                    x = x + self.branch(x)
                    return self.head(x.mean((2, 3)))

            def build():
                return Small()

            def deep():
                layer = lambda: nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1))
                return nn.Sequential(nn.Sequential(layer(), layer(), layer()))

            class Pair(nn.Sequential):
                pass

            def rows():
                pair = lambda: Pair(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1))
                return nn.Sequential(pair(), pair(), pair())

            class Tracked(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv = nn.Conv2d(3, 4, 3)
                    self.edges = TrackerModule(layer_name="my edges")
                    self.head = nn.Conv2d(4, 2, 1)

                def forward(self, x):
                    return self.head(self.edges(self.conv(x))).mean((2, 3))

            def raising():
                raise RuntimeError("the disk with the model is gone")

            def text():
                return "not a network"

            def needs_64():
                return nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(), nn.Linear(4 * 64 * 64, 3))

            class Mean(nn.Module):
                def forward(self, x):
                    return x.mean()

            def forgets_to_call():
                return Small

            def forgets_to_return():
                Small()

            class Sized(nn.Module):
                def __init__(self, size):
                    super().__init__()

            def stream():
                yield torch.zeros(3, 8, 8)

            images = [torch.zeros(3, 8, 8), torch.full((3, 8, 8), -1.0)]
            labelled = [(images[0], 0), (images[1], 1), (images[0] + 0.5, 2), (images[0] + 1, 17)]
            nothing = []
            normal = [torch.randn(3, 8, 8)]
            """
        )
    )
    return file


@pytest.fixture
def start(tmp_path):
    """Return the function that starts a walk in a process of its own, until it is ready."""
    processes = []

    def run(*arguments):
        environment = os.environ | {"OMP_NUM_THREADS": "1", "CI": "1"}
        process = subprocess.Popen(
            [sys.executable, "-m", "cnnwalk", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        processes.append(process)
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if line.startswith("cnnwalk: ready at "):
                break
        return process, lines

    yield run
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()
