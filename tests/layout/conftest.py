"""Small graphs built by hand, as capture would find them, and the geometry to judge by."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest

from cnnwalk.graph import Block, Edge, Graph, Kind, Layer, Mark, Probe
from cnnwalk.layout import PLATE_WIDTH, Arrangement, Panel, arrange


class Builder:
    """Adds layers in order of execution; `graph()` gives what was built."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._layers: list[Layer] = []
        self._edges: list[Edge] = []
        self._blocks: list[Block] = []
        self._marks: list[Mark] = []

    def block(
        self, path: str, label: str, parent: str | None = None, row: tuple[int, int] = (1, 0)
    ) -> str:
        self._blocks.append(Block(path, path, label, parent, *row))
        return path

    def mark(self, text: str, layer: str) -> None:
        self._marks.append(Mark(text, layer))

    def layer(
        self,
        kind: Kind,
        *sources: str,
        shape: tuple[int, ...] = (64, 28, 28),
        parameters: int | None = None,
        block: str | None = None,
        edge_label: str | None = None,
        position: tuple[float, float] | None = None,
        label: str | None = None,
    ) -> str:
        layer_id = f"n{len(self._layers)}"
        if parameters is None:
            parameters = 1000 if kind in ("conv", "linear") else 0
        self._layers.append(
            Layer(
                id=layer_id,
                kind=kind,
                label=label or kind,
                path=None,
                shape=shape,
                block=block,
                parameters=parameters,
                absorbed=(),
                weights=(),
                probe=Probe(len(self._layers)),
                position=position,
            )
        )
        self._edges += [Edge(source, layer_id, edge_label) for source in sources]
        return layer_id

    def chain(self, source: str, kinds: Sequence[Kind], *, block: str | None = None) -> str:
        for kind in kinds:
            source = self.layer(kind, source, block=block)
        return source

    def graph(self, *outputs: str) -> Graph:
        return Graph(
            name=self._name,
            granularity="layers",
            inputs=tuple(layer.id for layer in self._layers if layer.kind == "input"),
            outputs=outputs or (self._layers[-1].id,),
            layers=tuple(self._layers),
            edges=tuple(self._edges),
            blocks=tuple(self._blocks),
            warnings=(),
            marks=tuple(self._marks),
        )


@pytest.fixture
def build() -> Callable[[str], Builder]:
    return Builder


def chain() -> Graph:
    b = Builder("chain")
    x = b.layer("input", shape=(3, 224, 224))
    x = b.layer("conv", x, shape=(32, 112, 112))
    x = b.chain(x, ["conv", "pool", "conv", "conv"])
    x = b.layer("pool", x, shape=(512, 1, 1))
    b.layer("linear", x, shape=(1000,))
    return b.graph()


def residual() -> Graph:
    """A stem, an identity block, a block with a downsample branch, and a classifier."""
    b = Builder("residual")
    x = b.layer("input", shape=(3, 224, 224))
    x = b.layer("conv", x, shape=(64, 112, 112))
    for index, downsample in enumerate((False, True, False)):
        block = b.block(f"layer1.{index}", "Bottleneck")
        shortcut = b.layer("conv", x, block=block, parameters=10) if downsample else x
        y = b.chain(x, ["conv", "conv", "conv"], block=block)
        x = b.layer("add", y, shortcut, block=block)
    b.layer("linear", x, shape=(1000,))
    return b.graph()


def inception() -> Graph:
    """Two modules of four branches each."""
    b = Builder("inception")
    x = b.layer("input", shape=(3, 224, 224))
    x = b.layer("conv", x)
    for index in range(2):
        block = b.block(f"inception{index}", "Inception")
        lengths: list[list[Kind]] = [["conv"], ["conv", "conv"], ["conv"] * 3, ["pool", "conv"]]
        ends = [b.chain(x, kinds, block=block) for kinds in lengths]
        x = b.layer("cat", *ends, shape=(256, 28, 28), block=block)
    b.layer("linear", x, shape=(1000,))
    return b.graph()


def dense() -> Graph:
    """A dense block of five layers as it is computed: every cat takes all earlier maps."""
    b = Builder("dense")
    x = b.layer("input", shape=(3, 224, 224))
    features = [b.layer("conv", x, shape=(64, 56, 56))]
    source = features[0]
    for index in range(5):
        y = b.layer("conv", source, shape=(128, 56, 56))
        features.append(b.layer("conv", y, shape=(32, 56, 56)))
        source = b.layer("cat", *features, shape=(64 + 32 * (index + 1), 56, 56))
    b.layer("pool", source, shape=(224, 28, 28))
    return b.graph()


def squeeze() -> Graph:
    """Residual blocks with squeeze and excitation."""
    b = Builder("squeeze")
    x = b.layer("input", shape=(3, 224, 224))
    x = b.layer("conv", x)
    for _ in range(2):
        y = b.chain(x, ["conv", "conv"])
        s = b.layer("pool", y, shape=(64, 1, 1))
        s = b.layer("conv", s, shape=(16, 1, 1))
        s = b.layer("conv", s, shape=(64, 1, 1))
        y = b.layer("mul", y, s)
        y = b.layer("conv", y)
        x = b.layer("add", x, y)
    return b.graph()


