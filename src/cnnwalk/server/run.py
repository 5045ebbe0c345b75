"""Starting and ending the server in a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from cnnwalk.server.app import create_app
from cnnwalk.server.credentials import Credentials, load_secret
from cnnwalk.server.gate import Gate
from cnnwalk.server.listen import Listener
from cnnwalk.server.pairing import Pairing
from cnnwalk.server.pairingpage import PATH as PAIRING_PATH
from cnnwalk.server.pairingpage import PairingPage
from cnnwalk.server.static import read_bundle
from cnnwalk.server.walk import Walk

_GRACE = 0.4  # s that open answers have to end by themselves


class RunningWalk:
    """A walk that is served from a thread of its own until `close`; a context manager, too.

    Attributes:
        url: opens the walk; it has the token and works as long as this server runs.
        walk: what is served.
        pairing: makes the codes with which headsets come in.
        pairing_url: where they enter them; None where the walk is served unencrypted.
    """

    def __init__(self, walk: Walk, listener: Listener) -> None:
        """Serve `walk` at `listener`; returns when requests are answered."""
        secure = listener.tls is not None
        credentials = Credentials(listener.port, load_secret(), secure=secure)
        app = create_app(walk, read_bundle())
        self.url = f"{listener.url}?token={credentials.token}"
        self.walk = walk
        self.pairing = Pairing()
        self.pairing_url = f"{listener.url.rstrip('/')}{PAIRING_PATH}" if secure else None
        page = PairingPage(self.pairing, credentials) if secure else None
        gate = Gate(app, credentials, listener.hosts, listener.port, page)
        self._server = _Server(_configure(gate, listener))
        # Not `Thread.join`: before Python 3.13 a thread whose join is interrupted counts as ended.
        self._ended = threading.Event()
        threading.Thread(
            target=self._run, args=(listener.socket,), name="cnnwalk server", daemon=True
        ).start()
        self._server.ready.wait()
        atexit.register(self.close)

    def wait(self) -> None:
        """Block until the server has ended."""
        # With a time limit, since Windows delivers Ctrl-C only between waits.
        while not self._ended.wait(timeout=1):
            pass

    def close(self) -> None:
        """End the server, open answers and passes; calling it again does nothing."""
        atexit.unregister(self.close)
        self._server.should_exit = True
        self.walk.close()
        self._ended.wait()

    def _run(self, listening: socket.socket) -> None:
        try:
            self._server.run([listening])
        finally:
            self._server.ready.set()
            self._ended.set()

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
        # Without the token, which has no place in logs and tracebacks.
        return f"<{type(self).__name__} at {self.url.partition('?')[0]}>"


def _configure(gate: Gate, listener: Listener) -> uvicorn.Config:
    config = uvicorn.Config(
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
    config.load()
    config.ssl = None if listener.tls is None else listener.tls.context
    return config


class _Server(uvicorn.Server):
    """Tells when it answers, and at its end waits for nobody who does not read."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        ending = asyncio.ensure_future(super().shutdown(sockets))
        await asyncio.wait({ending}, timeout=_GRACE)
        for connection in self.server_state.connections:
            connection.transport.abort()
        self.force_exit = True
        # From Python 3.12 on a server's end waits for handshakes of TLS that never come about.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ending, _GRACE)
