"""What is measured of one trained network: numbers that turn into JSON and back, and arrays.

The formulas stand in docs/study-measures.md.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cnnwalk.featvis.picture import Silence
from cnnwalk.pixels import Pixels
from cnnwalk.study.measures.settings import MeasureSettings
from cnnwalk.study.trained import About

Place = Literal["1", "2", "3", "4", "last convolution"]
"""Where feature maps are measured: after the activation function at four depths, and the last
convolution's own values."""
PLACES: tuple[Place, ...] = typing.get_args(Place)

PicturePlace = Literal["first convolution", "1", "2", "3", "4", "class"]
"""What feature visualizations are made of, in the order of the paper's Tables 6 to 8."""
PICTURE_PLACES: tuple[PicturePlace, ...] = typing.get_args(PicturePlace)


@dataclasses.dataclass(frozen=True)
class MapMeasures:
    """What the feature maps of one layer are like, over `MeasureSettings.images` test images.

    Attributes:
        place: where in the network.
        layer: path of the module.
        channels: how many feature maps.
        height: of a map in pixels; below 8 or so smoothness says little.
        width: as `height`.
        geary: squared difference of neighbours over twice the variance, the median over maps:
            1 for white noise, less for smooth maps; None where all maps are constant.
        high_frequencies: share of the spectral energy above 0.25 cycles per pixel, the median
            over maps, about .80 for white noise; None as `geary`.
        constant: share of the maps without variance, which the two above leave out.
        hoyer: sparsity of the channels' strengths (the mean of a map's positive part), the mean
            over images: 0 when all channels are as strong, 1 when one has all; None where no value
            is positive.
        active: share of the channels whose greatest value exceeds a tenth of the greatest of the
            whole layer in the same image, the mean over images; None as `hoyer`.
        silent: channels that are zero on every image.
    """

    place: Place
    layer: str
    channels: int
    height: int
    width: int
    geary: float | None
    high_frequencies: float | None
    constant: float
    hoyer: float | None
    active: float | None
    silent: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Curve:
    """Test accuracy against the strength of a disturbance.

    Attributes:
        strengths: rising; 0 is undisturbed.
        accuracies: one for each strength, in 0..1.
        images: how many they are over.
    """

    strengths: tuple[float, ...]
    accuracies: tuple[float, ...]
    images: int


@dataclasses.dataclass(frozen=True)
class PictureMeasures:
    """Feature visualizations of some channels of one layer, or of classes.

    All tuples have one value for each picture; the pictures are `Measurements.pictures`.

    Attributes:
        place: where in the network.
        layer: path of the module.
        channels: 0-based; the same in every network of one architecture.
        names: for people: the classes, or ``channel 12``.
        silences: None where the channel responded to the start noise; ``before_activation`` where
            it did not, so that the picture is of its value before the activation function;
            ``dead`` where no gradient came back at all.
        contrasts: standard deviation of the pixels over that of the start noise; 0 for dead ones.
        high_frequencies: share of the spectral energy above 0.25 cycles per pixel; None for dead
            ones.
        live: whether the picture counts: no silence, and a contrast above 1.3.
    """

    place: PicturePlace
    layer: str
    channels: tuple[int, ...]
    names: tuple[str, ...]
    silences: tuple[Silence | None, ...]
    contrasts: tuple[float, ...]
    high_frequencies: tuple[float | None, ...]
    live: tuple[bool, ...]

    @property
    def live_shares(self) -> list[float]:
        """The shares of high frequencies of those pictures that count."""
        pairs = zip(self.live, self.high_frequencies, strict=True)
        return [share for live, share in pairs if live and share is not None]


@dataclasses.dataclass(frozen=True)
class ExampleImages:
    """Test images whose feature maps of the last convolution are kept: `Measurements.maps`.

    Attributes:
        images: indices into the image set's pixels; the same for every network.
        keys: names of these images for people.
        labels: what they show, as indices into the classes.
        predictions: what the network says they show, as `labels`.
        layer: path of the last convolution.
    """

    images: tuple[int, ...]
    keys: tuple[str, ...]
    labels: tuple[int, ...]
    predictions: tuple[int, ...]
    layer: str


@dataclasses.dataclass(frozen=True)
class Measurements:
    """All that is measured of one trained network.

    Attributes:
        about: the network.
        weights: hex digest of its weights.
        images: hex digest of the image set.
        settings: how much was measured.
        test_images: how many the test part has: one standard deviation of an accuracy p over n
            images is sqrt(p (1 - p) / n).
        accuracies: by what was measured, as `cnnwalk.study.accuracy.accuracies` names them.
        maps_of: one for each of `PLACES`, in that order.
        gradient_high_frequencies: of the gradient of the true class's score at the input, the
            share of the spectral energy above 0.25 cycles per pixel, the median over
            `MeasureSettings.gradients` images; None where no gradient came back.
        noise: accuracy against Gaussian noise on the normalized input.
        blur: accuracy against a Gaussian blur of the input.
        pictures_of: one for each of `PICTURE_PLACES`, in that order; empty where
            `MeasureSettings.channels` is 0.
        examples: images with their last feature maps.
        seconds: of the processor that each measure took.
        arrays: numpy's, kept beside the JSON, by name; read by `pictures` and `maps`.
    """

    about: About
    weights: str
    images: str
    settings: MeasureSettings
    test_images: int
    accuracies: dict[str, float]
    maps_of: tuple[MapMeasures, ...]
    gradient_high_frequencies: float | None
    noise: Curve
    blur: Curve
    pictures_of: tuple[PictureMeasures, ...]
    examples: ExampleImages
    seconds: dict[str, float]
    arrays: Mapping[str, Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    def pictures(self, place: PicturePlace) -> Pixels:
        """Return feature visualizations, uint8 (N, H, W, C); black where a channel is dead."""
        pictures: Pixels = self.arrays[f"pictures {place}"]
        return pictures

    def maps(self) -> npt.NDArray[np.float32]:
        """Return the last convolution's maps of `examples`, (N, K, h, w), before any activation."""
        maps: npt.NDArray[np.float32] = self.arrays["maps"]
        return maps
