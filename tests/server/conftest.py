"""A real server with a small network, and clients that send exactly what they are told."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest
import torch
from PIL import Image
from torch import nn
from visualizing import Gate, gated_network

from cnnwalk.images import samples
from cnnwalk.networks import InputSpec, Network
from cnnwalk.server.place import Place
from cnnwalk.server.run import RunningWalk
from cnnwalk.server.showing import Showing
from cnnwalk.server.walk import Walk


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session", autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test touches the user's own state and cache folders."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("state")
        patch.setenv("XDG_STATE_HOME", str(home))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield home


class Checkpoint(nn.Module):
    """Counts forward passes; a test can hold them here, or make them fail."""

    def __init__(self) -> None:
        super().__init__()
        # In an object of its own, since a module's attributes are restored after each pass.
        self._counted = types.SimpleNamespace(passes=0)
        self.reached = threading.Event()
        self.open = threading.Event()
        self.open.set()
        self.failure: Exception | None = None

    @property
    def passes(self) -> int:
        return int(self._counted.passes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self._counted.passes += 1
        self.reached.set()
        assert self.open.wait(60)
        if self.failure is not None:
            raise self.failure
        return x


@dataclasses.dataclass
class SmallNetwork:
    network: Network
    checkpoint: Checkpoint


def make_network(seed: int = 0) -> SmallNetwork:
    torch.manual_seed(seed)
    checkpoint = Checkpoint()
    module = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(),
        checkpoint,
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16, 5),
    )
    spec = InputSpec(height=32, width=32, resize=32)
    classes = ("ant", "bee", "cat", "dog", "elk")
    return SmallNetwork(Network("small", module, spec, classes, "random weights"), checkpoint)


@pytest.fixture
def small() -> SmallNetwork:
    return make_network()


@pytest.fixture
def serve() -> Iterator[Callable[..., RunningWalk]]:
    """Return the function that serves networks; what it started ends with the test."""
    started: list[RunningWalk] = []

    def start(
        *networks: Network,
        port: int = 0,
        host: str = "127.0.0.1",
        showing: Showing | None = None,
        lan: bool = False,
    ) -> RunningWalk:
        walk = Walk(networks, [samples()], showing=showing)
        started.append(RunningWalk(walk, Place(host, port, lan).listen()))
        return started[-1]

    yield start
    for running in started:
        running.close()


@dataclasses.dataclass
class Server:
    """A running walk and how to reach it; `small` is its network where that is the usual one."""

    running: RunningWalk
    client: httpx.Client
    small: SmallNetwork | None = None

    @property
    def walk(self) -> Walk:
        return self.running.walk

    @property
    def base(self) -> str:
        return self.running.url.partition("?")[0].rstrip("/")

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    @property
    def token(self) -> str:
        return self.running.url.partition("token=")[2]

    @property
    def network(self) -> str:
        return next(iter(self.walk.networks))

    @property
    def image(self) -> str:
        first = self.walk.first_image
        assert first is not None
        return first.id

    @property
    def hall_path(self) -> str:
        return f"/api/networks/{self.network}/hall"

    @property
    def pass_path(self) -> str:
        return f"/api/networks/{self.network}/passes/{self.image}"

    def raw(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        authorized: bool = True,
    ) -> Answer:
        """Send the path and headers as they are; a Host is sent only where it is among them."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            sent = {"Host": f"127.0.0.1:{self.port}"} | dict(headers or {})
            if authorized:
                sent["Authorization"] = f"Bearer {self.token}"
            for name, value in sent.items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, httpx.Headers(response.getheaders()), response.read())
        finally:
            connection.close()

    def is_alive(self) -> bool:
        """Ask on a connection of its own: an error may have ended the others."""
        answer = httpx.get(f"{self.base}/api/health", headers=self.client.headers, timeout=60)
        return answer.json() == {"instance": self.walk.instance}


@dataclasses.dataclass
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes


@pytest.fixture
def connect() -> Iterator[Callable[..., Server]]:
    """Return the function that gives a client of a running walk."""
    with contextlib.ExitStack() as clients:

        def to(running: RunningWalk, small: SmallNetwork | None = None) -> Server:
            base, _, token = running.url.partition("?token=")
            headers = {"Authorization": f"Bearer {token}"}
            client = httpx.Client(base_url=base, headers=headers, timeout=60)
            return Server(running, clients.enter_context(client), small)

        yield to


@pytest.fixture
def server(
    serve: Callable[..., RunningWalk],
    small: SmallNetwork,
    connect: Callable[..., Server],
) -> Server:
    return connect(serve(small.network), small)


@pytest.fixture
def gate() -> Iterator[Gate]:
    """What holds the ascents of the network of `visualizing`."""
    gate = Gate()
    yield gate
    gate.open()  # else the end of the server would wait for the step


@pytest.fixture
def visualizing(
    serve: Callable[..., RunningWalk],
    connect: Callable[..., Server],
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., Server]:
    """Return the function that serves a network whose ascents the test can hold.

    No picture of another test is cached, and no job of one goes on.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return lambda: connect(serve(gated_network(gate)))


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Return the function that gives the bytes of a picture file of one colour."""

    def make(
        width: int = 40,
        height: int = 30,
        kind: str = "PNG",
        colour: tuple[int, ...] = (200, 30, 30),
    ) -> bytes:
        import io

        file = io.BytesIO()
        Image.new("RGB", (width, height), colour).save(file, kind)
        return file.getvalue()

    return make
