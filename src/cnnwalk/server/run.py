"""Starting and ending the server: its socket, its thread, its URL."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import errno
import socket
import sys
import threading
from types import TracebackType
from typing import Self

import uvicorn

from cnnwalk.server.addresses import is_loopback, parse_host
from cnnwalk.server.app import create_app
from cnnwalk.server.credentials import Credentials, load_secret
from cnnwalk.server.gate import Gate
from cnnwalk.server.static import read_bundle
from cnnwalk.server.walk import Walk

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8765

_PORTS_TRIED = 20
_GRACE = 0.4  # s that open answers have to end by themselves
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104: compared, not bound


class ListenError(RuntimeError):
    """The server cannot listen where it was asked to; the message is a sentence for people."""


@dataclasses.dataclass(frozen=True)
class Listener:
    """A socket that listens, so that nobody else takes its port while networks are loaded.

    Attributes:
        host: as the user named it.
        port: that it listens at.
    """

    socket: socket.socket
    host: str
    port: int

    @property
    def is_public(self) -> bool:
        """Whether other machines reach it."""
        return not is_loopback(parse_host(self.socket.getsockname()[0]))

    @property
    def url(self) -> str:
        """The address of the start page, for a browser on this machine."""
        host = _WILDCARDS.get(self.host, self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"


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


class RunningWalk:
    """A walk that is served from a thread of its own until `close`; a context manager, too.

    Attributes:
        url: opens the walk; it has the token and works as long as this server runs.
        walk: what is served.
    """

    def __init__(self, walk: Walk, listener: Listener) -> None:
        """Serve `walk` at `listener`; returns when requests are answered."""
        credentials = Credentials(listener.port, load_secret())
        gate = Gate(
            create_app(walk, read_bundle()), credentials, host=listener.host, port=listener.port
        )
        self.url = f"{listener.url}?token={credentials.token}"
        self.walk = walk
        self._server = _Server(
            uvicorn.Config(
                gate,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,  # it would write URLs, and with them the token
                server_header=False,
                proxy_headers=False,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([listener.socket],), name="cnnwalk server", daemon=True
        )
        self._thread.start()
        self._server.ready.wait()
        atexit.register(self.close)

    def wait(self) -> None:
        """Block until the server has ended."""
        # With a time limit, since Windows delivers Ctrl-C only between waits.
        while self._thread.is_alive():
            self._thread.join(timeout=1)

    def close(self) -> None:
        """End the server, open answers and passes; calling it again does nothing."""
        atexit.unregister(self.close)
        self._server.should_exit = True
        self.walk.close()
        self._thread.join(timeout=_GRACE)
        self._server.force_exit = True
        self._thread.join(timeout=_GRACE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<cnnwalk at {self.url}>"


class _Server(uvicorn.Server):
    """Tells when it answers, which uvicorn's own server only lets one poll for."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


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
