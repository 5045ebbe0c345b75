"""Passes: an image through a network, as a stream of frames."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from cnnwalk.graph import maps_shape
from cnnwalk.server.caching import revalidate, tag
from cnnwalk.server.problems import ProblemError, not_found
from cnnwalk.server.routes.state import image_of, network_of, walk_of
from cnnwalk.server.served import ServedNetwork
from cnnwalk.wire import Level, ValuesHeader, encode_frame

FRAMES_MEDIA_TYPE = "application/vnd.cnnwalk.frames"

_CHUNK = 2**20

_FRAMES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "a row of frames, see FrameHeader",
        "content": {FRAMES_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}

router = APIRouter(prefix="/api/networks/{network}/passes/{image}", tags=["passes"])


@router.get("", response_class=Response, responses=_FRAMES)
async def get_pass(
    request: Request,
    network: str,
    image: str,
    level: Level = "base",
    layers: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """The pass, started where it has not been yet.

    At level `base` the stream has every layer in order of execution, each as soon as it is
    computed, then the result. At level `detail` it has the asked layers, in the asked order.
    """
    served = network_of(request, network)
    _check_layers(served, level, layers)
    immutable = revalidate(request, tag("pass", network, image, level, *(layers or ())))
    stored = image_of(request, image)
    started = walk_of(request).passes.start(served.network.id, image, stored.image)
    # A pass that still runs may yet fail, and a failure must not stay in a browser's cache.
    headers = immutable if started.finished else None
    return StreamingResponse(
        _chunks(started.frames(level, layers)), headers=headers, media_type=FRAMES_MEDIA_TYPE
    )


@router.get("/layers/{layer}/maps/{channel}", response_class=Response, responses=_FRAMES)
async def get_map(
    request: Request,
    network: str,
    image: str,
    layer: str,
    channel: Annotated[int, Path(ge=0)],
) -> Response:
    """One feature map in its true values: a single frame with a ValuesHeader."""
    served = network_of(request, network)
    channels = maps_shape(served.layer(layer).shape)[0]
    if channel >= channels:
        raise not_found("channel", str(channel), f"layer {layer!r} has 0 to {channels - 1}")
    headers = revalidate(request, tag("map", network, image, layer, str(channel)))
    stored = image_of(request, image)
    values = await run_in_threadpool(walk_of(request).values, served, stored, layer, channel)
    height, width = values.shape
    header = ValuesHeader(layer=layer, channel=channel, shape=(height, width))
    return Response(
        encode_frame(header, values.data), headers=headers, media_type=FRAMES_MEDIA_TYPE
    )


def _check_layers(served: ServedNetwork, level: Level, layers: list[str] | None) -> None:
    if (level == "detail") != bool(layers):
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "Level 'detail' needs layers=ID at least once, level 'base' takes none; "
            f"got level {level!r} and {len(layers or ())} layers.",
        )
    for layer, times in Counter(layers).items():
        served.layer(layer)
        if times > 1:
            raise ProblemError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"Layer {layer!r} is asked {times} times; ask once.",
            )


async def _chunks(frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Cut large frames, so that a slow reader never holds more than a chunk in the socket."""
    async with aclosing(frames) as open_frames:
        async for frame in open_frames:
            for start in range(0, len(frame), _CHUNK):
                yield frame[start : start + _CHUNK]
                # Cached frames never wait, and only a waiting stream hears that its reader left.
                await asyncio.sleep(0)
