"""The gate: everything that wants in passes here, in one place, denied by default.

It stands outside the whole application, so that errors, unknown paths and the page's
files are guarded too, and it decides on raw headers and the raw path only. In this order:
the Host must be this server, the request must not come from another site, and it must
carry the token or the cookie. Only the page on which a headset enters its code needs neither.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnnwalk.server.addresses import (
    Authority,
    IPAddress,
    default_port,
    is_loopback,
    parse_authority,
    parse_host,
    parse_origin,
)
from cnnwalk.server.credentials import Credentials
from cnnwalk.server.pages import notice
from cnnwalk.server.pairingpage import PATH as PAIRING_PATH
from cnnwalk.server.pairingpage import PairingPage
from cnnwalk.server.problems import problem_response

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_OWN_SITES = {"same-origin", "none"}  # none: typed by the user
_FIRST_ERROR = HTTPStatus.BAD_REQUEST
_POLICY_VIOLATION = 1008  # RFC 6455 section 7.4.1

SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "xr-spatial-tracking=(self), camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",  # unless the answer itself says otherwise
}


@dataclasses.dataclass(frozen=True)
class Gate:
    """Wraps `app`, which listens at `port`; pure ASGI, so that no protocol slips by.

    Attributes:
        hosts: names by which requests may ask for it, beside the loopback's and the address
            that the connection came in on.
        pairing: where headsets come in, if they may.
    """

    app: ASGIApp
    credentials: Credentials
    hosts: frozenset[IPAddress | str]
    port: int
    pairing: PairingPage | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer, with the security headers on every answer."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            response = (
                self._refusal(scope) or await self._pair(scope, receive) or self._entry(scope)
            )
            await (response or self.app)(scope, receive, _guarded(scope, send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})

    def _refusal(self, scope: Scope) -> Response | None:
        """Refuse what names another host or comes from another site."""
        headers = Headers(scope=scope)
        host = self._own_authority(scope, headers.getlist("host"))
        if host is None:
            return _refuse(
                scope,
                HTTPStatus.FORBIDDEN,
                f"This server is not {_shown(headers.getlist('host'))}. "
                "Open the URL that the terminal printed.",
            )
        if not _is_own_site(scope, headers, host):
            return _refuse(
                scope,
                HTTPStatus.FORBIDDEN,
                "The request comes from another site. Open the URL that the terminal printed.",
            )
        return None

    def _own_authority(self, scope: Scope, hosts: list[str]) -> Authority | None:
        """Return the one Host named, when it is a loopback name, the address that the
        connection came in on, or one of `hosts`.
        """
        usual = default_port(scope["scheme"])
        authority = parse_authority(hosts[0], usual) if len(hosts) == 1 else None
        if authority is None or authority.port != self.port:
            return None
        local = scope.get("server")
        own = self.hosts | {parse_host(local[0])} if local else self.hosts
        return authority if authority.host in own or is_loopback(authority.host) else None

    async def _pair(self, scope: Scope, receive: Receive) -> Response | None:
        """Let the page of pairing answer where it is asked."""
        if self.pairing is None or scope["path"] != PAIRING_PATH:
            return None
        return await self.pairing.answer(scope, receive)

    def _entry(self, scope: Scope) -> Response | None:
        """Ask for the token or the cookie; None lets the request through."""
        headers = Headers(scope=scope)
        is_navigation = scope["path"] == "/" and scope["method"] == "GET"
        has_cookie = self.credentials.has_cookie("; ".join(headers.getlist("cookie")))
        query = _query(scope) if is_navigation else []
        tokens = [value for name, value in query if name == "token"]
        if tokens:
            if any(self.credentials.is_token(token) for token in tokens):
                return _redirect(query, {"Set-Cookie": self.credentials.new_cookie()})
            if has_cookie:
                return _redirect(query)
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if has_cookie or (scheme.lower() == "bearer" and self.credentials.is_token(bearer.strip())):
            return None
        return self._unknown_visitor(scope, headers, had_token=bool(tokens))

    def _unknown_visitor(self, scope: Scope, headers: Headers, *, had_token: bool) -> Response:
        if scope["path"] == "/" and headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            # A strict cookie does not come along when a foreign page leads here, not even
            # after our own redirect: the page asks once more by itself.
            return notice(HTTPStatus.UNAUTHORIZED, "One moment", "The walk opens.", reload=True)
        if self.pairing is not None and scope["path"] == "/" and scope["method"] == "GET":
            return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": PAIRING_PATH})
        reason = (
            "The token in this address belongs to a walk that has ended."
            if had_token
            else "A walk is served here, and it asks for its token."
        )
        return _refuse(
            scope,
            HTTPStatus.UNAUTHORIZED,
            f"{reason} Open the URL that the terminal printed after “cnnwalk: ready at”.",
            {"WWW-Authenticate": "Bearer"},
        )


def _is_own_site(scope: Scope, headers: Headers, host: Authority) -> bool:
    """Whether the browser says that our own page, or the user, makes this request.

    Links in mails and other pages may lead to the start page, which then asks for the token.
    Scripts outside browsers send neither header.
    """
    site = headers.get("sec-fetch-site", "none")
    origin = headers.get("origin")
    if scope["method"] in _SAFE_METHODS:
        is_arrival = scope["path"] == "/" and headers.get("sec-fetch-mode") == "navigate"
        return site in _OWN_SITES or is_arrival
    is_own = origin is None or parse_origin(origin, scope["scheme"]) == host
    return site in _OWN_SITES and is_own


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _refuse(
    scope: Scope, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None
) -> Response:
    if scope["path"] == "/" and scope["method"] == "GET":
        return notice(status, "This walk is closed to you", detail, headers=headers)
    return problem_response(status, detail, headers)


def _redirect(query: Iterable[tuple[str, str]], headers: dict[str, str] | None = None) -> Response:
    """Lead to the start page without the token, so that no history or Referer keeps it."""
    kept = urlencode([(name, value) for name, value in query if name != "token"])
    location = {"Location": f"/?{kept}" if kept else "/"}
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=location | (headers or {}))


def _shown(hosts: list[str]) -> str:
    return repr(", ".join(hosts)[:100]) if hosts else "known without a Host header"


def _guarded(scope: Scope, send: Send) -> Send:
    """Put the security headers on the answer, whoever gives it."""

    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if scope["method"] not in _SAFE_METHODS and message["status"] >= _FIRST_ERROR:
                # The rest of a body that nobody wants would otherwise be read to its end.
                headers["Connection"] = "close"
        await send(message)

    return send_guarded
