"""Small graphs built by hand, as capture would find them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from cnnwalk.graph import Block, Edge, Graph, Kind, Layer, Probe


class Builder:
    """Adds layers in order of execution; `graph()` gives what was built."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._layers: list[Layer] = []
        self._edges: list[Edge] = []
        self._blocks: list[Block] = []

    def block(self, path: str, label: str, parent: str | None = None) -> str:
        self._blocks.append(Block(path, path, label, parent))
        return path

    def layer(
        self,
        kind: Kind,
        *sources: str,
        shape: tuple[int, ...] = (64, 28, 28),
        parameters: int | None = None,
        block: str | None = None,
        edge_label: str | None = None,
    ) -> str:
        layer_id = f"n{len(self._layers)}"
        if parameters is None:
            parameters = 1000 if kind in ("conv", "linear") else 0
        self._layers.append(
            Layer(
                id=layer_id,
                kind=kind,
                label=kind,
                path=None,
                shape=shape,
                block=block,
                parameters=parameters,
                absorbed=(),
                weights=(),
                probe=Probe(len(self._layers)),
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
