from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from cnnwalk.networks import NetworkError, load_network

BUILD = "def build(): return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))\n"


@pytest.fixture
def reference(code: Callable[[str], str]) -> str:
    return code(BUILD) + ":build"


@pytest.fixture
def state() -> dict[str, Tensor]:
    torch.manual_seed(7)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).state_dict()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: {"state_dict": state, "epoch": 3},
        lambda state: {"module." + name: value for name, value in state.items()},
        lambda state: {"embedded_model." + name: value for name, value in state.items()},
        lambda state: {"model": {"module._orig_mod." + n: v for n, v in state.items()}},
    ],
)
def test_state_dicts_as_frameworks_save_them(
    reference: str,
    state: dict[str, Tensor],
    tmp_path: Path,
    wrap: Callable[[dict[str, Tensor]], object],
) -> None:
    torch.save(wrap(state), tmp_path / "saved.pth")
    network = load_network(reference, weights=tmp_path / "saved.pth")
    for name, value in network.module.state_dict().items():
        assert torch.equal(value, state[name])
    assert network.description.startswith("weights of saved.pth; ")


def test_safetensors(reference: str, state: dict[str, Tensor], tmp_path: Path) -> None:
    save_file(state, tmp_path / "saved.safetensors")
    network = load_network(reference, weights=tmp_path / "saved.safetensors")
    assert torch.equal(network.module.state_dict()["0.weight"], state["0.weight"])


def test_misfits_name_what_is_missing_too_many_and_of_another_shape(
    reference: str, state: dict[str, Tensor], tmp_path: Path
) -> None:
    del state["0.bias"]
    state["head.weight"] = torch.zeros(2)
    state["1.weight"] = torch.zeros(9)
    torch.save(state, tmp_path / "saved.pth")
    with pytest.raises(NetworkError) as raised:
        load_network(reference, weights=tmp_path / "saved.pth")
    message = str(raised.value)
    assert "saved.pth do not fit Sequential" in message
    assert "1 names are missing: 0.bias" in message
    assert "1 names are not in the network: head.weight" in message
    assert "1.weight is (9,) in the file and (4,) in the network" in message


@pytest.mark.parametrize("prefix", ["", "module."])
def test_weights_of_another_number_of_classes_say_what_to_give(
    code: Callable[[str], str], tmp_path: Path, prefix: str
) -> None:
    small = code(
        "def build(classes=5):\n"
        "    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(16, classes))\n"
    )
    state = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(16, 7)).state_dict()
    torch.save({prefix + name: value for name, value in state.items()}, tmp_path / "seven.pth")
    with pytest.raises(
        NetworkError,
        match=r"seven.pth do not fit: they have 7 classes, but the network of .*:build has 5. Give "
        "--classes FILE with 7 names: build is called with classes=7 then",
    ):
        load_network(f"{small}:build", weights=tmp_path / "seven.pth", input_size=(4, 4))
    (tmp_path / "names").write_text("\n".join("abcdefg"))
    load_network(
        f"{small}:build",
        weights=tmp_path / "seven.pth",
        classes=tmp_path / "names",
        input_size=(4, 4),
    )


def test_weights_of_another_width_are_not_taken_for_other_classes(
    code: Callable[[str], str], tmp_path: Path
) -> None:
    wide = code("def build(): return nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))\n")
    other = nn.Sequential(nn.Linear(3, 6), nn.Linear(6, 2)).state_dict()
    torch.save(other, tmp_path / "wide.pth")
    with pytest.raises(NetworkError, match=r"wide.pth do not fit Sequential \(3 shapes"):
        load_network(f"{wide}:build", weights=tmp_path / "wide.pth")


def test_a_lazy_network_takes_weights(code: Callable[[str], str], tmp_path: Path) -> None:
    torch.save({"weight": torch.ones(2, 3), "bias": torch.zeros(2)}, tmp_path / "saved.pth")
    lazy = code("def build(): return nn.LazyLinear(2)\n")
    network = load_network(f"{lazy}:build", weights=tmp_path / "saved.pth", trial=False)
    assert network.module(torch.ones(1, 3)).tolist() == [[3, 3]]


