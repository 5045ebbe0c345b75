"""The passes of a walk: started, running or cached, one inference thread for each network."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from torch import Tensor

from cnnwalk.graph import Graph, Layer
from cnnwalk.networks import Network
from cnnwalk.news import Listener
from cnnwalk.passes.cache import ByteCache
from cnnwalk.passes.compute import PassError, compute, forward, maps_of, prepare
from cnnwalk.passes.run import Run
from cnnwalk.passes.statistics import statistics_of_weights
from cnnwalk.pixels import AnyImage
from cnnwalk.quiet import Quiet
from cnnwalk.wire import Level, ProblemHeader, ResultHeader, Statistics, encode_frame

MIB = 2**20

Load: TypeAlias = Callable[[], AnyImage]
_Key: TypeAlias = tuple[str, str]
_Result = TypeVar("_Result")


@dataclasses.dataclass(eq=False)
class _Served:
    """A network with its one thread; forward passes of one network never run side by side."""

    network: Network
    graph: Graph
    thread: ThreadPoolExecutor
    weights: dict[str, Statistics] | None = None


class Passes:
    """All passes of a walk, named by network and image; for use by several threads.

    What has finished is cached, within `capacity_bytes` of frames. What was dropped is computed
    again when it is asked for, to the same bytes.

    Attributes:
        quiet: is not while a forward pass runs or waits for its thread.
    """

    def __init__(
        self, capacity_bytes: int = 512 * MIB, values_capacity_bytes: int = 64 * MIB
    ) -> None:
        self._served: dict[str, _Served] = {}
        self._running: dict[_Key, Run] = {}
        self._finished: ByteCache[_Key, Run] = ByteCache(capacity_bytes)
        self._values: ByteCache[tuple[str, str, str], Tensor] = ByteCache(values_capacity_bytes)
        self._lock = threading.Lock()
        self._closed = False
        self.quiet = Quiet()

    @property
    def size(self) -> int:
        """Bytes of the frames of all finished passes that are held."""
        return self._finished.size

    def add(self, network: Network, graph: Graph) -> None:
        """Make passes through a network possible; the same network again changes nothing."""
        with self._lock:
            if network.id not in self._served:
                name = f"passes of {network.name}"
                thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
                self._served[network.id] = _Served(network, graph, thread)

    def close(self) -> None:
        """End all passes at their next layer, and the threads; what is started after fails."""
        with self._lock:
            self._closed = True
            served = list(self._served.values())
            running = list(self._running.values())
        for run in running:
            _end_closed(run)
        for each in served:
            each.thread.shutdown(cancel_futures=True)

    def start(self, network_id: str, image_id: str, load: Load) -> Pass:
        """Return a pass: the cached, the running, or one newly queued.

        Args:
            network_id: of a network that was added.
            image_id: names the image's pixels.
            load: returns the image; called in the network's thread when it is needed.

        Raises:
            KeyError: there is no such network.
        """
        graph = self._served[network_id].graph
        return Pass(graph, lambda: self._run(network_id, image_id, load))

    def values(
        self, network_id: str, image_id: str, load: Load, layer_id: str, channel: int
    ) -> npt.NDArray[np.float32]:
        """Return one feature map as it was computed; waits for the network's thread.

        Returns:
            float32 of shape (h, w), in the unit of the activation.

        Raises:
            KeyError: there is no such network or layer.
            IndexError: the layer has no such channel; says how many there are.
            PassError: the image or the forward pass failed.
        """
        maps = self.maps(network_id, image_id, load, layer_id)
        if not 0 <= channel < len(maps):
            raise IndexError(
                f"layer {layer_id!r} has channels 0 to {len(maps) - 1}, there is no {channel}"
            )
        found: npt.NDArray[np.float32] = maps[channel].copy()
        return found

    def maps(
        self, network_id: str, image_id: str, load: Load, layer_id: str
    ) -> npt.NDArray[np.float32]:
        """Return all feature maps of a layer as they were computed, as `values` returns one.

        Returns:
            float32 of shape (C, h, w), not to be written to.
        """
        served = self._served[network_id]
        served.graph.layer(layer_id)
        key = (network_id, image_id, layer_id)
        maps = self._values.get(key)
        if maps is None:
            closed = PassError(f"The walk was closed before layer {layer_id}.")
            with self._lock:
                if self._closed:
                    raise closed
                computed = self._submit(served, partial(self._compute_maps, served, key, load))
            try:
                maps = computed.result()
            except CancelledError:
                raise closed from None
        found: npt.NDArray[np.float32] = maps.numpy()
        return found

    def weight_statistics(self, network_id: str) -> dict[str, Statistics]:
        """Return the statistics of the weights by layer id, of all layers that have any.

        Weights are the layer's parameters with two axes or more, as of convolutions and linear
        layers; of a layer without such parameters, all that it has.

        Raises:
            KeyError: there is no such network.
        """
        served = self._served[network_id]
        if served.weights is None:
            state = served.network.module.state_dict()
            served.weights = {
                layer.id: statistics_of_weights(weights)
                for layer in served.graph.layers
                if (weights := _weights_of(layer, state))
            }
        return served.weights

    def _run(self, network_id: str, image_id: str, load: Load) -> Run:
        """Return the run of a pass that is cached or running, or queue a new one."""
        key = (network_id, image_id)
        with self._lock:
            run = self._running.get(key) or self._finished.get(key)
            if run is None or run.cancelled:
                run = Run()
                if self._closed:
                    _end_closed(run)
                    return run
                self._running[key] = run
                served = self._served[network_id]
                self._submit(served, partial(self._compute, served, key, load, run))
            return run

    def _submit(self, served: _Served, work: Callable[[], _Result]) -> Future[_Result]:
        """Queue work for a network's thread; it is not quiet until that has ended."""
        self.quiet.begin()
        future = served.thread.submit(work)
        future.add_done_callback(lambda _: self.quiet.end())
        return future

    def _compute_maps(self, served: _Served, key: tuple[str, str, str], load: Load) -> Tensor:
        """Return the feature maps of one layer, unless somebody else just had them computed."""
        maps = self._values.get(key)
        if maps is None:
            maps = _maps_of(served, load, key[2])
            self._values.put(key, maps, maps.nbytes)
        return maps

    def _compute(self, served: _Served, key: _Key, load: Load, run: Run) -> None:
        last = compute(served.network, served.graph, load, run)
        frame = b"" if last is None else encode_frame(last.header, last.payload.data)
        succeeded = last is not None and isinstance(last.header, ResultHeader)
        with self._lock:
            if self._running.get(key) is run:
                del self._running[key]
            if succeeded:
                self._finished.put(key, run, run.size + len(frame))
        # Only now, so that whoever has read the end finds the pass in the cache.
        if last is not None:
            run.end("finished" if succeeded else "failed", frame)


