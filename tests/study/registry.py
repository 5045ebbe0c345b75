"""An npm registry of this machine, with packages of a few bytes."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cnnwalk.study.sources.npm import Package


def archive(files: Mapping[str, object]) -> bytes:
    """Return an npm archive; what is not bytes is written as JSON."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def package(name: str, licence: str, data: bytes) -> Package:
    """Return the package of an archive."""
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    return Package(name, "1.0.0", licence, f"sha512-{digest}")


class Registry:
    """What a registry has, how it behaves, and what it was asked for.

    Attributes:
        archives: by their paths.
        asked: paths, in their order.
        breaks: paths of which half is sent.
    """

    def __init__(self) -> None:
        self.archives: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.breaks: set[str] = set()
        self.address = ""

    def add(self, name: str, licence: str, files: Mapping[str, object]) -> Package:
        """Offer a package."""
        data = archive({"package.json": {"name": name, "license": licence}, **files})
        made = package(name, licence, data)
        self.archives[made.path] = data
        return made


@contextlib.contextmanager
def serving() -> Iterator[Registry]:
    """Give a registry that listens at this machine alone."""
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            registry.asked.append(path)
            data = registry.archives.get(path)
            if data is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if path in registry.breaks else data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
