"""Feature visualizations: jobs, what they tell while they run, and their pictures."""

from __future__ import annotations

from collections.abc import AsyncIterable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import NonNegativeInt, PositiveInt

from cnnwalk.featvis import Mode
from cnnwalk.server.caching import revalidate, tag
from cnnwalk.server.messages import (
    ChannelsSeen,
    Visualization,
    VisualizationAsked,
    VisualizationEstimate,
    VisualizedChannel,
)
from cnnwalk.server.routes.state import network_of, walk_of

_LARGEST_PAGE = 256

router = APIRouter(prefix="/api", tags=["visualizations"])

Channel = Annotated[int, Path(ge=0)]
Cell = Annotated[int, Query(ge=8, le=256, description="longer side of a cell in pixels")]

_GRID: dict[int | str, dict[str, object]] = {200: {"content": {"image/webp": {}}}}
_PNG: dict[int | str, dict[str, object]] = {200: {"content": {"image/png": {}}}}


@router.post("/networks/{network}/visualizations", status_code=HTTPStatus.ACCEPTED)
def post_visualization(request: Request, network: str, asked: VisualizationAsked) -> Visualization:
    """Ask for pictures of a layer; what is being made already goes on."""
    served = network_of(request, network)
    return walk_of(request).visualizations.ask(served, asked)


@router.get("/networks/{network}/visualizations/estimate")
def get_visualization_estimate(
    request: Request,
    network: str,
    layer: Annotated[list[str], Query(min_length=1)],
    mode: Mode | None = None,
    steps: PositiveInt | None = None,
) -> VisualizationEstimate:
    """How long pictures of all channels of these layers would take; no `steps` is as usual."""
    served = network_of(request, network)
    return walk_of(request).visualizations.estimate(served, layer, mode, steps)


@router.get("/visualizations")
def get_visualizations(request: Request) -> list[Visualization]:
    """Every feature visualization that was asked for, the newest last."""
    return walk_of(request).visualizations.all()


@router.get("/visualizations/events", response_class=EventSourceResponse)
async def get_visualization_events(request: Request) -> AsyncIterable[ServerSentEvent]:
    """Every change of every feature visualization, after the present state of each.

    Events are called ``visualization``, their data is a `Visualization`. A slow reader misses
    states, never the newest.
    """
    async for state in walk_of(request).visualizations.listen():
        yield ServerSentEvent(event="visualization", data=state)


@router.post("/visualizations/{visualization}/pause")
def post_visualization_pause(request: Request, visualization: str) -> Visualization:
    """Stop after the step that is being taken."""
    return walk_of(request).visualizations.pause(visualization)


@router.post("/visualizations/{visualization}/resume")
def post_visualization_resume(request: Request, visualization: str) -> Visualization:
    """Go on with what was paused."""
    return walk_of(request).visualizations.resume(visualization)


@router.post("/visualizations/{visualization}/see")
def post_visualization_see(
    request: Request, visualization: str, seen: ChannelsSeen
) -> Visualization:
    """Make the channels first that somebody looks at."""
    return walk_of(request).visualizations.see(visualization, seen.channels)


@router.delete("/visualizations/{visualization}")
def delete_visualization(request: Request, visualization: str) -> Visualization:
    """Cancel, within a step; finished pictures stay."""
    return walk_of(request).visualizations.cancel(visualization)


@router.delete("/visualizations/{visualization}/pictures")
def delete_visualization_pictures(request: Request, visualization: str) -> Visualization:
    """Cancel, and delete its pictures."""
    return walk_of(request).visualizations.delete(visualization)


@router.get(
    "/visualizations/{visualization}/previews/{revision}",
    response_class=Response,
    responses=_GRID,
)
def get_visualization_preview(
    request: Request, visualization: str, revision: Annotated[int, Path(ge=1)], cell: Cell = 64
) -> Response:
    """The pictures that form, in the order of `forming`, in rows of 16 cells."""
    headers = revalidate(request, tag("preview", visualization, str(revision), str(cell)))
    grid = walk_of(request).pictures.preview(visualization, revision, cell)
    return Response(grid, headers=headers, media_type="image/webp")


@router.get("/visualizations/{visualization}/pictures", response_class=Response, responses=_GRID)
def get_visualization_pictures(
    request: Request,
    visualization: str,
    channel: Annotated[list[NonNegativeInt], Query(min_length=1, max_length=_LARGEST_PAGE)],
    cell: Cell = 64,
) -> Response:
    """Finished pictures in the asked order, in rows of 16 cells.

    Cells are as wide and tall as the pictures, scaled; a grid of fewer than 16 is one short row.
    A cell without a picture is transparent.
    """
    asked = (visualization, str(cell), *map(str, channel))
    headers = revalidate(request, tag("pictures", *asked))
    grid, complete = walk_of(request).pictures.grid(visualization, channel, cell)
    # What is missing may yet come.
    return Response(grid, headers=headers if complete else None, media_type="image/webp")


@router.get("/visualizations/{visualization}/channels/{channel}")
def get_visualized_channel(
    request: Request, visualization: str, channel: Channel
) -> VisualizedChannel:
    """A finished picture as an image of the walk, and what the network says to it."""
    return walk_of(request).pictures.channel(visualization, channel)


@router.get(
    "/visualizations/{visualization}/channels/{channel}/png",
    response_class=Response,
    responses=_PNG,
)
def get_visualized_channel_png(request: Request, visualization: str, channel: Channel) -> Response:
    """A finished picture as a file that says in its metadata how it was made."""
    return walk_of(request).pictures.png(visualization, channel).response()


@router.get("/visualizations/{visualization}/sheet", response_class=Response, responses=_PNG)
def get_visualization_sheet(request: Request, visualization: str) -> Response:
    """All finished pictures of a layer on one sheet."""
    return walk_of(request).pictures.sheet(visualization).response()
