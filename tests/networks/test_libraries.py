from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest
import timm
import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file
from torchvision.transforms.functional import pil_to_tensor

from cnnwalk.networks import NetworkError, load_network


@pytest.mark.usefixtures("torch_home")
@pytest.mark.parametrize(
    ("name", "side", "resize", "interpolation"),
    [
        ("resnet50", 224, 232, "bilinear"),
        ("inception_v3", 299, 342, "bilinear"),
        ("googlenet", 224, 256, "bilinear"),
        ("efficientnet_b0", 224, 256, "bicubic"),
    ],
)
def test_torchvisions_input_and_classes_are_those_of_its_weights(
    name: str, side: int, resize: int, interpolation: str
) -> None:
    network = load_network(f"torchvision:{name}")

    weights = torchvision.models.get_model_weights(name).DEFAULT
    spec = network.input
    assert (spec.height, spec.width, spec.resize) == (side, side, resize)
    assert spec.interpolation == interpolation
    assert spec.mean == tuple(weights.transforms().mean)
    assert spec.std == tuple(weights.transforms().std)
    assert network.classes == tuple(weights.meta["categories"])
    assert network.name == name
    with torch.no_grad():
        assert network.module(network.example_input()).shape == (1, 1000)


@pytest.mark.usefixtures("torch_home")
def test_without_cached_weights_they_are_random_and_said_to_be() -> None:
    before = torch.random.get_rng_state()
    network = load_network("torchvision:resnet18")
    assert network.description.startswith("random weights")
    assert "--weights" in network.description
    assert network.id == load_network("torchvision:resnet18").id
    assert torch.equal(before, torch.random.get_rng_state())


def test_torchvisions_cached_weights_are_used(torch_home: Path) -> None:
    """A file of an older set of weights is taken with that set's input specification."""
    torch.manual_seed(5)
    published = torchvision.models.get_model_weights("resnet50").IMAGENET1K_V1
    state = torchvision.models.resnet50().state_dict()
    torch.save(state, torch_home / Path(published.url).name)

    network = load_network("torchvision:resnet50")

    assert torch.equal(network.module.state_dict()["conv1.weight"], state["conv1.weight"])
    assert "IMAGENET1K_V1" in network.description
    assert network.input.resize == 256


def test_published_googlenet_weights_bring_heads_that_are_left_out(torch_home: Path) -> None:
    """The true file has auxiliary heads and expects inputs that the network rescales."""
    published = torchvision.models.get_model_weights("googlenet").DEFAULT
    whole = torchvision.models.googlenet(init_weights=False)
    torch.save(whole.state_dict(), torch_home / Path(published.url).name)

    network = load_network("torchvision:googlenet")

    reference = torchvision.models.googlenet(init_weights=False, transform_input=True)
    reference.load_state_dict(whole.state_dict())
    example = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(network.module(example), reference.eval()(example))


def test_weights_of_a_file_keep_torchvisions_input(tmp_path: Path) -> None:
    save_file(torchvision.models.resnet18().state_dict(), tmp_path / "mine.safetensors")
    network = load_network("torchvision:resnet18", weights=tmp_path / "mine.safetensors")
    assert network.description == (
        "weights of mine.safetensors; input and class names as of torchvision's IMAGENET1K_V1"
    )


@pytest.mark.usefixtures("torch_home")
def test_a_segmentation_network_has_its_weights_classes_and_downloads_no_backbone() -> None:
    network = load_network("torchvision:lraspp_mobilenet_v3_large", input_size=(64, 96))
    assert network.task == "segmentation"
    weights = torchvision.models.get_model_weights(network.name)["DEFAULT"]
    assert list(network.classes or ()) == weights.meta["categories"]
    assert network.input.at(64, 96) == network.input


@pytest.mark.usefixtures("torch_home")
def test_a_detection_network_normalizes_by_itself_and_sees_the_image_as_it_is() -> None:
    network = load_network("torchvision:fasterrcnn_mobilenet_v3_large_320_fpn")
    assert network.task == "detection"
    weights = torchvision.models.get_model_weights(network.name)["DEFAULT"]
    assert list(network.classes or ()) == weights.meta["categories"]
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (320, 320, 3), np.uint8))
    (image,) = network.arguments(network.prepare(picture))[0]
    assert torch.equal(image, pil_to_tensor(picture) / 255)
    seen: list[torch.Size] = []
    body = network.module.get_submodule("backbone")
    body.register_forward_pre_hook(lambda _module, given: seen.append(given[0].shape))
    network.module([image])
    assert seen == [(1, 3, 320, 320)]


def test_timms_input_is_that_of_its_configuration(
    torch_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert not any(torch_home.iterdir())

    network = load_network("timm:resnet18")

    config = timm.data.resolve_model_data_config(timm.create_model("resnet18"))
    assert network.input.mean == config["mean"]
    assert network.input.resize == int(224 / config["crop_pct"])
    assert network.input.interpolation == config["interpolation"]
    assert network.classes is not None
    assert network.classes[967] == "espresso"
    assert network.description.startswith("random weights")
    assert network.id == load_network("timm:resnet18").id


def test_timms_cached_weights_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(3)
    model = timm.create_model("resnet18")
    repository = model.pretrained_cfg["hf_hub_id"]
    commit = hashlib.sha1(b"any", usedforsecurity=False).hexdigest()
    entry = tmp_path / f"models--{repository.replace('/', '--')}"
    (entry / "refs").mkdir(parents=True)
    (entry / "refs" / "main").write_text(commit)
    (entry / "snapshots" / commit).mkdir(parents=True)
    save_file(model.state_dict(), entry / "snapshots" / commit / "model.safetensors")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))

    network = load_network("timm:resnet18")

    assert torch.equal(
        network.module.state_dict()["conv1.weight"], model.state_dict()["conv1.weight"]
    )
    assert network.description.startswith("timm's weights")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("resnet50", "no network 'resnet50'.*torchvision:NAME"),
        ("dmo", "did you mean demo"),
        ("", "no network ''"),
        ("torchvision:resnet51", "torchvision has no network 'resnet51'.*did you mean.*resnet50"),
        ("torchvision:", "torchvision has no network ''"),
        ("timm:convnext_tinny", "timm has no network.*did you mean.*convnext_tiny"),
        ("timm:resnet18.no_such_weights", "cannot build 'resnet18.no_such_weights'"),
        ("timm:hf-hub:someone/something", "timm has no network"),
        ("torchvison:resnet50", "no library 'torchvison'.*did you mean torchvision"),
    ],
)
def test_an_unknown_network_is_said_with_what_is_near(spec: str, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        load_network(spec)


def test_a_video_network_cannot_take_an_image() -> None:
    with pytest.raises(NetworkError, match=r"r3d_18 cannot take an input of shape \(1, 3, "):
        load_network("torchvision:r3d_18")


@pytest.mark.parametrize("device", ["cuda:99", "abacus", "meta"])
def test_a_device_that_is_not_there_is_said(device: str, code: Callable[[str], str]) -> None:
    reference = code("def build(): return nn.Conv2d(3, 1, 1)\n") + ":build"
    with pytest.raises(NetworkError, match=f"device '{device}'"):
        load_network(reference, device=device)
