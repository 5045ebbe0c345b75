"""A network of the walk: a module, what it takes, and the names of what it says."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable
from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from cnnwalk.networks.crop import Crop, Size, find_crop
from cnnwalk.networks.identity import content_id
from cnnwalk.networks.outputs import Task
from cnnwalk.pixels import AnyImage, Pixels, to_pixels, with_channels

Interpolation = Literal["bicubic", "bilinear"]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
MAX_SIDE = 4096

_FILTERS = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
}


class NetworkError(ValueError):
    """A network cannot be had; the message is a sentence for people."""


@dataclasses.dataclass(frozen=True)
class InputSpec:
    """What a network takes, and how an image is made into it.

    Attributes:
        channels: 3 for colour, 1 for grayscale, any other number for images of just as many.
        height: of the input in pixels.
        width: of the input in pixels.
        mean: per channel, or one for all, for values in 0..1; left out, ImageNet's for 3
            channels and 0.5 for others.
        std: as `mean`.
        resize: the image's shorter side in pixels, before the centre crop; left out, that of
            the input, so that only what is too long is cut off.
        interpolation: of the scaling, which is antialiased.

    Raises:
        NetworkError: an attribute is out of its range.
    """

    channels: int = 3
    height: int = 224
    width: int = 224
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    resize: int = 0
    interpolation: Interpolation = "bicubic"

    def __post_init__(self) -> None:
        if self.channels < 1:
            raise NetworkError(f"The input has {self.channels} channels: give at least 1.")
        colour = self.channels == 3
        self._fill("mean", _per_channel(self.mean, self.channels, IMAGENET_MEAN if colour else ()))
        self._fill("std", _per_channel(self.std, self.channels, IMAGENET_STD if colour else ()))
        self._fill("resize", self.resize or min(self.height, self.width))
        self._check()

    def _fill(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _check(self) -> None:
        for name in ("height", "width", "resize"):
            value = getattr(self, name)
            if not 1 <= value <= MAX_SIDE:
                raise NetworkError(
                    f"The input's {name} is {value} pixels: give a size of 1 to {MAX_SIDE}."
                )
        if len(self.mean) != self.channels or len(self.std) != self.channels:
            raise NetworkError(
                f"The input has {self.channels} channels but {len(self.mean)} means and "
                f"{len(self.std)} standard deviations: give one of each per channel, or one for "
                "all."
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
        module: takes one tensor of shape (1, C, H, W), of the type of its own parameters.
        input: how an image becomes that tensor.
        classes: names of the output's values in order, None when it does not classify.
        description: where its weights come from, for people.
        task: what its output says: classes of the image, a class for each pixel, or boxes
            as torchvision's detection networks return them; None for what the output of its
            first run shows (`task_of`).
    """

    name: str
    module: nn.Module
    input: InputSpec = dataclasses.field(default_factory=InputSpec)
    classes: tuple[str, ...] | None = None
    description: str = ""
    task: Task | None = None

    def __post_init__(self) -> None:
        _expect("module", self.module, nn.Module)
        _expect("input", self.input, InputSpec)
        self.module.eval()

    @functools.cached_property
    def id(self) -> str:
        """16 hex digits that name the architecture, weights, input, class names and task."""
        return content_id(self.module, (self.input, self.classes, self.task))

    def prepare(self, image: AnyImage) -> Tensor:
        """Make the network's input of an image.

        The image becomes what `fit` says, its values go to 0..1 and are normalized: for
        photographs what torchvision's and timm's evaluation transforms do.

        Args:
            image: of any size from 1x1.

        Returns:
            Shape (1, C, H, W), on the module's device, of its type: float32 for most.

        Raises:
            ChannelError: the image has other channels than the network.
        """
        spec = self.input
        pixels = self.fit(image)
        values = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))
        values = values.to(torch.float32)
        if pixels.dtype == np.uint8:
            values /= 255
        mean = torch.tensor(spec.mean, dtype=torch.float32)[:, None, None]
        std = torch.tensor(spec.std, dtype=torch.float32)[:, None, None]
        return ((values - mean) / std)[None].to(self._like())

    def fit(self, image: AnyImage) -> Pixels:
        """Bring an image to the network's own size and channels.

        The channels become the network's as `with_channels` says, the shorter side is scaled to
        ``input.resize``, and the centre is cropped; an image of that size stays as it is.

        Args:
            image: of any size from 1x1.

        Returns:
            Shape (H, W, C), uint8 or float32 in 0..1 as the image has.

        Raises:
            ChannelError: the image has other channels than the network.
        """
        pixels = with_channels(to_pixels(image), self.input.channels)
        left, top, right, bottom = self._crop_of(pixels).box
        return self.scale(pixels)[top:bottom, left:right]

    def scale(self, pixels: Pixels) -> Pixels:
        """Scale an image as the network does, before the centre is cropped; channels stay.

        What is scaled so is not scaled again when it is put in.

        Returns:
            Shape (h, w, C), uint8 or float32 in 0..1 as the image has.
        """
        crop = self._crop_of(pixels)
        planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
        return np.stack([_scale(plane, crop, self.input) for plane in planes], axis=2)

    def crop(self, size: Size) -> Crop:
        """Return how an image of this width and height becomes the network's input."""
        return find_crop(size, (self.input.width, self.input.height), self.input.resize)

    def _crop_of(self, pixels: Pixels) -> Crop:
        return self.crop((pixels.shape[1], pixels.shape[0]))

    def arguments(self, prepared: Tensor) -> tuple[object, ...]:
        """Return the positional arguments of the module's forward for prepared images (N, C, H, W).

        Detection networks take a list of images (C, H, W), all others the batch.
        """
        return (list(prepared),) if self.task == "detection" else (prepared,)

    def example_input(self) -> Tensor:
        """Return mid-grey, prepared like an image."""
        spec = self.input
        return self.prepare(np.full((spec.height, spec.width, 1), 128, np.uint8))

    def _like(self) -> Tensor:
        """Return a tensor of the device and type of the module's input."""
        values = [*self.module.parameters(), *self.module.buffers()]
        numbers = [tensor for tensor in values if tensor.is_floating_point()]
        device = values[0].device if values else None
        return torch.empty(0, dtype=numbers[0].dtype if numbers else None, device=device)


def _expect(name: str, given: object, kind: type) -> None:
    if not isinstance(given, kind):
        raise NetworkError(
            f"The {name} of a cnnwalk.Network is of type {type(given).__name__}: "
            "write cnnwalk.Network(name, module, cnnwalk.InputSpec(channels, height, width))."
        )


def _per_channel(given: object, channels: int, default: tuple[float, ...]) -> tuple[float, ...]:
    """Return a value for each channel: those given, one for all, or the default."""
    values = tuple(given) if isinstance(given, Iterable) else (given,)
    values = values or default or (0.5,)
    return values * channels if len(values) == 1 else values


def _scale(plane: Pixels, crop: Crop, spec: InputSpec) -> Pixels:
    """Return a channel (h, w) that is scaled; the scaling keeps floats in 0..1."""
    picture = Image.fromarray(plane).crop(crop.kept)
    values = np.array(picture.resize(crop.scaled, _FILTERS[spec.interpolation]))
    return values if values.dtype == np.uint8 else values.clip(0, 1)
