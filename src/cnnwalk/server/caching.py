"""HTTP caching of what never changes under its address (RFC 9110 section 8.8, RFC 8246)."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException

_IMMUTABLE = "private, max-age=31536000, immutable"


def tag(*parts: str) -> str:
    """Return the strong ETag of the resource that these parts name."""
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


def immutable_headers(etag: str) -> dict[str, str]:
    """Return the headers of an answer that may be kept forever."""
    return {"ETag": etag, "Cache-Control": _IMMUTABLE}


def revalidate(request: Request, etag: str) -> dict[str, str]:
    """Return the headers of the immutable answer tagged `etag`.

    Raises:
        HTTPException: 304, when the client already holds it.
    """
    headers = immutable_headers(etag)
    held = request.headers.get("if-none-match", "")
    if any(candidate.strip().removeprefix("W/") in {etag, "*"} for candidate in held.split(",")):
        raise HTTPException(HTTPStatus.NOT_MODIFIED, headers=headers)
    return headers
