"""What the insertion of an image costs over HTTP: requests, bytes, the server's CPU, first bytes.

A real server on one torch thread and bare forward passes in this process take turns, so that
other load on the machine falls on both alike. Linux only, since it reads the server's CPU time
from /proc. Run: python benchmarks/serving.py [NETWORK] [--repeats N]
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import dataclasses
import io
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import torch
from PIL import Image

from _real_server import Served, served
from cnnwalk.networks import Network, load_network
from cnnwalk.wire import LayerHeader, decode_frames

MS = 1e3


@dataclasses.dataclass
class Insertion:
    """One image, inserted over HTTP: seconds from the first request on, and bytes."""

    cpu: float
    first_bytes: float
    first_layer: float
    all_base: float
    base_bytes: int
    detail_bytes: int


@contextlib.contextmanager
def client_of(server: Served) -> Iterator[httpx.Client]:
    """A client with the server's token."""
    address = urlsplit(server.url)
    token = parse_qs(address.query)["token"][0]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://{address.netloc}", headers=headers, timeout=120) as client:
        yield client


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def noise(seed: int) -> bytes:
    generator = torch.Generator().manual_seed(seed)
    pixels = torch.randint(0, 256, (256, 300, 3), generator=generator, dtype=torch.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels.numpy()).save(buffer, format="PNG")
    return buffer.getvalue()


def insert(
    client: httpx.Client, pid: int, network: str, layers: list[dict[str, Any]], image: str
) -> Insertion:
    """Insert an image as the page does: one stream of base levels, one of detail levels."""
    url = f"/api/networks/{network}/passes/{image}"
    with_detail = [layer["id"] for layer in layers if max(layer["shape"][1:], default=1) > 14]
    first_layer_id = next(layer["id"] for layer in layers if layer["kind"] != "input")
    cpu, start = cpu_seconds(pid), time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        detail = pool.submit(client.get, url, params={"level": "detail", "layers": with_detail})
        body, arrivals = bytearray(), []
        with client.stream("GET", url, params={"level": "base"}) as answer:
            for chunk in answer.iter_raw():
                body += chunk
                arrivals.append((len(body), time.perf_counter() - start))
        all_base = arrivals[-1][1]
        detail_bytes = len(detail.result().content)
    used = cpu_seconds(pid) - cpu
    at = end_of_layer(bytes(body), first_layer_id)
    first_layer = next(seconds for size, seconds in arrivals if size >= at)
    return Insertion(used, arrivals[0][1], first_layer, all_base, len(body), detail_bytes)


def end_of_layer(body: bytes, layer: str) -> int:
    """At which byte of a stream of frames the payload of this layer is complete."""
    view = memoryview(body)
    for frame in decode_frames(view):
        if isinstance(frame.header, LayerHeader) and frame.header.layer == layer:
            return body.index(bytes(frame.payload)) + len(frame.payload)
    raise LookupError(f"no frame of the layer {layer}")


class _ReachedError(Exception):
    pass


def bare(network: Network, first: str) -> tuple[float, float, float]:
    """CPU and wall seconds of a bare forward pass, and wall seconds to its first layer."""

    def stop(*_arguments: object) -> None:
        raise _ReachedError

    example = network.example_input()
    with torch.no_grad():
        hook = network.module.get_submodule(first).register_forward_hook(stop)
        start = time.perf_counter()
        with contextlib.suppress(_ReachedError):
            network.module(example)
        reached = time.perf_counter() - start
        hook.remove()
        cpu, start = time.process_time(), time.perf_counter()
        network.module(example)
        return time.process_time() - cpu, time.perf_counter() - start, reached


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", default="torchvision:resnet50")
    parser.add_argument("--repeats", type=int, default=12)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    local = load_network(arguments.network)
    with served(arguments.network) as server, client_of(server) as client:
        summary = client.get("/api/walk").json()["networks"][0]
        layers = client.get(f"/api/networks/{summary['id']}/hall").json()["graph"]["layers"]
        first = next(layer["path"] for layer in layers if layer["kind"] != "input")
        insertions, forwards = [], []
        for seed in range(arguments.repeats + 2):
            picture = client.post("/api/images", content=noise(seed)).json()["id"]
            insertions.append(insert(client, server.pid, summary["id"], layers, picture))
            forwards.append(bare(local, first))
    report(arguments.network, layers, insertions[2:], forwards[2:])


def report(
    name: str,
    layers: list[dict[str, Any]],
    insertions: list[Insertion],
    forwards: list[tuple[float, float, float]],
) -> None:
    """Print medians; the first two runs, which warm up, are left out."""
    cpu, wall, reached = (statistics.median(column) for column in zip(*forwards, strict=True))
    taken = {
        field.name: statistics.median(getattr(run, field.name) for run in insertions)
        for field in dataclasses.fields(Insertion)
    }
    values = sum(torch.Size(layer["shape"]).numel() for layer in layers)
    sent = taken["base_bytes"] + taken["detail_bytes"]
    print(f"{name}: {len(layers)} layers, {values:,} activation values, 1 thread, medians")
    print("  requests of one insertion             2")
    print(f"  bytes / activation values             {sent / values:.2f}  ({sent / 1e6:.1f} MB)")
    print(f"  server CPU / bare forward CPU         {taken['cpu'] / cpu:.2f}")
    print(f"  bare forward, wall                    {wall * MS:.0f} ms")
    print(f"  first bytes                           {taken['first_bytes'] * MS:.1f} ms")
    print(
        f"  first layer complete                  {taken['first_layer'] * MS:.1f} ms, "
        f"bare forward to it {reached * MS:.1f} ms"
    )
    print(
        f"  every base level                      {taken['all_base'] * MS:.0f} ms, "
        f"1.5 x forward + 300 ms is {(1.5 * wall + 0.3) * MS:.0f} ms"
    )


if __name__ == "__main__":
    main()
