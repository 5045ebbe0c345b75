from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable

import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network, load_network


def small(seed: int = 0, stride: int = 1) -> Network:
    torch.manual_seed(seed)
    module = nn.Sequential(nn.Conv2d(3, 4, 3, stride=stride), nn.BatchNorm2d(4), nn.ReLU())
    return Network("small", module, InputSpec(height=32, width=32, resize=32))


def test_the_same_network_has_the_same_id() -> None:
    assert small().id == small().id
    assert len(small().id) == 16


def test_what_changes_the_result_changes_the_id() -> None:
    other_buffer = small()
    other_buffer.module[1].running_mean[2] = 0.5
    half = small()
    half.module.half()
    networks = [
        small(),
        small(seed=1),
        small(stride=2),
        other_buffer,
        half,
        dataclasses.replace(small(), input=small().input.at(48, 48)),
        dataclasses.replace(small(), classes=("a", "b")),
    ]
    assert len({network.id for network in networks}) == len(networks)


def test_buffers_outside_the_state_dict_count() -> None:
    def with_table(value: float) -> Network:
        module = nn.Conv2d(3, 4, 3)
        nn.init.zeros_(module.weight)
        nn.init.zeros_(module.bias)
        module.register_buffer("table", torch.tensor(value, dtype=torch.bfloat16), persistent=False)
        return Network("table", module)

    assert with_table(1).id == with_table(1).id != with_table(2).id


def test_another_forward_of_the_same_modules_has_another_id(code: Callable[[str], str]) -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 1)
        self.act = lambda x: x

    def forward(self, x):
        return self.conv(x) * 2

def build():
    torch.manual_seed(0)
    return Net()
"""
    reference = code(text) + ":build"
    first, again = load_network(reference).id, load_network(reference).id
    code(text.replace("* 2", "* 3"))
    assert first == again != load_network(reference).id


def test_is_the_same_in_another_process() -> None:
    program = (
        "import torch; from torch import nn; from cnnwalk.networks import *; torch.manual_seed(0);"
        "m = nn.Sequential(nn.Conv2d(3, 4, 3, stride=1), nn.BatchNorm2d(4), nn.ReLU());"
        "print(Network('small', m, InputSpec(height=32, width=32, resize=32)).id)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == small().id
