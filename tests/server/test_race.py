"""Two visitors, two images, at the same time: nobody ever sees the other's maps."""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
from PIL import Image

from cnnwalk.passes import Passes
from cnnwalk.wire import decode_frames

INSERTIONS = 50


def picture_of(seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def png_of(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def maps_of(stream):
    """Return the payloads of a stream's layers by their ids."""
    headers = [(frame.header, bytes(frame.payload)) for frame in decode_frames(stream)]
    return {header.layer: payload for header, payload in headers if header.type == "layer"}


def alone(served, image):
    """Return the base and detail maps of a pass that nothing runs beside."""
    passes = Passes()
    passes.add(served.network, served.graph)
    layers = [layer.id for layer in served.graph.layers]

    async def read(*level):
        started = passes.start(served.network.id, "alone", lambda: image)
        return b"".join([frame async for frame in started.frames(*level)])

    try:
        return maps_of(asyncio.run(read("base"))), maps_of(asyncio.run(read("detail", layers)))
    finally:
        passes.close()


def visit(server, image, expected):
    """Insert an image again and again; return how many streams were not its own."""
    base, detail = expected
    query = "&".join(f"layers={layer}" for layer in detail)
    wrong = 0
    with httpx.Client(base_url=server.base, headers=server.client.headers, timeout=60) as visitor:
        for _ in range(INSERTIONS):
            info = visitor.post("/api/images", content=png_of(image)).json()
            path = f"/api/networks/{server.network}/passes/{info['id']}"
            wrong += maps_of(visitor.get(path).content) != base
            wrong += maps_of(visitor.get(f"{path}?level=detail&{query}").content) != detail
    return wrong


def test_two_visitors_never_see_each_other_s_maps(server):
    served = server.walk.networks[server.network]
    # Room for one pass, so that passes are dropped and run again all the time.
    server.walk.passes._finished._capacity = 1
    images = [picture_of(seed) for seed in (1, 2)]
    expected = [alone(served, image) for image in images]
    for mine, other in zip(*expected, strict=True):
        assert all(mine[layer] != other[layer] for layer in mine)
    with ThreadPoolExecutor(2) as visitors:
        found = visitors.map(visit, [server] * 2, images, expected)
        assert list(found) == [0, 0]
