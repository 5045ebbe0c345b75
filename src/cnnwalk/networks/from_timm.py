"""Networks of timm by name; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import huggingface_hub
import timm
from timm.data.config import resolve_model_data_config
from timm.data.imagenet_info import infer_imagenet_subset
from torch import nn

from cnnwalk.networks.imagenet import imagenet_classes
from cnnwalk.networks.network import InputSpec, Network, NetworkError
from cnnwalk.networks.offline import cached_download, describe_random, seeded_weights
from cnnwalk.networks.weights import fit_weights, read_weights
from cnnwalk.references import suggest


def timm_network(name: str, weights: Path | None) -> Network:
    """Return the network that timm calls `name`, with the input of its default configuration.

    Args:
        name: such as ``convnext_tiny`` or ``resnet50.a1_in1k``.
        weights: a state dict in timm's names; None for timm's own, where they are in the cache.

    Raises:
        NetworkError: the name is not known or the weights do not fit.
    """
    known = timm.list_models()
    if name.partition(".")[0] not in known:
        raise NetworkError(
            f"timm has no network {name!r}{suggest(name, known)}: timm.list_models() names all."
        )
    try:
        with seeded_weights():
            module = timm.create_model(name, pretrained=False)
    except RuntimeError as error:  # the part after the dot is no known set of weights
        raise NetworkError(
            f"timm cannot build {name!r}: {error}. "
            f"timm.list_pretrained('{name.partition('.')[0]}*') names the sets of weights."
        ) from error
    published = cast(Mapping[str, object], module.pretrained_cfg)
    path = weights or _cached(published)
    if path is None:
        recipe = f"timm.create_model({name!r}, pretrained=True)"
        description = describe_random(
            recipe if published.get("hf_hub_id") or published.get("url") else None
        )
    elif weights is None:
        _load_published(name, module, path)
        description = f"timm's weights {published.get('tag') or ''} ({path.name})"
    else:
        fit_weights(module, read_weights(path), str(path))
        description = f"weights of {path.name}"
    subset = infer_imagenet_subset(module)
    classes = imagenet_classes(subset) if subset else None
    return Network(name, module, _input(module), classes, description, "classification")


def _input(module: nn.Module) -> InputSpec:
    config = resolve_model_data_config(module)
    channels, height, width = config["input_size"]
    bilinear = config["interpolation"] == "bilinear"
    return InputSpec(
        channels=channels,
        height=height,
        width=width,
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
        resize=int(min(height, width) / config["crop_pct"]),
        interpolation="bilinear" if bilinear else "bicubic",
    )


def _cached(config: Mapping[str, object]) -> Path | None:
    """Return the file in which timm's download lies, from the hub or from a web address."""
    if config.get("custom_load"):
        return None
    repository = config.get("hf_hub_id")
    if isinstance(repository, str):
        for file in ("model.safetensors", "pytorch_model.bin"):
            found = huggingface_hub.try_to_load_from_cache(repository, file)
            if isinstance(found, str):
                return Path(found)
    url = config.get("url")
    return cached_download(url) if isinstance(url, str) and url else None


def _load_published(name: str, module: nn.Module, path: Path) -> None:
    """Load as timm does: some architectures' published weights have names of another code."""
    overlay = {"state_dict": read_weights(path)}
    try:
        loaded = timm.create_model(name, pretrained=True, pretrained_cfg_overlay=overlay)
    except RuntimeError as error:
        raise NetworkError(
            f"timm's weights in {path} do not fit {name}: delete the file, and download it anew "
            f"with timm.create_model({name!r}, pretrained=True)."
        ) from error
    module.load_state_dict(loaded.state_dict())