def unet() -> Graph:
    """Four levels with skips from the encoder to the decoder."""
    b = Builder("unet")
    x = b.layer("input", shape=(1, 256, 192))
    skips = []
    for level in range(4):
        x = b.chain(x, ["conv", "conv"])
        skips.append(x)
        x = b.layer("pool", x, shape=(64 << level, 128 >> level, 96 >> level))
    x = b.chain(x, ["conv", "conv"])
    for skip in reversed(skips):
        x = b.layer("upsample", x)
        x = b.layer("cat", skip, x)
        x = b.chain(x, ["conv", "conv"])
    return b.graph()


GRAPHS = {make.__name__: make for make in (chain, residual, inception, dense, squeeze, unet)}


@pytest.fixture(params=GRAPHS)
def graph(request: pytest.FixtureRequest) -> Graph:
    return GRAPHS[request.param]()


@pytest.fixture
def named_graph() -> Callable[[str], Graph]:
    return lambda name: GRAPHS[name]()


Point = tuple[float, float]


def half_width(panel: Panel) -> float:
    return panel.columns * panel.cell_width / 2


def overlaps(arrangement: Arrangement) -> list[tuple[str, str]]:
    """Pairs of panels whose rectangles, with the plates at their left, meet on the floor."""
    return [
        (one.layer, other.layer)
        for one, other in itertools.combinations(arrangement.panels, 2)
        if abs(one.z - other.z) < 1
        and one.x - half_width(one) - PLATE_WIDTH < other.x + half_width(other)
        and other.x - half_width(other) - PLATE_WIDTH < one.x + half_width(one)
    ]


def passes_through(line: tuple[Point, ...], panel: Panel) -> bool:
    """Whether a line of points crosses the panel's plane within its width."""
    for (x0, z0), (x1, z1) in itertools.pairwise(line):
        if min(z0, z1) <= panel.z <= max(z0, z1) and z0 != z1:
            x = x0 + (x1 - x0) * (panel.z - z0) / (z1 - z0)
            if abs(x - panel.x) < half_width(panel) + 0.1:
                return True
    return False


def cross(one: tuple[Point, ...], other: tuple[Point, ...]) -> bool:
    """Whether two lines of points properly cross."""

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return any(
        side(a, b, c) * side(a, b, d) < -1e-12 and side(c, d, a) * side(c, d, b) < -1e-12
        for a, b in itertools.pairwise(one)
        for c, d in itertools.pairwise(other)
    )


def assert_clear(arrangement: Arrangement) -> None:
    """Assert that nothing stands in another's way."""
    assert overlaps(arrangement) == []
    for route in arrangement.routes:
        low, high = min(z for _, z in route.points), max(z for _, z in route.points)
        near = [panel for panel in arrangement.panels if low <= panel.z <= high]
        assert not [p.layer for p in near if passes_through(route.points, p)]


@pytest.fixture
def clear() -> Callable[[Arrangement], None]:
    return assert_clear


def check(graph: Graph) -> None:
    """Assert what must hold for any graph."""
    result = arrange(graph)
    assert_clear(result)
    panels = {panel.layer: panel for panel in result.panels}
    assert list(panels) == [layer.id for layer in graph.layers]
    for edge in graph.edges:
        assert panels[edge.target].z < panels[edge.source].z - 2
    for route in result.routes:
        source, target = panels[route.source], panels[route.target]
        start, end = route.points[0], route.points[-1]
        assert start[0] == source.x
        assert 0 < source.z - start[1] < 0.5, "a route starts behind its source"
        assert end[0] == target.x
        assert 0 < end[1] - target.z < 0.5, "a route ends in front of its target"
        depths = [z for _, z in route.points]
        assert depths == sorted(depths, reverse=True)
    bounds = result.bounds
    for x, z in itertools.chain.from_iterable(route.points for route in result.routes):
        assert bounds.min_x <= x <= bounds.max_x
        assert bounds.min_z <= z <= bounds.max_z
    for panel in result.panels:
        assert bounds.min_x <= panel.x - half_width(panel) - PLATE_WIDTH
        assert panel.x + half_width(panel) <= bounds.max_x
        assert panel.yaw == 0
        assert panel.y - panel.rows * panel.cell_height / 2 == pytest.approx(0.55)


@pytest.fixture
def check_arrangement() -> Callable[[Graph], None]:
    return check


def all_crossed(arrangement: Arrangement) -> list[tuple[str, str, str, str]]:
    around = []
    for route in arrangement.routes:
        xs, zs = zip(*route.points, strict=True)
        around.append((route, min(xs), max(xs), min(zs), max(zs)))
    return [
        (one.source, one.target, other.source, other.target)
        for (one, x0, x1, z0, z1), (other, u0, u1, w0, w1) in itertools.combinations(around, 2)
        if x0 < u1 and u0 < x1 and z0 < w1 and w0 < z1 and cross(one.points, other.points)
    ]


@pytest.fixture
def crossed() -> Callable[[Arrangement], list[tuple[str, str, str, str]]]:
    """Pairs of routes, by their ends, that cross."""
    return all_crossed


@pytest.fixture
def crossings() -> Callable[[Graph], list[tuple[str, str, str, str]]]:
    """Pairs of routes of the straight arrangement, by their ends, that cross."""
    return lambda graph: all_crossed(arrange(graph))
