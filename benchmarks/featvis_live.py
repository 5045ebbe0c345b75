"""How quickly feature visualization shows something, gives way and ends, in a running walk.

For each layer: seconds from the request until a first preview can be fetched; how long an inserted
image takes while the layer's pictures form, beside one inserted when nothing else happens; and how
long a cancel takes. Everything is asked over HTTP, with an empty cache.

Run: python benchmarks/featvis_live.py [LAYER ...] [--network demo] [--images 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from _real_server import served

LAYERS = ("conv_stem", "blocks.1.0.conv_pw", "blocks.3.0.conv_pw", "classifier")


class Page:
    """What the page would ask the server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        self._client = httpx.Client(
            base_url=f"{origin}/api", headers={"Origin": origin}, timeout=600
        )
        self._client.get(url)  # takes the cookie
        self.network = self.get("/walk")["networks"][0]["id"]

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        return self._client.get(path).raise_for_status().json()

    def ask(self, layer: str) -> str:
        body = {"layer": layer, "channels": None}
        answer = self._client.post(f"/networks/{self.network}/visualizations", json=body)
        return str(answer.raise_for_status().json()["id"])

    def first_preview(self, job: str) -> dict[str, Any]:
        """Wait for a preview, fetch it, and return the job's state."""
        while True:
            states = [state for state in self.get("/visualizations") if state["id"] == job]
            if states[0]["problem"]:
                raise SystemExit(states[0]["problem"])
            if states[0]["revision"]:
                path = f"/visualizations/{job}/previews/{states[0]['revision']}?cell=64"
                if self._client.get(path).is_success:
                    return dict(states[0])
            time.sleep(0.02)  # between two questions

    def insert(self, seed: int) -> float:
        """Return the seconds until every layer's maps of a new image are here."""
        image = self.get(f"/networks/{self.network}/noise/uniform/{seed}")["id"]
        started = time.perf_counter()
        self._client.get(f"/networks/{self.network}/passes/{quote(image)}?level=base")
        return time.perf_counter() - started

    def cancel(self, job: str) -> float:
        """Return the seconds until nothing of a job is made any more."""
        started = time.perf_counter()
        self._client.delete(f"/visualizations/{job}").raise_for_status()
        return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layers", nargs="*", default=LAYERS)
    parser.add_argument("--network", default="demo")
    parser.add_argument("--images", type=int, default=5, help="inserted for each figure")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"XDG_CACHE_HOME": folder, "XDG_STATE_HOME": folder}
        with served(arguments.network) as server:
            measure(Page(server.url), arguments.layers, arguments.images)


def measure(page: Page, layers: list[str], images: int) -> None:
    seeds = iter(range(100_000))
    for _ in range(2):
        page.insert(next(seeds))
    print("seconds           first preview   pictures   insert alone   beside a job   cancel")
    for layer in layers:
        alone = [page.insert(next(seeds)) for _ in range(images)]
        started = time.perf_counter()
        job = page.ask(layer)
        state = page.first_preview(job)
        preview = time.perf_counter() - started
        beside = [page.insert(next(seeds)) for _ in range(images)]
        ended = page.cancel(job)
        print(
            f"{layer:20} {preview:10.2f} {len(state['forming']):10} "
            f"{statistics.median(alone):14.3f} {statistics.median(beside):14.3f} {ended:8.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
