"""What pointing costs: one pick of all that can be pointed at in a hall of about 1,000 panels.

A real server arranges a network of 250 residual blocks; the page's own code then looks along
rays from all over the hall, in Node. Times are those of the process, so that others on the same
processor do not count. No more than 0.2 ms for a pick is asked for.
Run: python benchmarks/pointing.py [--picks N]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import torch
from torch import nn

from _real_server import served

BLOCKS = 250
HERE = Path(__file__).parent


class Residual(nn.Module):
    """Three convolutions and a sum: four panels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.third = nn.Conv2d(channels, channels, 1)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        inner = torch.relu(self.second(torch.relu(self.first(values))))
        return torch.relu(values + self.third(inner))


def build() -> nn.Module:
    """Return the network whose hall is pointed at."""
    return nn.Sequential(nn.Conv2d(3, 16, 3), *(Residual(16) for _ in range(BLOCKS)))


def fetch_hall(url: str) -> dict[str, Any]:
    """Return the hall of the walk's first network, as the page gets it."""
    parts = urllib.parse.urlsplit(url)
    token = urllib.parse.parse_qs(parts.query)["token"][0]

    def get(path: str) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{parts.scheme}://{parts.netloc}/api/{path}",
            headers={"Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            found: dict[str, Any] = json.load(answer)
            return found

    network = urllib.parse.quote(get("walk")["networks"][0]["id"], safe="")
    return get(f"networks/{network}/hall")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picks", type=int, default=40_000)
    arguments = parser.parse_args()
    node = shutil.which("node")
    if node is None:
        parser.error("Node is not on PATH: install it, see README.md.")
    with served(f"{Path(__file__)}:build") as server:
        hall = fetch_hall(server.url)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hall.json"
        file.write_text(json.dumps(hall), encoding="utf-8")
        command = [node, str(HERE / "pointing.mjs"), str(file), str(arguments.picks)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(output)
    print(f"{found['panels']} panels; {100 * found['met']:.0f} % of the rays meet something")
    print(f"  one pick of the whole scene  {found['whole']:8.1f} us")
    for name, cost in found["each"].items():
        print(f"    {name:26} {cost:8.1f} us")


if __name__ == "__main__":
    main()
