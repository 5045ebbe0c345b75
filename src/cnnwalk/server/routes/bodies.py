"""Bodies of requests, of which nobody can send more than there is room for."""

from __future__ import annotations

from fastapi import Request

# What is too long is read on for a while, unkept: a browser that is cut off while it sends does
# not see the answer.
_DISCARDED = 3


async def read_body(request: Request, limit: int) -> bytes | None:
    """Return the body; None when it has more bytes than `limit`."""
    data = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > (1 + _DISCARDED) * limit:
            break
        if size <= limit:
            data += chunk
    return bytes(data) if size <= limit else None
