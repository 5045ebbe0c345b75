"""What newcomers write in place of a network, and whether the message names the line to change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network, NetworkError, load_network, network_from_module

Code = Callable[[str], str]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "class Net(nn.Module): pass\ndef build():\n    if True:\n        return Net",
            r"mine.py, line 6\) gives the class Net, .*call it, as in: return Net\(\)",
        ),
        ("def build(): nn.Conv2d(3, 1, 1)", r"line 3\) gives nothing: end it with.*return model"),
        ("def build():\n    yield nn.Conv2d(3, 1, 1)", "generator: write return in place of yield"),
        ("async def build(): return 1", "coroutine: write def in place of async def"),
        (
            "def build():\n    return nn.Conv2d(3, 1, 1).state_dict()",
            r"line 4\) gives weights without a network: .* load_state_dict",
        ),
        (
            "def build(): return nn.Conv2d(3, 1, 1), 3",
            "tuple of several things: return the network",
        ),
        ("def inner(): pass\ndef build(): return inner", r"the function inner: call it"),
        (
            "def build(size, depth=2, *, classes): pass",
            r"line 3\) needs the arguments size, classes.*return build\(size=…, classes=…\)",
        ),
        (
            "class build(nn.Module):\n    def __init__(self, width): super().__init__()",
            r"needs the arguments width, .*: def make\(\): return build\(width=…\)",
        ),
        (
            "import cnnwalk\ndef build():\n    return cnnwalk.Network('net', nn.ReLU)",
            r"module of a cnnwalk.Network is of type type: write .*mine.py, line 5",
        ),
        (
            "import cnnwalk\ndef build():\n    return cnnwalk.Network('net', nn.ReLU(), (3, 8, 8))",
            r"input of a cnnwalk.Network is of type tuple: write cnnwalk.Network",
        ),
        (
            "import cnnwalk\ndef build():\n    return cnnwalk.Network('n', nn.Flatten(), "
            "cnnwalk.InputSpec(1, 2, 2), ('a', 'b', 'c'))",
            r"3 class names, but n has 4 classes: give 4 .* network is made in mine.py, line 5",
        ),
    ],
)
def test_what_a_function_gives_in_place_of_a_network(code: Code, text: str, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        load_network(f"{code(text)}:build")


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("from torch.nn import ReLU as build\nbuild = 3", "build", 4),
        ("build: int = 3", "build", 3),
        ("other, build = 1, 2", "build", 3),
        ("import math as build", "build", 3),
        ("if True:\n    build = 3", "build", None),
    ],
)
def test_the_line_where_a_name_is_defined(
    code: Code, text: str, name: str, line: int | None
) -> None:
    place = "" if line is None else f", line {line}"
    with pytest.raises(NetworkError, match=rf":build \(.*mine\.py{place}\) gives"):
        load_network(f"{code(text)}:{name}")


class Masked(nn.Module):
    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return image * mask


class Silent(nn.Module):
    def forward(self, x: torch.Tensor) -> None:
        x.relu()


class Unnamed(nn.Module):
    pass


class Stray(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.scale = torch.ones(4, 1, 1, device="meta")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.conv(x) * self.scale).cpu()


def mixed() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1).double())


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (Masked(), r"forward takes image, mask, but a walk gives it an image alone"),
        (Unnamed(), r"Give Unnamed a method forward\(self, x\)"),
        (nn.ModuleList([nn.ReLU()]), "Give ModuleList a method forward"),
        (Stray(), "another device than its parameters: .*register_buffer"),
        (mixed(), r"another type than others: call \.float\(\)"),
        (
            Silent(),
            r"forward of Silent returns nothing \(.*test_mistakes.py, line \d+\): end it",
        ),
        (nn.Conv3d(4, 2, 1), r"Conv3d cannot take an input of shape \(1, 3, 8, 8\)"),
        (nn.Conv2d(3, 2, 9), r"--input-size HxW, or let your code return it with its own"),
        (nn.Conv2d(3, 2, 1, device="meta"), "no values in weight, which is on the device meta"),
    ],
)
def test_a_network_that_cannot_run_is_said_with_the_way_out(module: nn.Module, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        network_from_module(module, input_size=(8, 8))


def test_channels_that_a_network_does_not_take_are_said_with_those_it_takes(code: Code) -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.late = nn.Conv2d(3, 4, 1)
        self.first = nn.Conv2d(7, 3, 1)

    def forward(self, x):
        return self.late(self.first(x))
"""
    with pytest.raises(NetworkError, match=r"InputSpec\(channels=7\)\).* made in mine.py, line 4"):
        load_network(f"{code(text)}:Net")
    network = Network("net", nn.Conv2d(7, 3, 1), InputSpec(channels=7))
    assert network.module(network.example_input()).shape == (1, 3, 224, 224)


def test_a_module_is_moved_to_the_device_that_is_asked_for(code: Code) -> None:
    reference = code("def build(): return nn.Conv2d(3, 1, 1, device='meta')")
    with pytest.raises(NetworkError, match=r"device meta: build it .* made in mine.py, line 3"):
        load_network(f"{reference}:build", device="cpu")
    with pytest.raises(NetworkError, match="device 'cuda:77' cannot be used"):
        load_network("demo", device="cuda:77")


def test_a_file_that_is_no_code(tmp_path) -> None:
    torch.save(nn.ReLU(), tmp_path / "model.pt")
    with pytest.raises(NetworkError, match=r"pt is a file, but a network is code: .*--weights"):
        load_network(str(tmp_path / "model.pt"))
