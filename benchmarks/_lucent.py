"""Runs torch-lucent beside a benchmark, in an environment of its own that shares this one's torch.

As a program (in that environment) it prints the seconds of a step of one picture for each place.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path

_PACKAGES = ("torch-lucent==0.1.8", "kornia==0.4.1")
"""Without what they need: kornia's later versions have not what lucent uses, and torch is here."""

_NEEDED = ("decorator", "tqdm", "ipython")
_STEPS = 3


def environment(folder: Path) -> Path:
    """Make an environment with torch-lucent, if it is not there yet; return its Python.

    Raises:
        RuntimeError: what pip said when it could not install it.
    """
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        import torch

        (found,) = folder.glob("lib/python*/site-packages")
        (found / "zz_torch.pth").write_text(f"{Path(torch.__file__).parents[1]}\n")
    for packages in (("--no-deps", *_PACKAGES), _NEEDED):
        _run([str(python), "-m", "pip", "install", "--quiet", *packages])
    return python


def seconds(python: Path, places: Sequence[str], threads: int) -> dict[str, float]:
    """Return the seconds of a step of one picture by place; CPU seconds, if there is no CUDA.

    Raises:
        RuntimeError: why it did not run.
    """
    told = _run([str(python), __file__, str(threads), *places], OMP_NUM_THREADS=str(threads))
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def _run(command: Sequence[str], **variables: str) -> str:
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **variables}
    )
    if result.returncode:
        raise RuntimeError(" ".join(result.stderr.splitlines()[-1:]))
    return result.stdout


def _measure(threads: int, places: Sequence[str]) -> None:
    import torch
    import torchvision
    from lucent.optvis import render  # type: ignore[import-not-found]  # in its own environment

    torch.set_num_threads(threads)
    clock = time.perf_counter if torch.cuda.is_available() else time.process_time
    torch.manual_seed(0)
    module = torchvision.models.resnet50(weights=None).eval()
    module.to("cuda" if torch.cuda.is_available() else "cpu")
    found = {}
    for place in places:

        def taken(steps: int, place: str = place) -> float:
            began = clock()
            render.render_vis(
                module, f"{place}:0", thresholds=(steps,), show_image=False, progress=False
            )
            return clock() - began

        taken(1)
        found[place] = min(taken(1 + _STEPS) - taken(1) for _ in range(2)) / _STEPS
    print(json.dumps(found))


if __name__ == "__main__":
    _measure(int(sys.argv[1]), sys.argv[2:])
