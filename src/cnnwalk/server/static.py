"""The page's files, from a table that is read once: no path from a request reaches the disk."""

from __future__ import annotations

import dataclasses
import mimetypes
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response

from cnnwalk.server.caching import IMMUTABLE, REVALIDATED, revalidate, tag
from cnnwalk.server.pages import notice

BUNDLE = Path(__file__).parent / "static"
"""Where the build of client/ leaves the page: index.html, and assets/ with hashed names."""

# The system's own table of types differs between machines.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".glb": "model/gltf-binary",
}


@dataclasses.dataclass(frozen=True)
class StaticFile:
    """A file of the page, and how long a browser may keep it."""

    content: bytes
    media_type: str
    etag: str
    cache_control: str


def read_bundle(folder: Path = BUNDLE) -> dict[str, StaticFile]:
    """Return the files by URL path, such as ``/assets/index-1a2b.js``; empty when not built."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {f"/{path.relative_to(folder).as_posix()}": _read(path, folder) for path in files}


def install_static(app: FastAPI, files: dict[str, StaticFile]) -> None:
    """Serve the table on `app`: the page at ``/``, every file at its own path."""
    page = files.get("/index.html")
    app.add_api_route("/", _sender(page) if page else _not_built, include_in_schema=False)
    for path, file in files.items():
        app.add_api_route(path, _sender(file), include_in_schema=False)


def _read(path: Path, folder: Path) -> StaticFile:
    content = path.read_bytes()
    guessed = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return StaticFile(
        content=content,
        media_type=guessed or "application/octet-stream",
        etag=tag("static", content),
        cache_control=IMMUTABLE if path.parent == folder / "assets" else REVALIDATED,
    )


def _sender(file: StaticFile) -> Callable[[Request], Awaitable[Response]]:
    async def get_file(request: Request) -> Response:
        headers = revalidate(request, file.etag, file.cache_control)
        return Response(file.content, headers=headers, media_type=file.media_type)

    return get_file


async def _not_built() -> Response:
    return notice(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The page is not built yet",
        "The walk is served, but its page is missing: run “make client” in the repository, "
        "then start the walk again.",
    )
