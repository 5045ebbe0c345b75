"""HEAD for all that can be got (RFC 9110 section 9.3.2), which FastAPI's routes leave out."""

from __future__ import annotations

import dataclasses

from starlette.types import ASGIApp, Receive, Scope, Send


@dataclasses.dataclass(frozen=True)
class HeadAsGet:
    """Lets `app` answer HEAD as it answers GET; uvicorn then sends the headers alone."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Change the method in a copy: uvicorn decides by its own scope what is sent."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)
