"""Which networks benchmarks/zoo.py asks about, and how each is built without its weights."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import timm
import torch
import torchvision
from hard import MODELS
from timm.data.config import resolve_model_data_config
from torch import nn
from torch.overrides import TorchFunctionMode
from torchvision.models._api import get_model, list_models

SETS = ("classification", "segmentation", "detection", "timm", "hard")
LARGE = 40_000_000
"""Networks of more parameters than this get a small image, and zeros for weights."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """A network in evaluation mode with the arguments of its forward method."""

    model: nn.Module
    example_input: Any
    side: int


def members(of: str) -> list[str]:
    """Return the names of a set's networks."""
    if of == "classification":
        return list_models(module=torchvision.models)
    if of == "segmentation":
        return list_models(module=torchvision.models.segmentation)
    if of == "detection":
        return list_models(module=torchvision.models.detection)
    if of == "hard":
        return [hard.name for hard in MODELS]
    return sorted(families())


def build(of: str, name: str) -> Subject:
    """Return a network of a set with an image as it wants it."""
    if of == "detection":
        return _detection(name)
    if of == "timm":
        return _timm(name)
    side = 299 if name == "inception_v3" else 224
    options: dict[str, Any] = {"weights": None}
    if name in {"googlenet", "inception_v3"}:
        options |= {"init_weights": False, "transform_input": True}
    if of == "segmentation":
        options |= {"weights_backbone": None}
        if not name.startswith("lraspp"):
            options |= {"aux_loss": True}
    model = _cheaply(lambda: get_model(name, **options))
    if _size(model) > LARGE and not name.startswith("vit"):
        side = 96
    return Subject(model, torch.rand(1, 3, side, side), side)


def families() -> dict[str, str]:
    """Return the smallest variant of each of timm's families, with the family's name.

    A family is what has one source file and one leading word in its names (``resnet`` and
    ``seresnet`` of resnet.py are two). Its smallest variant has the fewest parameters. It
    belongs to the set when that variant is convolutional or hybrid, that is, holds more than
    one convolution: the only one of a pure transformer or mixer cuts the image into patches.
    """
    smallest: dict[str, tuple[int, str, bool]] = {}
    for module in timm.list_modules():
        for name in timm.list_models(module=module):
            word = re.match("[a-z]+", name)
            assert word is not None, name
            with torch.device("meta"):
                model = timm.create_model(name)
            convolutions = sum(isinstance(part, _CONVOLUTIONS) for part in model.modules())
            found = (_size(model), name, convolutions > 1)
            family = f"{module}: {word.group()}"
            smallest[family] = min(smallest.get(family, found), found)
    return {name: family for family, (_, name, chosen) in smallest.items() if chosen}


_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d)


def _timm(name: str) -> Subject:
    model = _cheaply(lambda: timm.create_model(name))
    config = resolve_model_data_config(model)
    channels, height, width = config["input_size"]
    if _size(model) > LARGE and not config.get("fixed_input_size"):
        height = width = 96
    return Subject(model, torch.rand(1, channels, height, width), height)


def _detection(name: str) -> Subject:
    """Return a detector that finds boxes with random weights: every score is high enough."""
    torch.manual_seed(0)
    options: dict[str, Any] = {} if name.startswith("ssd") else {"min_size": 160, "max_size": 256}
    if "rcnn" in name:
        options |= {"rpn_pre_nms_top_n_test": 20, "rpn_post_nms_top_n_test": 10}
    else:
        options |= {"topk_candidates": 5}
    model = get_model(name, weights=None, weights_backbone=None, **options).eval()
    for part in (model, getattr(model, "roi_heads", None)):
        for threshold, value in (("score_thresh", 0.0), ("detections_per_img", 5)):
            if hasattr(part, threshold):
                setattr(part, threshold, value)
    return Subject(model, ([torch.rand(3, 192, 224)],), 192)


class _ZeroWeights(TorchFunctionMode):
    """Networks built inside have zeros for random weights: quick, and nothing is lost, as buffers
    would be on the meta device.
    """

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Iterable[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        del types
        if getattr(func, "__name__", "") in {"normal_", "uniform_", "erfinv_"}:
            weight = args[0] if args else (kwargs or {})["tensor"]
            assert isinstance(weight, torch.Tensor)
            with torch.no_grad():
                return weight.zero_()
        return func(*args, **(kwargs or {}))


def _cheaply(create: Callable[[], nn.Module]) -> nn.Module:
    """Build a network without the time that random weights take."""
    with _ZeroWeights():
        model = create().eval()
    if _size(model) <= LARGE:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.fill_(0.01)
    return model


def _size(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
