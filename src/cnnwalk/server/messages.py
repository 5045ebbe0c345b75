"""The JSON that the server and the page exchange; the client's types are generated from it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cnnwalk.graph import Graph
from cnnwalk.layout import Arrangement, Course
from cnnwalk.wire import Statistics


class _Message(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class InputSpecification(_Message):
    """What a network takes; `mean` and `std` have one value per channel, for images in 0..1."""

    channels: int
    height: int
    width: int
    mean: list[float]
    std: list[float]


class NetworkSummary(_Message):
    """A network of the walk; `id` changes with the architecture, weights and input."""

    id: str
    name: str
    description: str = Field(description="where its weights come from, for people")
    input: InputSpecification
    classes: int | None = Field(description="number of classes, None when it does not classify")
    warnings: list[str]
    collapsed: list[str] = Field(description="ids of the blocks that are collapsed on arrival")
    course: Course = Field(description="how the walk runs on arrival")


class DatasetSummary(_Message):
    id: str
    name: str
    description: str
    count: int = Field(description="number of images")


class ImageInfo(_Message):
    """An image that can be inserted; `id` names its pixels, whoever brought them.

    Its picture, of the first three channels as RGB or of the first as gray, is at
    ``/api/images/{id}`` (PNG) and ``/api/images/{id}/thumbnail`` (JPEG).
    """

    id: str
    width: int
    height: int
    channels: int
    origin: Literal["dataset", "upload", "noise"]
    name: str
    label: str | None = Field(description="class name, where the dataset gives one")


class WalkInfo(_Message):
    """What a page needs first. `instance` is new with every start of the server."""

    version: str
    instance: str
    networks: list[NetworkSummary]
    datasets: list[DatasetSummary]
    first_image: ImageInfo | None = Field(description="the image that is inserted on arrival")


class Health(_Message):
    """The server lives; `instance` as in `WalkInfo`."""

    instance: str


class Hall(_Message):
    """A network's graph and how it stands in space.

    A collapsed block is one layer in `graph.layers`, under the id of the layer that makes the
    block's output; `graph.blocks` has all blocks, those inside collapsed ones too.
    """

    network: str
    graph: Graph
    arrangement: Arrangement
    collapsed: list[str] = Field(description="ids of the blocks that are collapsed")
    course: Course
    layers_in: dict[str, int] = Field(
        description="by block id: number of layers in the block with nothing collapsed"
    )


class WeightStatistics(_Message):
    """By layer id, of all layers that have weights."""

    network: str
    layers: dict[str, Statistics]


class Draw(_Message):
    """A page of a random draw: the dataset's items in the order that `seed` gives."""

    dataset: str
    seed: int
    offset: int
    total: int
    images: list[ImageInfo]
    skipped: list[str] = Field(description="a sentence on each item that cannot be read")


class Problem(_Message):
    """An error, as in RFC 9457; `detail` is a sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
