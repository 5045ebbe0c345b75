"""Who may enter: the URL's token of this process, and the cookie that outlives it.

The token is new with every process, so that a URL that was shown, logged or mailed dies
with its server. The cookie is signed with a secret that stays in the user's state folder,
so that a page which lost its server finds it again after a restart on the same port.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from itsdangerous import BadSignature, TimestampSigner

_TOKEN_BYTES = 32
_SECRET_BYTES = 32
_COOKIE_SECONDS = 30 * 24 * 3600
_COOKIE_VALUE = "page"


class Credentials:
    """The token and the cookie of a server on `port`."""

    def __init__(self, port: int, secret: bytes) -> None:
        self.token = secrets.token_urlsafe(_TOKEN_BYTES)
        self.cookie_name = f"cnnwalk-{port}"
        self._signer = TimestampSigner(
            secret, salt=f"cnnwalk.cookie.{port}", digest_method=hashlib.sha256
        )

    def is_token(self, candidate: str) -> bool:
        """Compare in constant time."""
        return secrets.compare_digest(candidate.encode(), self.token.encode())

    def new_cookie(self) -> str:
        """Return the value of a Set-Cookie header."""
        value = self._signer.sign(_COOKIE_VALUE).decode()
        return (
            f"{self.cookie_name}={value}; Path=/; Max-Age={_COOKIE_SECONDS}; "
            "HttpOnly; SameSite=Strict"
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


def state_folder() -> Path:
    """Return where cnnwalk keeps what outlives a process (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_STATE_HOME", "")
    # The specification wants relative paths ignored.
    root = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "state"
    return root / "cnnwalk"


def load_secret() -> bytes:
    """Return the user's secret from the state folder, made there when there is none.

    Where the folder cannot be written the secret lives in memory only: pages then need
    the new URL after a restart.
    """
    try:
        path = state_folder() / "secret"
        held = _read_private(path)
        return (
            held if held is not None else _write_private(path, secrets.token_bytes(_SECRET_BYTES))
        )
    except (OSError, RuntimeError):  # RuntimeError: there is no home folder
        return secrets.token_bytes(_SECRET_BYTES)


def _read_private(path: Path) -> bytes | None:
    """Return the file's bytes, or None when it is missing, short, or open to other users."""
    try:
        with path.open("rb") as file:
            open_to_others = os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077
            data = file.read()
    except FileNotFoundError:
        return None
    return None if open_to_others or len(data) != _SECRET_BYTES else data


def _write_private(path: Path, data: bytes) -> bytes:
    """Write the file whole or not at all, for this user only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    Path(temporary).replace(path)
    return data
