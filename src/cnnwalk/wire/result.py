"""What a network says about an image: the header of the frame that ends a pass."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from cnnwalk.wire.message import Message

MOST_SEGMENTS = 255
NO_SEGMENT = 255


def _is_none(value: object) -> bool:
    return value is None


def _without_default(schema: JsonDict) -> None:
    # A client that saw a default would rely on it, but what is None is left out.
    del schema["default"]


class Prediction(Message):
    """A class and the softmax probability (0..1) that the network gives it."""

    index: int
    label: str
    probability: float


class Segment(Message):
    """A class that a segmentation finds somewhere in the image.

    Attributes:
        index, label: of the class.
        color: like ``#56b4e9``, the same for a class in every image; None for the background.
        share: of the pixels, in 0..1.
    """

    index: int
    label: str
    color: str | None
    share: float


class Segmentation(Message):
    """A class for each pixel of what the network saw.

    The payload of its frame is uint8 of shape (h, w): for each pixel the place of its class in
    `segments`, or `NO_SEGMENT` where the class is not among them.

    Attributes:
        region: left, upper, right and lower edge of what the network saw, as shares (0..1) of
            the image's width and height.
        shape: (h, w) of the payload, which fills the region.
        segments: at most `MOST_SEGMENTS`, the largest first.
    """

    region: tuple[float, float, float, float]
    shape: tuple[int, int]
    segments: list[Segment] = Field(max_length=MOST_SEGMENTS)


class Detection(Message):
    """Something that a network found in the image.

    Attributes:
        index, label: of its class.
        color: like ``#56b4e9``, the same for a class in every image.
        score: 0..1, how sure the network is.
        box: left, upper, right and lower edge, as shares (0..1) of what the network saw.
    """

    index: int
    label: str
    color: str
    score: float
    box: tuple[float, float, float, float]


class Detections(Message):
    """What a network found in the image.

    Attributes:
        region: as in `Segmentation`.
        threshold: the least score of what is told.
        left_out: how many more the network returned, less certain ones.
        found: at most 100, the most certain first.
    """

    region: tuple[float, float, float, float]
    threshold: float
    left_out: int
    found: list[Detection]


class Partial(Message):
    """The pass took another path through the network than its graph shows.

    Attributes:
        layers: ids of the layers without maps: what they show did not happen.
        detail: a sentence for people.
    """

    layers: list[str]
    detail: str


class ResultHeader(Message):
    """The end of a pass.

    No payload, but for a segmentation. What a pass does not have is left out of the JSON.

    Attributes:
        predictions: at most 10, the most probable first; empty for a network that does not
            classify.
        seconds: wall time of the forward pass with its recording.
        segmentation: of a network that segments.
        detections: of a network that detects.
        partial: where the pass did not reach every layer.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    type: Literal["result"] = "result"
    predictions: list[Prediction]
    seconds: float = Field(description="wall time of the forward pass with its recording, in s")
    segmentation: Segmentation | None = Field(
        default=None, exclude_if=_is_none, json_schema_extra=_without_default
    )
    detections: Detections | None = Field(
        default=None, exclude_if=_is_none, json_schema_extra=_without_default
    )
    partial: Partial | None = Field(
        default=None, exclude_if=_is_none, json_schema_extra=_without_default
    )
