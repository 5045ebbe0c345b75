from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from cnnwalk.networks import Network, NetworkError, load_network, network_from_module

Code = Callable[[str], str]

SMALL = """
class Small(nn.Module):
    def __init__(self, classes=5):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, classes)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))

def build():
    return Small()

instance = Small()
number = 3
"""


@pytest.mark.parametrize("name", ["build", "Small", "instance"])
def test_a_function_a_class_or_a_module_gives_a_network(code: Code, name: str) -> None:
    network = load_network(f"{code(SMALL)}:{name}")
    assert network.name == "Small"
    assert (network.input.height, network.input.width) == (224, 224)
    assert not network.module.training
    assert "assumed" in network.description
    assert "ImageNet's mean and std" in network.description


def test_a_size_that_is_given_is_not_said_to_be_assumed(code: Code) -> None:
    network = load_network(f"{code(SMALL)}:build", input_size=(40, 60))
    assert network.example_input().shape == (1, 3, 40, 60)
    assert "input 3×40×60, assumed ImageNet's" in network.description


def test_a_network_says_itself_what_it_takes(code: Code) -> None:
    text = """
from cnnwalk.networks import InputSpec, Network

def build():
    spec = InputSpec(1, 28, 28, (0.1307,), (0.3081,), 28, "bilinear")
    module = nn.Sequential(nn.Flatten(), nn.Linear(784, 2))
    return Network("mine", module, spec, ("zero", "one"), "trained on digits")
"""
    network = load_network(f"{code(text)}:build")
    assert isinstance(network, Network)
    assert (network.name, network.classes) == ("mine", ("zero", "one"))
    assert network.example_input().shape == (1, 1, 28, 28)
    assert network.description == "weights as build made them; trained on digits"


@pytest.mark.parametrize("channels", [1, 2, 4, 12])
def test_the_channels_are_those_of_the_first_convolution(channels: int) -> None:
    network = network_from_module(nn.Conv2d(channels, 8, 3), input_size=(20, 30))
    assert network.example_input().shape == (1, channels, 20, 30)
    assert network.input.std == (0.5,) * channels
    assert f"input {channels}×20×30, assumed mean and std 0.5" in network.description


def test_a_grayscale_network_is_seen_by_its_first_convolution() -> None:
    network = network_from_module(nn.Conv2d(1, 8, 3), name="gray", input_size=(28, 28))
    assert network.input.mean == (0.5,)
    assert network.example_input().shape == (1, 1, 28, 28)
    assert network.name == "gray"


def test_a_lazy_network_gets_its_weights_from_the_trial() -> None:
    network = network_from_module(nn.Sequential(nn.LazyConv2d(8, 3), nn.LazyBatchNorm2d()))
    assert network.module.state_dict()["0.weight"].shape == (8, 3, 3, 3)
    assert len(network.id) == 16


def test_a_file_may_import_its_neighbours(code: Code, tmp_path: Path) -> None:
    (tmp_path / "my_neighbour_with_layers.py").write_text("KERNEL = 5\n")
    reference = code(
        "from my_neighbour_with_layers import KERNEL\ndef build(): return nn.Conv2d(3, 2, KERNEL)\n"
    )
    network = load_network(f"{reference}:build")
    assert network.module.kernel_size == (5, 5)


def test_a_file_may_have_the_name_of_a_module_of_python(tmp_path: Path) -> None:
    import random

    (tmp_path / "random.py").write_text(
        "from torch import nn\ndef build(): return nn.Conv2d(3, 1, 1)\n"
    )
    load_network(f"{tmp_path / 'random.py'}:build")
    assert sys.modules["random"] is random


