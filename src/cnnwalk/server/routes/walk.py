"""The walk itself, its networks as they stand, and the statistics of their weights."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from cnnwalk.layout import Course
from cnnwalk.server.caching import revalidate, tag
from cnnwalk.server.halls import view_of
from cnnwalk.server.messages import Classes, Hall, Health, WalkInfo, WeightStatistics
from cnnwalk.server.routes.state import network_of, walk_of

router = APIRouter(prefix="/api", tags=["walk"])


@router.get("/health")
async def get_health(request: Request) -> Health:
    """Say that the server lives; a new `instance` means that it was started anew."""
    return Health(instance=walk_of(request).instance)


@router.get("/walk")
async def get_walk(request: Request) -> WalkInfo:
    """What a page needs first."""
    return walk_of(request).info()


@router.get("/networks/{network}/hall", response_model=Hall)
def get_hall(
    request: Request,
    network: str,
    collapsed: Annotated[list[str] | None, Query()] = None,
    depth: Annotated[int | None, Query(ge=0)] = None,
    course: Course = "straight",
) -> Response:
    """A network's graph and how it stands in space.

    Of its blocks, those in `collapsed` are shown as one layer, or all that lie deeper than
    `depth` levels; with neither, none.
    """
    served = network_of(request, network)
    view = view_of(served.graph, collapsed or (), depth=depth, course=course)
    headers = revalidate(request, tag("hall", network, view.course, *view.collapsed))
    hall = walk_of(request).halls.read(network, served.graph, view)
    return Response(hall, headers=headers, media_type="application/json")


@router.get("/networks/{network}/classes")
def get_classes(request: Request, response: Response, network: str) -> Classes:
    """What the classes are called, and the layers whose channels they are."""
    served = network_of(request, network)
    response.headers.update(revalidate(request, tag("classes", network)))
    return served.classes()


@router.get("/networks/{network}/weights")
def get_weights(request: Request, response: Response, network: str) -> WeightStatistics:
    """Statistics of the weights of every layer that has some."""
    served = network_of(request, network)
    response.headers.update(revalidate(request, tag("weights", network)))
    statistics = walk_of(request).passes.weight_statistics(served.network.id)
    return WeightStatistics(network=network, layers=statistics)
