"""A whole layer in a pass: its values and its feature maps as files, and its channels' figures."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from cnnwalk.graph import Layer
from cnnwalk.images import StoredImage
from cnnwalk.server.caching import revalidate, tag
from cnnwalk.server.downloads import disposition, file_name
from cnnwalk.server.figures import figures_of
from cnnwalk.server.mapsheet import Colors, Scaling, map_sheet
from cnnwalk.server.messages import ChannelFigures
from cnnwalk.server.routes.state import image_of, network_of, walk_of
from cnnwalk.server.valuesfile import MEDIA_TYPE, values_file

router = APIRouter(prefix="/api/networks/{network}/passes/{image}/layers/{layer}", tags=["layers"])

_ZIP: dict[int | str, dict[str, object]] = {200: {"content": {MEDIA_TYPE: {}}}}
_PNG: dict[int | str, dict[str, object]] = {200: {"content": {"image/png": {}}}}


@dataclasses.dataclass(frozen=True)
class _Computed:
    """A layer in the pass of an image.

    Attributes:
        network: its name.
        layer: of the graph with nothing collapsed.
        image: what was put into the network.
        maps: true values, float32 of shape (C, h, w).
        headers: those of the answer, for caching.
    """

    network: str
    layer: Layer
    image: StoredImage
    maps: npt.NDArray[np.float32]
    headers: dict[str, str]


def _compute(request: Request, network: str, image: str, layer: str) -> _Computed:
    """Return the layer that is asked for, unless the client has the answer already."""
    served = network_of(request, network)
    found = served.layer(layer)
    url = request.url
    headers = revalidate(request, tag("layer", network, image, layer, url.path, url.query))
    stored = image_of(request, image)
    maps = walk_of(request).maps(served, stored, layer)
    return _Computed(served.network.name, found, stored, maps, headers)


Computed = Annotated[_Computed, Depends(_compute)]


@router.get("/figures")
def get_channel_figures(response: Response, computed: Computed) -> ChannelFigures:
    """The mean and the maximum of each channel."""
    response.headers.update(computed.headers)
    return figures_of(computed.maps)


@router.get("/values.npz", response_class=Response, responses=_ZIP)
def get_layer_values(computed: Computed) -> Response:
    """The layer's true values as a file for numpy, with the names of what they are of."""
    network, layer, image = computed.network, computed.layer, computed.image
    names = {
        "network": network,
        "layer": layer.id,
        "label": layer.label,
        "image": image.name,
        "image_id": image.id,
    }
    saved = disposition(file_name(network, layer.id, image.name, suffix=".npz"))
    return StreamingResponse(
        values_file(computed.maps, names), headers=computed.headers | saved, media_type=MEDIA_TYPE
    )


@router.get("/maps.png", response_class=Response, responses=_PNG)
def get_layer_sheet(
    computed: Computed, scaling: Scaling = "layer", colors: Colors = "paper"
) -> Response:
    """All feature maps of the layer in one picture, in the colours and the grid of its panel."""
    network, layer, image = computed.network, computed.layer, computed.image
    title = f"{network} · {layer.id} · {layer.label} · {image.name}"
    saved = disposition(file_name(network, layer.id, image.name, scaling, suffix=".png"))
    return Response(
        map_sheet(computed.maps, scaling, title, colors),
        headers=computed.headers | saved,
        media_type="image/png",
    )
