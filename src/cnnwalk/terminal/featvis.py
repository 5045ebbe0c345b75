"""``cnnwalk featvis``: pictures of a layer's channels as files."""

from __future__ import annotations

import dataclasses
import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnnwalk.graph import Graph, maps_shape
from cnnwalk.server.showing import Showing
from cnnwalk.terminal.networks import NetworkOptions, load_networks
from cnnwalk.terminal.pictures import PictureFolder
from cnnwalk.terminal.progress import progress

if TYPE_CHECKING:
    from cnnwalk.featvis import Measure, Mode, Order, Picture
    from cnnwalk.featvis.cluster import RayPool
    from cnnwalk.featvis.numerics import Precision
    from cnnwalk.featvis.pool import LocalPool, Pool
    from cnnwalk.networks import Network

INTERRUPTED = 130
_FILE_WIDTH = 1000  # where nobody sees an edge, no line is cut


@dataclasses.dataclass(frozen=True)
class PictureOptions:
    """Which pictures the user asked for; None leaves the choice to the layer and the mode.

    Attributes:
        layer: id, or path of a module or block.
        channels: 0-based; None for all.
        mode: how they form.
        parameters: of the mode, by name.
        seed: of all random draws.
        start: file of the image to begin with; None for noise.
        neuron: row and column.
        measure: what of a map counts.
        quantile: for that measure.
    """

    layer: str
    channels: Sequence[int] | None
    mode: Mode | None
    parameters: Mapping[str, object]
    seed: int
    start: Path | None
    neuron: tuple[int, int] | None
    measure: Measure
    quantile: float


@dataclasses.dataclass(frozen=True)
class EngineOptions:
    """What makes the pictures.

    Attributes:
        ray: whether a Ray cluster does; else this process.
        workers: how many make batches side by side; None for one here, and for as many as a
            cluster has room for.
        precision: as for `cnnwalk.featvis.worker.Worker`.
        cache: whether pictures that were made before are taken.
    """

    ray: bool
    workers: int | None
    precision: Precision
    cache: bool


def print_layers(spec: str, options: NetworkOptions, showing: Showing) -> None:
    """Print the layers of a network, with their channels and the mode that suits them.

    Raises:
        NetworkError: the network cannot be loaded.
        CaptureError: it cannot be recorded.
    """
    _, graph = _load(spec, options, showing)
    from cnnwalk.featvis.choice import mode_for

    table = Table("layer", "channels", "map", "mode", "", box=None, pad_edge=False)
    for layer in graph.layers:
        channels, height, width = maps_shape(layer.shape) if prod(layer.shape) else (0, 0, 0)
        cells = (layer.id, str(channels), f"{height}×{width}", mode_for(graph, layer.id))
        table.add_row(*(Text(cell) for cell in cells), Text(layer.label))
    console = Console()
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    console.print(table)


def write_pictures(  # noqa: PLR0913, PLR0917 - a group of options each
    spec: str,
    loading: NetworkOptions,
    showing: Showing,
    options: PictureOptions,
    engine: EngineOptions,
    out: Path,
) -> int:
    """Make pictures; write each as soon as it is finished, and at last a sheet of all.

    Returns:
        The exit code: 130 after Ctrl-C, when what was finished is there.

    Raises:
        FeatureVisualizationError: what was asked for does not fit the network, or a file cannot
            be written.
        ImageError: the start image cannot be had.
        NetworkError: the network cannot be loaded.
        CaptureError: it cannot be recorded.
    """
    logging.basicConfig(format="cnnwalk: %(message)s", level=logging.WARNING)
    folder = PictureFolder(out)
    network, graph = _load(spec, loading, showing)
    orders = _orders(network, graph, options)
    # A shell starts what runs behind it with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from cnnwalk.featvis.attempts import UnmadeError

    end: BaseException | None = None
    try:
        with _pool(network, graph, loading.device, engine) as pool:
            _make(orders, pool, folder, cache=engine.cache)
    except (KeyboardInterrupt, UnmadeError) as error:
        end = error
    # A second, impatient Ctrl-C must not tear the end apart.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(folder.finish(orders, network))
    if isinstance(end, UnmadeError):
        raise end
    if end is not None:
        _say("interrupted; what is finished stays.")
        return INTERRUPTED
    return 0


def _load(spec: str, options: NetworkOptions, showing: Showing) -> tuple[Network, Graph]:
    with progress() as on_step:
        (network,) = load_networks([spec], options, on_step)
        on_step(f"recording {network.name}")
        return network, showing.record(network)


def _orders(network: Network, graph: Graph, options: PictureOptions) -> list[Order]:
    from cnnwalk.featvis.asking import find_layer, orders_for
    from cnnwalk.images.decode import decode_file

    return orders_for(
        network,
        graph,
        find_layer(graph, options.layer),
        channels=options.channels,
        mode=options.mode,
        parameters=options.parameters,
        seed=options.seed,
        start=None if options.start is None else decode_file(options.start),
        neuron=options.neuron,
        measure=options.measure,
        quantile=options.quantile,
    )


def _pool(
    network: Network, graph: Graph, device: str, engine: EngineOptions
) -> RayPool | LocalPool:
    if engine.ray:
        from cnnwalk.featvis.cluster import RayPool

        return RayPool(network, graph, precision=engine.precision, size=engine.workers)
    from cnnwalk.featvis.pool import LocalPool

    devices = [device] * (engine.workers or 1)
    return LocalPool(network, graph, devices, precision=engine.precision)


def _make(orders: Sequence[Order], pool: Pool, folder: PictureFolder, *, cache: bool) -> None:
    from cnnwalk.featvis.cache import PictureCache
    from cnnwalk.featvis.making import make_pictures
    from cnnwalk.featvis.progress import Meter
    from cnnwalk.featvis.progressbar import progress_bar

    with progress_bar(orders[0].target.layer) as tell:
        meter = Meter(orders, tell)

        def keep(order: Order, picture: Picture) -> None:
            folder.keep(pool.network, order, picture)
            meter.on_picture(order, picture)

        make_pictures(
            orders,
            pool,
            PictureCache(tell=_say) if cache else None,
            on_moment=meter.on_moment,
            on_picture=keep,
        )


def _say(sentence: str) -> None:
    print(f"cnnwalk: {sentence}", file=sys.stderr)
