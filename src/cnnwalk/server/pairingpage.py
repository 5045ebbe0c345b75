"""The page on which a headset enters its code: the one path that needs no token."""

from __future__ import annotations

import dataclasses
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from cnnwalk.server.credentials import Credentials
from cnnwalk.server.pages import small_page
from cnnwalk.server.pairing import DIGITS, TRIES, Pairing, Verdict
from cnnwalk.server.problems import problem_response

PATH = "/pair"
_MOST_BYTES = 1024  # of a form with one field

_NEW_CODE = "Press Enter in the terminal of the walk for a new one."
_SAID = {
    Verdict.WRONG: f"That is not the code. After {TRIES} tries it is void.",
    Verdict.LAST_WRONG: f"That was the last try, and the code is void. {_NEW_CODE}",
    Verdict.NO_CODE: f"No code is valid now. {_NEW_CODE}",
}

_STYLE = """
body { margin-top: 6vh; text-align: center; }
input { font: 600 2.4rem/1.4 ui-monospace, monospace; width: 9ch; text-align: center;
  letter-spacing: 0.15em; padding: 0.3rem; border-radius: 0.6rem; border: 2px solid gray; }
.keys { display: grid; grid-template-columns: repeat(3, 5.5rem); gap: 0.7rem;
  justify-content: center; margin: 1.2rem 0; }
button { font: inherit; font-size: 1.6rem; min-height: 4.5rem; border-radius: 0.8rem;
  border: 1px solid gray; cursor: pointer; }
button:hover, button:focus-visible { outline: 3px solid #4a90d9; }
.wide { font-size: 1.2rem; }
.said { font-weight: 600; }
"""

# Without it the field and the button still work; the keys are for rays, which type badly.
_SCRIPT = """
const field = document.querySelector('input');
const keys = document.querySelector('.keys');
const whole = Number(field.maxLength);
const send = () => { if (field.value.length === whole) field.form.requestSubmit(); };
field.inputMode = 'none';
field.addEventListener('input', () => {
  field.value = field.value.replace(/[^0-9]/g, '');
  send();
});
for (const key of [...'123456789', 'Delete', '0']) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = key;
  if (key === 'Delete') button.className = 'wide';
  button.addEventListener('click', () => {
    field.value = key === 'Delete' ? field.value.slice(0, -1) : (field.value + key).slice(0, whole);
    send();
  });
  keys.insertBefore(button, keys.lastElementChild);
}
"""


@dataclasses.dataclass(frozen=True)
class PairingPage:
    """Trades a code for the cookie of `credentials`."""

    pairing: Pairing
    credentials: Credentials

    async def answer(self, scope: Scope, receive: Receive) -> Response:
        """Show the form, or take what it sends; never raises."""
        if scope["method"] in {"GET", "HEAD"}:
            return self._arrive(Headers(scope=scope))
        if scope["method"] != "POST":
            return problem_response(
                HTTPStatus.METHOD_NOT_ALLOWED,
                f"{scope['method']} is not possible here.",
                {"Allow": "GET, HEAD, POST"},
            )
        try:
            body = await _read(Request(scope, receive))
        except ClientDisconnect:
            return problem_response(HTTPStatus.BAD_REQUEST, "The connection ended.")
        if body is None:
            return problem_response(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"A code has {DIGITS} digits; send no more than {_MOST_BYTES} bytes.",
            )
        return self._redeem(body)

    def _arrive(self, headers: Headers) -> Response:
        if self.credentials.has_cookie("; ".join(headers.getlist("cookie"))):
            return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": "/"})
        return _form(HTTPStatus.OK)

    def _redeem(self, body: bytes) -> Response:
        fields = parse_qs(body.decode("utf-8", "replace"))
        code = "".join(fields.get("code", [""])[0].split())
        if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
            return _form(HTTPStatus.UNPROCESSABLE_ENTITY, f"A code has {DIGITS} digits.")
        verdict = self.pairing.redeem(code)
        if verdict is not Verdict.RIGHT:
            return _form(HTTPStatus.FORBIDDEN, _SAID[verdict])
        return Response(
            status_code=HTTPStatus.SEE_OTHER,
            headers={"Location": "/", "Set-Cookie": self.credentials.new_cookie()},
        )


async def _read(request: Request) -> bytes | None:
    """Return the body, or None when it is too large; no more of it is read then."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return None
    return body


def _form(status: HTTPStatus, said: str = "") -> Response:
    body = (
        "<h1>Walk in</h1>"
        f"<p>The terminal of the walk, on your computer, shows a code of {DIGITS} digits.</p>"
        f'<p class="said" role="alert">{said}</p>'
        f'<form method="post" action="{PATH}">'
        f'<input name="code" aria-label="Code" inputmode="numeric" autocomplete="one-time-code" '
        f'maxlength="{DIGITS}" required autofocus>'
        '<div class="keys"><button class="wide">OK</button></div></form>'
    )
    # With no referrer at all, browsers send a form with the Origin null (Fetch, section 3.2).
    return small_page(
        status, body, style=_STYLE, script=_SCRIPT, headers={"Referrer-Policy": "same-origin"}
    )
