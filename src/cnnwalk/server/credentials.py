"""Who may enter: the URL's token of this process, and the cookie that outlives it.

The token is new with every process, so that a URL that was shown, logged or mailed dies
with its server. The cookie is signed with a secret that stays in the user's state folder,
so that a page which lost its server finds it again after a restart on the same port.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets

from itsdangerous import BadSignature, TimestampSigner

from cnnwalk.server.privatefiles import read_private, write_private
from cnnwalk.userfolders import state_folder

_TOKEN_BYTES = 32
_SECRET_BYTES = 32
_COOKIE_SECONDS = 30 * 24 * 3600
_COOKIE_VALUE = "page"


class Credentials:
    """The token and the cookie of a server on `port`.

    Over TLS (`secure`) the cookie has a name and a signature of its own: one that travelled
    unencrypted opens nothing there, and neither takes the other's place in a browser.
    """

    def __init__(self, port: int, secret: bytes, *, secure: bool = False) -> None:
        self.token = secrets.token_urlsafe(_TOKEN_BYTES)
        # Browsers take that prefix only with Secure, for this host and for all paths.
        self.cookie_name = f"__Host-cnnwalk-{port}" if secure else f"cnnwalk-{port}"
        self._attributes = "; Secure" if secure else ""
        self._signer = TimestampSigner(
            secret, salt=f"cnnwalk.cookie.{self.cookie_name}", digest_method=hashlib.sha256
        )

    def is_token(self, candidate: str) -> bool:
        """Compare in constant time."""
        return secrets.compare_digest(candidate.encode(), self.token.encode())

    def new_cookie(self) -> str:
        """Return the value of a Set-Cookie header."""
        value = self._signer.sign(_COOKIE_VALUE).decode()
        return (
            f"{self.cookie_name}={value}; Path=/; Max-Age={_COOKIE_SECONDS}; "
            f"HttpOnly; SameSite=Strict{self._attributes}"
        )

    def has_cookie(self, header: str) -> bool:
        """Whether a Cookie header has a cookie that was signed here and is not too old."""
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == self.cookie_name:
                with contextlib.suppress(BadSignature):
                    return (
                        self._signer.unsign(value, max_age=_COOKIE_SECONDS)
                        == _COOKIE_VALUE.encode()
                    )
        return False


def load_secret() -> bytes:
    """Return the user's secret from the state folder, made there when there is none.

    Where the folder cannot be written the secret lives in memory only: pages then need
    the new URL after a restart.
    """
    try:
        path = state_folder() / "secret"
        held = read_private(path)
        if held is None or len(held) != _SECRET_BYTES:
            held = secrets.token_bytes(_SECRET_BYTES)
            write_private(path, held)
    except (OSError, RuntimeError):  # RuntimeError: there is no home folder
        return secrets.token_bytes(_SECRET_BYTES)
    return held
