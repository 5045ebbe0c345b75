"""Two devices that train one network: here two processes on the CPU."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from smallsets import small_set
from torch import Tensor
from torch.nn import functional

from cnnwalk.study.draws import Purpose, generator_for, seed_for
from cnnwalk.study.lamb import Lamb
from cnnwalk.study.trained import build_network

BATCH, RATE = 12, 0.002
EPOCHS = 2  # in which the learning rate does not fall yet

SCRIPT = f"""
import sys
from pathlib import Path
import torch
from smallsets import small_set
from cnnwalk.study.machine import machine
from cnnwalk.study.recipe import Recipe
from cnnwalk.study.training import StoppedError, train

torch.set_num_threads(1)
fabric = machine("cpu", 2)
fabric.launch()

def go(seed, stop):
    recipe = Recipe({EPOCHS}, {BATCH}, {RATE})
    train(small_set(), "covidresnet", "plain", seed=seed, recipe=recipe, out=Path(sys.argv[1]),
          fabric=fabric, stop=stop)

go(0, lambda: False)
try:
    go(1, lambda: fabric.global_rank == 1)
except StoppedError as stopped:
    # In one write, since both processes have the same output.
    sys.stdout.write(f"stopped in epoch {{stopped.epoch}}\\n")
"""


def by_hand() -> dict[str, Tensor]:
    """Train as two devices do: each sees half of a batch, and the gradients' mean is followed."""
    images = small_set()
    with torch.random.fork_rng():
        torch.manual_seed(seed_for(Purpose.WEIGHTS, 0))
        module = build_network("covidresnet", len(images.classes), 3).train()
    lamb = Lamb(module.parameters(), RATE)
    pixels = (images.pixels / 255 - images.mean) / images.std
    inputs = torch.tensor(pixels, dtype=torch.float32).permute(0, 3, 1, 2).contiguous()
    labels = torch.from_numpy(images.labels)
    train = images.parts["train"]
    for epoch in range(EPOCHS):
        order = torch.randperm(len(train), generator=generator_for(Purpose.ORDER, 0, epoch))
        for batch in np.array_split(train[order.numpy()], len(train) // BATCH):
            lamb.zero_grad()
            # The first device's statistics are kept, so it comes last.
            before = {name: value.clone() for name, value in module.named_buffers()}
            for half in (batch[1::2], batch[0::2]):
                module.load_state_dict(before, strict=False)
                loss = functional.cross_entropy(module(inputs[half]), labels[half])
                (loss / 2).backward()
            lamb.step()
    return module.state_dict()


def test_each_sees_half_of_a_batch_they_learn_the_same_and_stop_together(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    paths = os.pathsep.join(map(str, [Path(__file__).parent, *filter(None, sys.path)]))
    done = subprocess.run(
        [sys.executable, script, tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths},
    )
    assert (done.returncode, done.stdout) == (0, "stopped in epoch 1\n" * 2), done.stderr
    assert "arning" not in done.stderr
    weights = load_file(tmp_path / "out" / "networks" / "covidresnet-bars-plain-seed0.safetensors")
    for name, value in by_hand().items():
        torch.testing.assert_close(weights[name], value, rtol=1e-3, atol=1e-4, msg=name)
