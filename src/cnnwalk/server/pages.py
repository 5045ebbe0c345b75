"""Small pages that the server writes itself, for when the walk's own page cannot be shown."""

from __future__ import annotations

import base64
import hashlib
import html
from http import HTTPStatus

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; font: 1.1rem/1.6 system-ui, sans-serif; }
body { max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; font-weight: 600; }
"""

_RELOAD = '<meta http-equiv="refresh" content="0;url=/">'


def notice(
    status: HTTPStatus,
    title: str,
    sentence: str,
    *,
    headers: dict[str, str] | None = None,
    reload: bool = False,
) -> HTMLResponse:
    """Return a page with a title and a sentence; `reload` lets it open the start page itself."""
    body = f"<h1>{html.escape(title)}</h1><p>{html.escape(sentence)}</p>"
    return small_page(status, body, head=_RELOAD if reload else "", headers=headers)


def small_page(  # noqa: PLR0913 - all but the first two by name
    status: HTTPStatus,
    body: str,
    *,
    head: str = "",
    style: str = "",
    script: str = "",
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """Return a page of this HTML; its policy allows this style and script alone, by their hashes.

    Forms may be sent to this server.
    """
    style = _STYLE + style
    policy = [
        "default-src 'none'",
        "img-src data:",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'" if script else "script-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,">{head}<title>cnnwalk</title><style>{style}</style></head>'
        f"<body>{body}{f'<script>{script}</script>' if script else ''}</body></html>"
    )
    return HTMLResponse(
        page,
        status_code=status,
        headers={"Content-Security-Policy": "; ".join(policy)} | (headers or {}),
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
