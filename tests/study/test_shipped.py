"""The shipped networks: the very weights that were trained, and what stands beside them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from cnnwalk.study import shipped as module
from cnnwalk.study.errors import StudyError
from cnnwalk.study.shipped import shipped
from cnnwalk.study.strategies import STRATEGIES
from cnnwalk.study.trained import load_trained

CARD = "MODEL_CARD.md"

# Of the tensors as they left the training (names, types, shapes, bytes): half a SHA-256.
DIGESTS = {
    "covidresnet-emoji-plain-seed0": "dcbbc3e4045c19acdfd330fe1ea229a6",
    "covidresnet-emoji-augmentation-seed0": "0cf5ba82eeb3822413ccdbe7e2072149",
    "covidresnet-emoji-shuffled-labels-seed0": "80f0388b4b65f35f4665f1790e4badb2",
    "covidresnet-emoji-noisy-copies-seed0": "296cb6fd7a33df1092175e8ff97ab3d2",
    "coviddensenet-emoji-plain-seed0": "7ea5c36556e934af10954030bc344979",
    "coviddensenet-emoji-augmentation-seed0": "601ded99b6592cb4677a1d4bd17add61",
    "coviddensenet-emoji-shuffled-labels-seed0": "b4a9272d60e0b200901b84f7e07db46b",
    "coviddensenet-emoji-noisy-copies-seed0": "e7756df0ea54a748028590698e9cc54d",
}
COLUMNS = ("train", "train_true", "validation", "test", "balanced", "test_noise")


def digest(path: Path) -> str:
    found = hashlib.sha256()
    for name, value in sorted(load_file(path).items()):
        found.update(f"{name}{value.dtype}{tuple(value.shape)}".encode())
        found.update(value.contiguous().numpy().tobytes())
    return found.hexdigest()[:32]


def test_the_weights_are_those_that_were_trained() -> None:
    assert {path.stem: digest(path) for path in shipped()} == DIGESTS


def test_each_says_what_it_is_and_computes() -> None:
    card = (shipped()[0].parent / CARD).read_text(encoding="utf-8")
    for path in shipped():
        network, about = load_trained(path)
        assert about.name == path.stem
        assert (about.data, about.split, about.seed) == ("emoji", "by emoji", 0)
        assert (about.height, about.width, about.channels) == (144, 144, 3)
        assert about.strategy in STRATEGIES
        assert all(value.dtype == torch.float32 for value in network.parameters())
        with torch.no_grad():
            assert network(torch.zeros(1, 3, 144, 144)).shape == (
                1,
                len(about.classes) == 66 and 66,
            )
        (row,) = re.findall(rf"^\| {path.stem} \|(.*)\|$", card, re.MULTILINE)
        figures = [float(cell) for cell in row.split("|")]
        assert about.accuracies == dict(zip(COLUMNS, figures, strict=True))


def test_classes_are_those_of_the_index() -> None:
    folder = shipped()[0].parent
    index = json.loads((folder / "index.json").read_text())
    for path in shipped():
        assert list(load_trained(path)[1].classes) == index["classes"]
    assert len(index["images"]) == 5321


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(StudyError, match=r"not installed: run pip install \./weights in cnnwalk's"):
        shipped()


def test_their_package_carries_card_index_and_licences() -> None:
    package = shipped()[0].parents[2]
    for name in ("Apache-2.0.txt", "MIT.txt", "NOTICE.txt"):
        assert (package / "LICENSES" / name).is_file()
    notice = (package / "LICENSES" / "NOTICE.txt").read_text()
    index = json.loads((shipped()[0].parent / "index.json").read_text())
    for source in [*index["packages"].values(), index["labels"]]:
        line = next(line for line in notice.splitlines() if source["npm"] in line)
        assert line.endswith(source["license"])