class Pass:
    """One image through one network."""

    def __init__(self, graph: Graph, run: Callable[[], Run]) -> None:
        self._graph = graph
        self._find = run
        self._run = run()

    @property
    def finished(self) -> bool:
        """Whether every frame is there, the result as the last: nothing will change any more."""
        return self._run.finished

    async def frames(
        self, level: Level, layers: Sequence[str] | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield the frames of a stream, each as soon as it exists.

        A pass that was listened to and no longer is, is cancelled at its next layer: close the
        generator (`contextlib.aclosing`) when the reader is gone.

        Args:
            level: ``base`` for all layers as they are computed and the result; ``detail`` for
                the full size of the asked layers, in the asked order.
            layers: ids, with level ``detail`` only.

        Yields:
            Frames; where the forward pass fails, the last one has a `ProblemHeader`.

        Raises:
            KeyError: there is no such layer.
        """
        wanted = [self._graph.layer(layer).id for layer in layers or ()]
        listener = Listener()
        run = self._join(listener)
        sent, ended = 0, False
        try:
            while not ended:
                listener.forget_news()
                ready, ended = run.base(sent) if level == "base" else run.detail(wanted[sent:])
                for frame in ready:
                    yield frame
                sent += len(ready)
                if not ended:
                    await listener.news()
        finally:
            run.leave(listener)

    def _join(self, listener: Listener) -> Run:
        while not self._run.join(listener):
            self._run = self._find()
        return self._run


def _end_closed(run: Run) -> None:
    detail = "The walk was closed before this pass had ended."
    run.end("failed", encode_frame(ProblemHeader(detail=detail)))


def _maps_of(served: _Served, load: Load, layer_id: str) -> Tensor:
    """Return the feature maps of one layer, running the network no further than needed."""
    maps: list[Tensor] = []

    def keep(layer: Layer, activation: Tensor) -> None:
        if layer.id == layer_id:
            maps.append(maps_of(layer, activation).clone())

    prepared = prepare(served.network, load)
    forward(served.network, served.graph, prepared, keep, stop_after=layer_id)
    if not maps:
        raise PassError(
            f"With this image {served.network.name} takes another path than when it was recorded, "
            f"on which layer {layer_id} does not happen: it has no values."
        )
    return maps[-1]


def _weights_of(layer: Layer, state: dict[str, Tensor]) -> list[Tensor]:
    parameters = [state[name] for name in layer.weights if state[name].numel() > 0]
    return [weight for weight in parameters if weight.ndim >= 2] or parameters