def test_a_module_of_the_current_folder_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package_of_mine").mkdir()
    (tmp_path / "package_of_mine" / "nets.py").write_text(
        "from torch import nn\ndef build(): return nn.Conv2d(3, 1, 1)\n"
    )
    monkeypatch.chdir(tmp_path)
    assert load_network("package_of_mine.nets:build").name == "Conv2d"


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (SMALL, "biuld", "no 'biuld'.*did you mean build"),
        (SMALL, "number", r"\(.*mine.py, line 17\) gives 3, of type int: expected a torch.nn.Mod"),
        ("def build():\n    return {}['fc']", "build", r"KeyError: 'fc' \(.*mine.py, line 4\)"),
        ("def build(): raise SystemExit('usage: mine.py')", "build", "SystemExit: usage"),
        ("raise RuntimeError('no data')", "build", r"RuntimeError: no data \(.*mine.py, line 3\)"),
        ("def build(:", "build", r"SyntaxError: .*\(.*mine.py, line 3\)"),
        ("import a_library_that_is_not_there", "build", "ModuleNotFoundError: No module named"),
    ],
)
def test_code_that_gives_no_network(code: Code, text: str, name: str, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        load_network(f"{code(text)}:{name}")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("nowhere/net.py:build", "There is no file nowhere/net.py"),
        ("nowhere.net:build", "There is no Python module 'nowhere'"),
        ("json:build", "json has no 'build'"),
        ("json:", "names nothing"),
        ("nets", "no network 'nets'.*path/to/file.py:NAME"),
        ("net.py", r"net.py is a Python file: say what makes .* net.py:build\.$"),
        (__file__, r"test_user.py:test_.* It has test_"),
        (str(Path(__file__).parent / "nothing.pt"), "There is no network"),
        ("resnet50", r"no network 'resnet50' \(did you mean torchvision:resnet50 or timm:resnet50"),
    ],
)
def test_a_reference_that_leads_to_nothing(spec: str, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        load_network(spec)


def test_a_network_that_needs_another_input_is_said_with_the_shape_and_the_way_out(
    code: Code,
) -> None:
    reference = code(
        "def build():\n"
        "    return nn.Sequential(nn.Conv2d(3, 6, 5), nn.Flatten(), nn.Linear(6 * 28 * 28, 10))\n"
    )
    with pytest.raises(NetworkError) as raised:
        load_network(f"{reference}:build")
    message = str(raised.value)
    for part in ("(1, 3, 224, 224)", "RuntimeError", "--input-size", "input specification"):
        assert part in message
    assert load_network(f"{reference}:build", input_size=(32, 32)).input.height == 32


def test_a_forward_that_raises_is_said_with_its_line(code: Code) -> None:
    text = SMALL.replace("return self.fc(self.conv(x).mean((2, 3)))", "raise ValueError('tired')")
    with pytest.raises(NetworkError, match=r"ValueError: tired \(.*mine.py, line 11\)"):
        load_network(f"{code(text)}:build")


@pytest.mark.parametrize(
    "text", ["a\nb\nc\nd\ne\n", json.dumps(list("abcde")), "\ufeffa\r\nb\r\nc\r\nd\r\ne"]
)
def test_class_names_of_a_file(code: Code, tmp_path: Path, text: str) -> None:
    (tmp_path / "names").write_text(text, encoding="utf-8")
    network = load_network(f"{code(SMALL)}:build", classes=tmp_path / "names")
    assert network.classes == ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    "code_of_build",
    [
        "def build(classes=5): return nn.Linear(8, classes)",
        "def build(*, width=8, classes=5): return nn.Linear(width, classes)",
        # What means something else by that name is left alone.
        "def build(classes=('a', 'b', 'c')): return nn.Linear(8, len(classes))",
        "def build(classes=None): return nn.Linear(8, 3 if classes is None else 0)",
        "def build(classes=True): return nn.Linear(8, 3 if classes is True else 0)",
        "def build(**classes): return nn.Linear(8, 0 if classes else 3)",
        "build = nn.Linear(8, 3)",
    ],
)
def test_code_that_asks_for_the_number_of_classes_is_told(
    code: Code, tmp_path: Path, code_of_build: str
) -> None:
    (tmp_path / "names").write_text("a\nb\nc\n")
    reference = code(code_of_build) + ":build"
    network = load_network(reference, classes=tmp_path / "names", trial=False)
    assert network.module.out_features == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a\nb\n", "There are 2 class names, but Small has 5 classes: give 5 names"),
        (b"", "no class names"),
        (b"[1, 2, 3, 4, 5]", "no class names"),
        (b'{"a": 1}', "no class names"),
        (b'["a", ', "no class names"),
        (b"\xff\xfe\x00\x01", "cannot be read"),
        (None, "There is no file of class names"),
    ],
)
def test_class_names_that_do_not_fit(
    code: Code, tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "names").write_bytes(content)
    with pytest.raises(NetworkError, match=said):
        load_network(f"{code(SMALL)}:build", classes=tmp_path / "names")


def test_class_names_for_a_network_that_does_not_classify() -> None:
    with pytest.raises(NetworkError, match=r"Tensor of shape \(1, 2, 4, 4\)"):
        network_from_module(nn.Conv2d(3, 2, 2, 2), classes=["a", "b"], input_size=(8, 8))


def test_nothing_is_asked_to_keep_gradients() -> None:
    seen: list[bool] = []

    class Watcher(nn.Conv2d):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(torch.is_grad_enabled())
            return super().forward(x)

    network_from_module(Watcher(3, 2, 1))
    assert seen == [False]
