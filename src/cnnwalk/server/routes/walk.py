"""The walk itself, its networks as they stand, and the statistics of their weights."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from cnnwalk.server.caching import revalidate, tag
from cnnwalk.server.messages import Hall, Health, WalkInfo, WeightStatistics
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


@router.get("/networks/{network}/hall")
async def get_hall(request: Request, response: Response, network: str) -> Hall:
    """A network's graph and how it stands in space."""
    served = network_of(request, network)
    response.headers.update(revalidate(request, tag("hall", network)))
    return Hall(
        network=network,
        graph=served.graph,
        arrangement=served.arrangement,
        collapsed=[],
        course="straight",
    )


@router.get("/networks/{network}/weights")
def get_weights(request: Request, response: Response, network: str) -> WeightStatistics:
    """Statistics of the weights of every layer that has some."""
    served = network_of(request, network)
    response.headers.update(revalidate(request, tag("weights", network)))
    statistics = walk_of(request).passes.weight_statistics(served.network.id)
    return WeightStatistics(network=network, layers=statistics)
