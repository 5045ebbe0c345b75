"""A cnnwalk server in a process of its own, for the benchmarks that measure through HTTP."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator

READY = "cnnwalk: ready at "


@dataclasses.dataclass(frozen=True)
class Served:
    """A server that answers: the URL with its token, and the process's id."""

    url: str
    pid: int


@contextlib.contextmanager
def served(*networks: str) -> Iterator[Served]:
    """Serve networks on one torch thread until the context ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "cnnwalk", "walk", *networks, "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:
        try:
            assert process.stdout is not None
            url = next(
                line.removeprefix(READY).strip()
                for line in process.stdout
                if line.startswith(READY)
            )
            yield Served(url, process.pid)
        finally:
            process.terminate()
