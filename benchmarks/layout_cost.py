"""What it costs to lay a network out, and how the result looks in figures.

    python benchmarks/layout_cost.py [NETWORK ...]

prints for each network, with granularity `layers`:

    layers, edges   of the graph
    drawn           routes; a cat that extends an earlier one has two
    cross           how often routes cross, as drawn; lines that fork or join do not count
    panels, labels  how many overlap: panels with their plates, labels with labels or panels
    s/1000          seconds of this process for 1000 layers, the best of five
    collapsed       seconds with the main blocks collapsed
    hall            length and width of the straight walk, and of the spiral

NETWORK: unet (the tests'), or a name that torchvision or timm knows. Nothing is loaded
from elsewhere: weights do not matter to a layout.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import timm
import torch
import torchvision
from torch import nn
from torchvision.models._api import get_model, list_models

from cnnwalk.capture import capture
from cnnwalk.collapse import collapse, main_blocks
from cnnwalk.graph import Graph
from cnnwalk.layout import PLATE_WIDTH, Arrangement, Panel, Route, arrange

sys.path.append(str(Path(__file__).parents[1] / "tests" / "layout"))  # the U-Net is the tests'

from unet import UNet

NETWORKS = (
    "unet",
    "googlenet",
    "resnet50",
    "inception_v3",
    "densenet121",
    "densenet201",
    "hrnet_w18",
    "nasnetalarge",
    "swin_t",
    "efficientnet_b0",
    "fcn_resnet50",
    "retinanet_resnet50_fpn",
    "ssdlite320_mobilenet_v3_large",
)
COUNTS = ("layers", "edges", "drawn", "cross", "panels", "labels")
PLATE_DEPTH, LETTER_WIDTH, PADDING = 0.26, 0.1, 2
"""Of a label's plate as the page draws it: in m, in m, and in letters."""


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    graph: Graph
    straight: Arrangement
    spiral: Arrangement
    seconds: float
    seconds_collapsed: float

    def text(self) -> str:
        graph, result = self.graph, self.straight
        return (
            f"{self.name:30}{len(graph.layers):7}{len(graph.edges):7}{len(result.routes):7}"
            f"{crossings(result.routes):7}{panel_overlaps(result):7}{label_overlaps(result):7}"
            f"{self.seconds / len(graph.layers) * 1000:8.3f}{self.seconds_collapsed:10.4f}"
            f"   {_size(result)}, {_size(self.spiral)}"
        )


def main(names: tuple[str, ...]) -> None:
    torch.set_num_threads(1)
    head = (
        f"{'network':30}{'layers':>7}{'edges':>7}{'drawn':>7}{'cross':>7}{'panels':>7}{'labels':>7}"
    )
    print(f"{head}{'s/1000':>8}{'collapsed':>10}   hall")
    for name in names:
        print(row_of(name).text(), flush=True)


def row_of(name: str) -> Row:
    graph = _graph_of(name)
    straight, seconds = _best_of(5, lambda: arrange(graph))
    blocks = main_blocks(graph)
    _, collapsed = _best_of(5, lambda: arrange(collapse(graph, blocks)))
    return Row(name, graph, straight, arrange(graph, "spiral"), seconds, collapsed)


def crossings(routes: tuple[Route, ...]) -> int:
    """Count how often one of two lines changes from the left of the other to its right.

    Lines of the straight walk lead on and on to smaller z, so each is a function of z.
    """
    ahead = sorted(routes, key=lambda route: -route.points[0][1])
    count = 0
    for index, one in enumerate(ahead):
        for other in itertools.islice(ahead, index + 1, None):
            if other.points[0][1] <= one.points[-1][1]:
                break
            if _near(one, other):
                sides = [side for side in _sides(one, other) if abs(side) > 1e-6]
                count += sum(a * b < 0 for a, b in itertools.pairwise(sides))
    return count


def _near(one: Route, other: Route) -> bool:
    xs, others = [x for x, _ in one.points], [x for x, _ in other.points]
    return min(xs) <= max(others) and min(others) <= max(xs)


def _sides(one: Route, other: Route) -> list[float]:
    """Return how far one line is to the right of the other wherever either has a corner."""
    high = min(one.points[0][1], other.points[0][1])
    low = max(one.points[-1][1], other.points[-1][1])
    depths = sorted({z for _, z in (*one.points, *other.points) if low <= z <= high})
    return [_x_at(one, z) - _x_at(other, z) for z in depths]


def _x_at(route: Route, z: float) -> float:
    for (x0, z0), (x1, z1) in itertools.pairwise(route.points):
        if z1 <= z <= z0:
            return x0 + (x1 - x0) * ((z0 - z) / (z0 - z1) if z0 > z1 else 0)
    message = f"{z} is not between the ends of {route.source} -> {route.target}"
    raise ValueError(message)


def panel_overlaps(arrangement: Arrangement) -> int:
    """Count the neighbours in a row that meet, plates included."""
    rows: dict[float, list[Panel]] = {}
    for panel in arrangement.panels:
        rows.setdefault(panel.z, []).append(panel)
    count = 0
    for row in rows.values():
        spans = sorted((p.x - _half(p) - PLATE_WIDTH, p.x + _half(p)) for p in row)
        count += sum(after[0] < before[1] for before, after in itertools.pairwise(spans))
    return count


def _half(panel: Panel) -> float:
    return panel.columns * panel.cell_width / 2


def label_overlaps(arrangement: Arrangement) -> int:
    """Count the pairs of labels, and of labels and panels, that lie on each other."""
    rectangles = []
    for route in arrangement.routes:
        if route.label is not None:
            x, z = route.label_at
            half = LETTER_WIDTH * (len(route.label) + PADDING) / 2
            rectangles.append((z, x - half, x + half, True))
    for panel in arrangement.panels:
        right = panel.x + _half(panel)
        rectangles.append((panel.z, panel.x - _half(panel) - PLATE_WIDTH, right, False))
    rectangles.sort()
    count = 0
    for index, (z, left, right, label) in enumerate(rectangles):
        for other_z, other_left, other_right, other in itertools.islice(
            rectangles, index + 1, None
        ):
            if other_z - z >= PLATE_DEPTH:
                break
            count += (label or other) and left < other_right and other_left < right
    return count


def _size(arrangement: Arrangement) -> str:
    bounds = arrangement.bounds
    return f"{bounds.max_z - bounds.min_z:.0f} x {bounds.max_x - bounds.min_x:.0f} m"


def _best_of(times: int, make: Callable[[], Arrangement]) -> tuple[Arrangement, float]:
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        result = make()
        best = min(best, time.process_time() - start)
    return result, best


def _graph_of(name: str) -> Graph:
    module, shape = _module(name)
    return capture(module.eval(), torch.zeros(1, *shape), name=name)


def _module(name: str) -> tuple[nn.Module, tuple[int, ...]]:
    if name == "unet":
        return UNet(), (3, 224, 224)
    if name not in list_models():
        settings = timm.get_pretrained_cfg(name)
        return timm.create_model(name), settings.input_size if settings else (3, 224, 224)
    options: dict[str, Any] = {"weights": None}
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    if name not in list_models(torchvision.models):
        options["weights_backbone"] = None
    side = 299 if name == "inception_v3" else 224
    return get_model(name, **options), (3, side, side)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or NETWORKS)
