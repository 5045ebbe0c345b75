"""A network of the walk: a module, what it takes, and the names of what it says."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from cnnwalk.networks.crop import Crop, Size, find_crop
from cnnwalk.networks.identity import content_id

Interpolation = Literal["bicubic", "bilinear"]
Task = Literal["classification", "segmentation", "detection"]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
MAX_SIDE = 4096

_FILTERS = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
}
_MODES = {1: "L", 3: "RGB"}


class NetworkError(ValueError):
    """A network cannot be had; the message is a sentence for people."""


@dataclasses.dataclass(frozen=True)
class InputSpec:
    """What a network takes, and how an image is made into it.

    Attributes:
        channels: 3 for colour, 1 for grayscale.
        height: of the input in pixels.
        width: of the input in pixels.
        mean: per channel, for values in 0..1.
        std: per channel, for values in 0..1.
        resize: the image's shorter side in pixels, before the centre crop.
        interpolation: of the scaling, which is antialiased.

    Raises:
        NetworkError: an attribute is out of its range.
    """

    channels: int = 3
    height: int = 224
    width: int = 224
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    resize: int = 256
    interpolation: Interpolation = "bicubic"

    def __post_init__(self) -> None:
        if self.channels not in _MODES:
            raise NetworkError(
                f"An input of {self.channels} channels cannot be made from an image: "
                "networks of 1 channel (grayscale) or 3 channels (RGB) can be walked."
            )
        for name in ("height", "width", "resize"):
            value = getattr(self, name)
            if not 1 <= value <= MAX_SIDE:
                raise NetworkError(
                    f"The input's {name} is {value} pixels: give a size of 1 to {MAX_SIDE}."
                )
        if len(self.mean) != self.channels or len(self.std) != self.channels:
            raise NetworkError(
                f"The input has {self.channels} channels but {len(self.mean)} means and "
                f"{len(self.std)} standard deviations: give one of each per channel."
            )
        if not all(math.isfinite(value) for value in self.mean) or not all(
            math.isfinite(value) and value > 0 for value in self.std
        ):
            raise NetworkError(
                f"The input's mean {self.mean} and standard deviation {self.std} must be "
                "finite, and the standard deviation above 0."
            )
        if self.interpolation not in _FILTERS:
            raise NetworkError(
                f"The interpolation {self.interpolation!r} is not known: "
                f"give one of {', '.join(_FILTERS)}."
            )

    def at(self, height: int, width: int) -> InputSpec:
        """Return the same for another size, with the same part of the image inside the crop."""
        scale = self.resize / min(self.height, self.width)
        resize = min(MAX_SIDE, max(1, round(scale * min(height, width))))
        return dataclasses.replace(self, height=height, width=width, resize=resize)


@dataclasses.dataclass(eq=False)
class Network:
    """A module to walk through; it is put into eval mode.

    Attributes:
        name: for people.
        module: takes one tensor of shape (1, C, H, W), float32.
        input: how an image becomes that tensor.
        classes: names of the output's values in order, None when it does not classify.
        description: where its weights come from, for people.
        task: what its output says: classes of the image, a class for each pixel, or boxes
            as torchvision's detection networks return them.
    """

    name: str
    module: nn.Module
    input: InputSpec = dataclasses.field(default_factory=InputSpec)
    classes: tuple[str, ...] | None = None
    description: str = ""
    task: Task = "classification"

    def __post_init__(self) -> None:
        self.module.eval()

    @functools.cached_property
    def id(self) -> str:
        """16 hex digits that name the architecture, weights, input, class names and task."""
        return content_id(self.module, (self.input, self.classes, self.task))

    def prepare(self, image: Image.Image) -> Tensor:
        """Make the network's input of an image.

        The shorter side is scaled to ``input.resize``, the centre is cropped, values go
        to 0..1 and are normalized: what torchvision's and timm's evaluation transforms do.

        Args:
            image: of any size from 1x1 and any mode that PIL converts to RGB.

        Returns:
            float32 of shape (1, C, H, W), on the module's device.
        """
        spec = self.input
        picture = _scale_and_crop(image.convert(_MODES[spec.channels]), self.crop(image.size), spec)
        # A copy, since an array that shares PIL's memory is read-only.
        pixels = torch.from_numpy(np.array(picture, dtype=np.uint8))
        values = pixels.reshape(spec.height, spec.width, spec.channels).permute(2, 0, 1)
        mean = torch.tensor(spec.mean, dtype=torch.float32)[:, None, None]
        std = torch.tensor(spec.std, dtype=torch.float32)[:, None, None]
        normalized = (values.to(torch.float32) / 255 - mean) / std
        return normalized[None].contiguous().to(self._device())

    def crop(self, size: Size) -> Crop:
        """Return how an image of this width and height becomes the network's input."""
        return find_crop(size, (self.input.width, self.input.height), self.input.resize)

    def arguments(self, prepared: Tensor) -> tuple[object, ...]:
        """Return the positional arguments of the module's forward for a prepared image.

        Detection networks take a list of images (C, H, W), all others the batch of one.
        """
        return ([prepared[0]],) if self.task == "detection" else (prepared,)

    def example_input(self) -> Tensor:
        """Return mid-grey, normalized: float32 (1, C, H, W) on the module's device."""
        spec = self.input
        return self.prepare(Image.new("L", (spec.width, spec.height), 128))

    def _device(self) -> torch.device:
        for tensor in (*self.module.parameters(), *self.module.buffers()):
            return tensor.device
        return torch.device("cpu")


def _scale_and_crop(picture: Image.Image, crop: Crop, spec: InputSpec) -> Image.Image:
    if crop.kept != (0, 0, *picture.size):
        picture = picture.crop(crop.kept)
    return picture.resize(crop.scaled, _FILTERS[spec.interpolation]).crop(crop.box)
