"""HTTP caching of what never changes under its address (RFC 9110 section 8.8, RFC 8246)."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException

IMMUTABLE = "private, max-age=31536000, immutable"
REVALIDATED = "private, no-cache"


def tag(*parts: str | bytes) -> str:
    """Return the strong ETag of the resource that these parts name."""
    named = b"\0".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    return f'"{hashlib.sha256(named).hexdigest()[:32]}"'


def revalidate(request: Request, etag: str, cache_control: str = IMMUTABLE) -> dict[str, str]:
    """Return the caching headers of the answer tagged `etag`, before it is computed.

    Raises:
        HTTPException: 304, when the client already holds it.
    """
    headers = {"ETag": etag, "Cache-Control": cache_control}
    held = request.headers.get("if-none-match", "")
    if any(candidate.strip().removeprefix("W/") in {etag, "*"} for candidate in held.split(",")):
        raise HTTPException(HTTPStatus.NOT_MODIFIED, headers=headers)
    return headers
