"""Networks of torchvision by name; nothing is downloaded."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import cast

from torch import nn
from torchvision.models._api import (
    WeightsEnum,
    get_model_builder,
    get_model_weights,
    list_models,
)
from torchvision.models.detection.transform import GeneralizedRCNNTransform
from torchvision.transforms import InterpolationMode
from torchvision.transforms._presets import ObjectDetection, SemanticSegmentation

from cnnwalk.networks.network import InputSpec, Network, NetworkError
from cnnwalk.networks.offline import cached_download, describe_random, seeded_weights
from cnnwalk.networks.outputs import Task
from cnnwalk.networks.weights import fit_weights, read_weights
from cnnwalk.references import suggest

# Auxiliary heads serve training alone; a network in eval mode never runs them.
_TRAINING_HEADS = ("aux", "AuxLogits")


def torchvision_network(name: str, weights: Path | None) -> Network:
    """Return the network that torchvision calls `name`.

    Input specification and class names are those of torchvision's weights: of the file
    that is used, or of the default ones.

    Args:
        name: such as ``resnet50``.
        weights: a state dict; None for torchvision's own, where they are in the cache.

    Raises:
        NetworkError: the name is not known or the weights do not fit.
    """
    known = list_models()
    if name not in known:
        raise NetworkError(
            f"torchvision has no network {name!r}{suggest(name, known)}: "
            "torchvision.models.list_models() names all."
        )
    entry, path = _weights(name, weights)
    module = _module(name, official=_is_official(entry, path))
    if path is None:
        recipe = f"torchvision.models.get_model({name!r}, weights='DEFAULT')"
        description = describe_random(recipe if entry else None)
    else:
        fit_weights(module, read_weights(path), str(path), ignore=_TRAINING_HEADS)
        description = f"weights of {path.name}"
        if entry is not None:
            own = "" if _is_official(entry, path) else "; input and class names as of "
            description += f"{own or ', '}torchvision's {entry.name}"
    spec = _input(entry, module)
    return Network(name, module, spec, _classes(entry), description, _task(entry))


def _weights(name: str, weights: Path | None) -> tuple[WeightsEnum | None, Path | None]:
    """Return torchvision's entry that is used, and the file: the given or the cached one."""
    published = get_model_weights(name)
    entries = sorted(published, key=lambda entry: entry is not getattr(published, "DEFAULT", None))
    for entry in entries:
        path = weights or cached_download(entry.url)
        if _is_official(entry, path):
            return entry, path
    return (entries[0] if entries else None), weights


def _is_official(entry: WeightsEnum | None, path: Path | None) -> bool:
    return entry is not None and path is not None and path.name == entry.url.rpartition("/")[2]


def _module(name: str, *, official: bool) -> nn.Module:
    """Build without weights; torchvision's builders download a backbone's unless told not to."""
    builder = get_model_builder(name)
    options: dict[str, object] = {"weights": None}
    if "weights_backbone" in inspect.signature(builder).parameters:
        options["weights_backbone"] = None
    if name in ("googlenet", "inception_v3"):
        # Their published weights were trained on inputs scaled otherwise, which the network
        # itself makes up for; the slow init_weights would need SciPy.
        options |= {"aux_logits": False, "init_weights": False, "transform_input": official}
    with seeded_weights():
        return builder(**options)


def _task(entry: WeightsEnum | None) -> Task:
    preset = None if entry is None else entry.transforms()
    if isinstance(preset, SemanticSegmentation):
        return "segmentation"
    return "detection" if isinstance(preset, ObjectDetection) else "classification"


def _classes(entry: WeightsEnum | None) -> tuple[str, ...] | None:
    # Weights for other tasks (optical flow) have no categories.
    categories = None if entry is None else entry.meta.get("categories")
    return None if categories is None else tuple(categories)


def _input(entry: WeightsEnum | None, module: nn.Module) -> InputSpec:
    if entry is None:
        return InputSpec()
    preset = entry.transforms()
    if isinstance(preset, ObjectDetection):
        return _own_input(cast(GeneralizedRCNNTransform, module.transform))
    resize = _side(getattr(preset, "resize_size", None), 224)
    crop = _side(getattr(preset, "crop_size", None), resize)
    bicubic = getattr(preset, "interpolation", None) == InterpolationMode.BICUBIC
    return InputSpec(
        height=crop,
        width=crop,
        mean=tuple(getattr(preset, "mean", InputSpec.mean)),
        std=tuple(getattr(preset, "std", InputSpec.std)),
        resize=resize,
        interpolation="bicubic" if bicubic else "bilinear",
    )


def _own_input(transform: GeneralizedRCNNTransform) -> InputSpec:
    """Return the input of a detection network, which scales and normalizes by itself.

    The input has the size that the network scales to, so that it is scaled once only.
    """
    side = _side(transform.fixed_size or transform.min_size, 800)
    return InputSpec(
        height=side,
        width=side,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        resize=side,
        interpolation="bilinear",
    )


def _side(size: object, default: int) -> int:
    if isinstance(size, list | tuple):
        return int(min(size)) if size else default
    return size if isinstance(size, int) else default
