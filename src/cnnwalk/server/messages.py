"""The JSON that the server and the page exchange; the client's types are generated from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from cnnwalk.featvis import Measure, Mode
from cnnwalk.graph import Graph
from cnnwalk.layout import Arrangement, Course
from cnnwalk.wire import Statistics

if TYPE_CHECKING:
    from cnnwalk.images import StoredImage


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


class Classes(_Message):
    """Names of a network's classes in their order; none where it names no classes."""

    names: list[str]
    layers: list[str] = Field(description="ids of the layers whose channels are the classes")


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
    origin: Literal["dataset", "upload", "noise", "visualization"]
    name: str
    label: str | None = Field(description="class name, where there is one")

    @classmethod
    def of(cls, stored: StoredImage) -> ImageInfo:
        """Describe an image that is held."""
        return cls(
            id=stored.id,
            width=stored.width,
            height=stored.height,
            channels=stored.channels,
            origin=stored.origin,
            name=stored.name,
            label=stored.label,
        )


class WalkInfo(_Message):
    """What a page needs first. `instance` is new with every start of the server."""

    version: str
    instance: str
    networks: list[NetworkSummary]
    datasets: list[DatasetSummary]
    first_image: ImageInfo | None = Field(description="the image that is inserted on arrival")
    together: bool = Field(description="whether an image goes into all networks at once")


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


Metres = Annotated[float, Field(ge=-10_000, le=10_000, allow_inf_nan=False)]


class Placement(_Message):
    """Where a panel stands otherwise than the layout has it, all about its centre."""

    x: Metres = Field(0, description="by how much it is moved, in m")
    y: Metres = 0
    z: Metres = 0
    yaw: float = Field(
        0, ge=-3.15, le=3.15, allow_inf_nan=False, description="turned to the left, in rad"
    )
    scale: float = Field(1, ge=0.05, le=20, allow_inf_nan=False)


class Placements(_Message):
    """How the panels of a view stand: by layer id, those that were moved.

    `revision` counts the changes that were kept. Who changes something says which revision it was
    that they changed.
    """

    revision: int = Field(ge=0)
    placements: dict[str, Placement]


class ChannelFigures(_Message):
    """What each channel of a layer is like in a pass, over its finite values.

    None where a channel has no finite value.
    """

    mean: list[float | None]
    maximum: list[float | None]


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


class VisualizationAsked(_Message):
    """Asks for pictures of a layer; what is there already is not made again."""

    layer: str = Field(description="id, of the graph with nothing collapsed")
    channels: list[NonNegativeInt] | None = Field(None, description="None for all of the layer")
    mode: Mode | None = Field(None, description="None for what suits the layer")
    steps: int | None = Field(None, description="None for as many as the mode takes by itself")
    seed: int = Field(0, ge=0, le=2**32 - 1)
    start: str | None = Field(None, description="id of the image to begin with; None for noise")
    measure: Measure = "mean"
    neuron: tuple[int, int] | None = Field(
        None, description="(row, column) of the one value of each map that counts"
    )
    quantile: float = 0.9
    anew: bool = Field(False, description="whether pictures that are there are made once more")


class ChannelsSeen(_Message):
    """The channels of a layer that somebody looks at now: they are made first."""

    channels: list[NonNegativeInt]


class Visualization(_Message):
    """The feature visualization of a layer under one set of settings: a job.

    `id` names the network, the layer, the settings, the seed and the start, not the channels that
    were asked for. A picture of it is the same whenever it is made.
    """

    id: str
    network: str
    layer: str
    mode: Mode
    steps: int
    seed: int
    start: str | None = Field(description="id of the image that it begins with; None for noise")
    state: Literal["waiting", "running", "paused", "done", "cancelled", "failed"]
    problem: str | None = Field(description="a sentence on what went wrong")
    channels: int = Field(description="how many the layer has")
    done: list[int] = Field(description="channels that are finished, the dead ones among them")
    before_activation: list[int] = Field(
        description="channels whose picture maximizes the value before the activation function, "
        "since after it they are silent"
    )
    dead: list[int] = Field(description="channels that are silent there, too: without a picture")
    forming: list[int] = Field(description="channels that are being made, in the preview's order")
    waiting: int = Field(description="number of channels that are asked for and not begun")
    step: int = Field(description="of the channels that form, 1-based; 0 before the first")
    revision: int = Field(description="of the preview; 0 when there is none")
    seconds_left: float | None = Field(description="an estimate; None where there is none yet")


class VisualizedChannel(_Message):
    """A finished picture, as an image that can be inserted, and what the network says to it.

    `silence` is ``before_activation`` for a picture that maximizes the value before the activation
    function, ``dead`` where the channel is silent there, too, and there is no picture; then
    all that depends on one is None.
    """

    channel: int
    image: ImageInfo | None
    silence: Literal["before_activation", "dead"] | None
    before: float | None = Field(description="the channel's value for what the picture began with")
    after: float | None = Field(description="the channel's value for the picture")
    probability: float | None = Field(description="of the class, where the layer has scores")
    rank: int | None = Field(description="of the class among all classes, 1-based")
    class_name: str | None


class VisualizationEstimate(_Message):
    """How long pictures of all channels would take, as far as they are not in the cache."""

    seconds: dict[str, float] = Field(description="by layer id")
    total: float = Field(description="of all layers, in s")
    channels: dict[str, int] = Field(description="by layer id: how many there are")
    cached: dict[str, int] = Field(description="by layer id: how many need not be made")


class Problem(_Message):
    """An error, as in RFC 9457; `detail` is a sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