def test_of_many_misfits_the_first_are_named(reference: str, tmp_path: Path) -> None:
    torch.save({f"layer{n}": torch.zeros(1) for n in range(500)}, tmp_path / "saved.pth")
    with pytest.raises(NetworkError) as raised:
        load_network(reference, weights=tmp_path / "saved.pth")
    assert "500 names are not in the network: layer0, layer1, layer2, …" in str(raised.value)
    assert len(str(raised.value)) < 600


class Evil:
    """Unpickling it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


def test_pickled_code_is_not_run(reference: str, tmp_path: Path) -> None:
    torch.save({"state_dict": Evil(tmp_path / "owned")}, tmp_path / "evil.pth")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Evil(tmp_path / "owned")))
    torch.save(nn.Linear(1, 1), tmp_path / "whole.pth")
    for name in ("evil.pth", "plain.pth", "whole.pth"):
        with pytest.raises(NetworkError, match=r"torch\.save\(model\.state_dict\(\), path\)"):
            load_network(reference, weights=tmp_path / name)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("text.pth", b"these are no weights", "cannot be read"),
        ("empty.pth", b"", "cannot be read"),
        ("text.safetensors", b"these are no weights", "cannot be read"),
        ("empty.safetensors", b"", "cannot be read"),
        ("zip.pth", b"PK\x03\x04" + bytes(100), "cannot be read"),
    ],
)
def test_files_that_are_no_weights(
    reference: str, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NetworkError, match=said):
        load_network(reference, weights=tmp_path / name)


def test_cut_off_files(reference: str, state: dict[str, Tensor], tmp_path: Path) -> None:
    torch.save(state, tmp_path / "saved.pth")
    whole = (tmp_path / "saved.pth").read_bytes()
    for length in range(1, len(whole), len(whole) // 7):
        (tmp_path / "cut.pth").write_bytes(whole[:length])
        with pytest.raises(NetworkError, match=r"cut\.pth"):
            load_network(reference, weights=tmp_path / "cut.pth")


@pytest.mark.parametrize("content", [[1, 2], {"a": 1}, {}, torch.zeros(3)])
def test_files_that_hold_something_else(reference: str, tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "saved.pth")
    with pytest.raises(NetworkError, match="without weights: expected a state dict"):
        load_network(reference, weights=tmp_path / "saved.pth")


def test_a_missing_file(reference: str, tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"There is no weights file .*nowhere\.pth: give"):
        load_network(reference, weights=tmp_path / "nowhere.pth")
    with pytest.raises(NetworkError, match=r"There is no weights file .*, it is a folder"):
        load_network(reference, weights=tmp_path)


def test_a_checkpoint_of_several_networks_is_said_with_what_it_has(
    reference: str, state: dict[str, Tensor], tmp_path: Path
) -> None:
    torch.save({"teacher": state, "student": state, "epoch": 3}, tmp_path / "saved.pth")
    with pytest.raises(NetworkError, match="holds a dict of 'teacher', 'student', 'epoch' without"):
        load_network(reference, weights=tmp_path / "saved.pth")


def test_weights_of_before_batches_were_counted(
    reference: str, state: dict[str, Tensor], tmp_path: Path
) -> None:
    del state["1.num_batches_tracked"]
    state["1.running_mean"] += 1
    torch.save(state, tmp_path / "old.pth")
    loaded = load_network(reference, weights=tmp_path / "old.pth").module.state_dict()
    assert torch.equal(loaded["1.running_mean"], state["1.running_mean"])


def test_weights_of_another_architecture(reference: str, tmp_path: Path) -> None:
    other = nn.ModuleDict({"stem": nn.Conv2d(3, 4, 3), "head": nn.Linear(4, 2)})
    torch.save(other.state_dict(), tmp_path / "other.pth")
    with pytest.raises(NetworkError) as raised:
        load_network(reference, weights=tmp_path / "other.pth")
    message = str(raised.value)
    assert "6 names are missing: 0.weight, 0.bias, 1.weight, …" in message
    assert "4 names are not in the network: stem.weight, stem.bias, head.weight, …" in message
    assert "give weights of this architecture, or file.py:build" in message
