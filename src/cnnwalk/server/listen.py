"""Where the server listens: host, port and the socket that holds them."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import socket
import sys
from typing import TYPE_CHECKING

from cnnwalk.server.addresses import IPAddress, is_loopback, parse_host

if TYPE_CHECKING:
    from cnnwalk.server.tls import Tls

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8765

_PORTS_TRIED = 20
# Those stand for all addresses of the machine; its own browser takes the loopback.
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class ListenError(RuntimeError):
    """The server cannot listen where it was asked to; the message is a sentence for people."""


@dataclasses.dataclass(frozen=True)
class Listener:
    """A socket that listens, so that nobody else takes its port while networks are loaded.

    Attributes:
        host: as the user named it.
        port: that it listens at.
        tls: what it proves itself with; None where it serves unencrypted.
    """

    socket: socket.socket
    host: str
    port: int
    tls: Tls | None = None

    @property
    def is_public(self) -> bool:
        """Whether other machines reach it."""
        return not is_loopback(parse_host(self.socket.getsockname()[0]))

    @property
    def url(self) -> str:
        """The address of the start page, for a browser on this machine."""
        scheme = "http" if self.tls is None else "https"
        host = _WILDCARDS.get(self.host, self.host)
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def hosts(self) -> frozenset[IPAddress | str]:
        """The names by which others may ask for it, beside the address that they connect to."""
        names = frozenset() if self.tls is None else self.tls.names
        return names | {parse_host(self.host)}


def listen(host: str = DEFAULT_HOST, port: int | None = None) -> Listener:
    """Listen at `port`; 0 is any free one, None the default port or the next free one.

    Raises:
        ListenError: the port is in use, or there is no such address here.
    """
    if port is not None:
        return _listen_at(host, port)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED):
        with contextlib.suppress(_PortInUseError):
            return _listen_at(host, candidate)
    return _listen_at(host, 0)


class _PortInUseError(ListenError):
    pass


def _listen_at(host: str, port: int) -> Listener:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise ListenError(
            f"this machine knows no host {host!r}; give one of its own addresses with --host, "
            "or leave it out to serve this machine alone"
        ) from None
    bound = socket.socket(family, kind)
    try:
        if sys.platform != "win32":  # there it would let others take the port over
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()
    except OSError as error:
        bound.close()
        raise _explain(error, host, port) from None
    return Listener(bound, host, bound.getsockname()[1])


def _explain(error: OSError, host: str, port: int) -> ListenError:
    if error.errno == errno.EADDRINUSE:
        return _PortInUseError(
            f"port {port} is in use; choose another one with --port, or any free one with --port 0"
        )
    if error.errno == errno.EACCES:
        return ListenError(f"port {port} is not open to you; choose one above 1023 with --port")
    return ListenError(
        f"cannot listen at {host!r} ({error.strerror}); give one of this machine's own addresses "
        "with --host"
    )
