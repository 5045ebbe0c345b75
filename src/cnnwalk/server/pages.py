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
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

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
    policy = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{_RELOAD if reload else ''}<title>cnnwalk</title><style>{_STYLE}</style></head>"
        f"<body><h1>{html.escape(title)}</h1><p>{html.escape(sentence)}</p></body></html>"
    )
    return HTMLResponse(
        page, status_code=status, headers={"Content-Security-Policy": policy} | (headers or {})
    )
