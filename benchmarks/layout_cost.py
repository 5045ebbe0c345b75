"""What it costs to lay a network out, and how the result looks in figures.

    python benchmarks/layout_cost.py [NETWORK ...]

prints for each torchvision network the layers, seconds for 1000 layers (best of five),
crossings of routes, panels beside the trunk, and the length and width of its hall.
"""

from __future__ import annotations

import itertools
import sys
import time

import torch
from torchvision.models._api import get_model

from cnnwalk.capture import capture
from cnnwalk.graph import Graph
from cnnwalk.layout import Arrangement, arrange

NETWORKS = ("resnet50", "densenet121", "googlenet", "inception_v3", "efficientnet_b0")
Point = tuple[float, float]


def main(names: tuple[str, ...]) -> None:
    torch.set_num_threads(1)
    print(f"{'network':18}{'layers':>7}{'s/1000':>9}{'crossings':>10}{'aside':>6}{'hall':>14}")
    for name in names:
        options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        module = get_model(name, weights=None, **options).eval()
        side = 299 if name == "inception_v3" else 224
        graph = capture(module, torch.zeros(1, 3, side, side), name=name)
        result, seconds = _best_of(5, graph)
        bounds = result.bounds
        length, width = bounds.max_z - bounds.min_z, bounds.max_x - bounds.min_x
        aside = sum(panel.x != 0 for panel in result.panels)
        print(
            f"{name:18}{len(graph.layers):7}{seconds / len(graph.layers) * 1000:9.4f}"
            f"{_crossings(result):10}{aside:6}{length:7.0f} x {width:.0f} m"
        )


def _best_of(times: int, graph: Graph) -> tuple[Arrangement, float]:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        result = arrange(graph)
        best = min(best, time.perf_counter() - start)
    return result, best


def _crossings(arrangement: Arrangement) -> int:
    segments = [pair for route in arrangement.routes for pair in itertools.pairwise(route.points)]
    segments.sort(key=lambda pair: -pair[0][1])
    count = 0
    for index, one in enumerate(segments):
        for other in itertools.islice(segments, index + 1, None):
            if other[0][1] <= one[1][1]:
                break
            count += _cross(one, other)
    return count


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return side(a, b, c) * side(a, b, d) < -1e-12 and side(c, d, a) * side(c, d, b) < -1e-12


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or NETWORKS)
