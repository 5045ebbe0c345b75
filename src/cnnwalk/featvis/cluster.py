"""A pool on a Ray cluster: Ray says where and when, the same `Worker` makes the pictures there.

Source: https://docs.ray.io/en/latest/ray-core/fault-tolerance.html
"""

from __future__ import annotations

import copy
import dataclasses
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import torch

from cnnwalk.featvis.attempts import UnmadeError
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.numerics import Precision
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.worker import CancelledError, Watch, Worker, unwatched
from cnnwalk.graph import Graph
from cnnwalk.networks import Network

_RETRIES = 3
"""How often a batch is begun again whose process was killed."""


@dataclasses.dataclass(frozen=True)
class _Shared:
    """What every process of the cluster needs, sent to each machine once."""

    network: Network
    graph: Graph
    precision: Precision


@dataclasses.dataclass(frozen=True)
class _Outcome:
    """What came of a batch: its pictures, and a sentence where there is not one for each.

    Without any pictures the batch as a whole could not be made.
    """

    pictures: list[Picture | None]
    problem: str | None = None


class RayPool:
    """A worker for each GPU of a Ray cluster, or for each CPU where it has none.

    Joins the cluster that ``RAY_ADDRESS`` names, or the one that this process is in already;
    else it starts one on this machine and ends it with `close`. A batch whose process or machine
    dies is made elsewhere. Progress is told by finished batches only.

    Args:
        network: what the targets are in; it travels with its code.
        graph: of the network.
        precision: as for `Worker`.
        size: how many batches are made at once; left out, as many as the cluster has room for.

    Raises:
        FeatureVisualizationError: Ray is not installed, or the cluster cannot be reached.
    """

    def __init__(
        self,
        network: Network,
        graph: Graph,
        *,
        precision: Precision = "auto",
        size: int | None = None,
    ) -> None:
        self.network = network
        self.graph = graph
        self.precision: Precision = precision
        self._ray = _ray()
        self._owns = not self._ray.is_initialized()
        if self._owns:
            self._join(size)
        room = self._ray.cluster_resources()
        kind = "GPU" if room.get("GPU", 0) >= 1 else "CPU"
        self.size = min(size or sys.maxsize, max(1, int(room.get(kind, 1))))
        needs = {"num_gpus": 1} if kind == "GPU" else {"num_cpus": 1}
        remote = self._ray.remote(max_retries=_RETRIES, **needs)
        self._make, self._measure = remote(_make), remote(_measure)
        self._shared = self._put()
        self._batches: dict[str, int] = {}
        self._open: dict[Future[list[Picture]], Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def batch_size(self, layer_id: str) -> int:
        """Return how many pictures of a layer a worker makes at once, by one worker's measure."""
        if layer_id not in self._batches:
            outcome = self._ray.get(self._measure.remote(self._shared, layer_id))
            if isinstance(outcome, str):
                raise FeatureVisualizationError(outcome)
            self._batches[layer_id] = outcome
        return self._batches[layer_id]

    def submit(self, orders: Sequence[Order], watch: Watch = unwatched) -> Future[list[Picture]]:
        """Have orders made, as `Pool` says; no step of a batch is told, so `watch` is not called.

        The future takes FeatureVisualizationError where a batch fails in all its attempts.
        """
        del watch
        reference = self._make.remote(self._shared, list(orders))
        future: Future[list[Picture]] = Future()
        self._open[future] = reference
        reference.future().add_done_callback(lambda done: self._end(future, done))
        return future

    def close(self) -> None:
        """End what is being made; futures without a result get CancelledError."""
        for future, reference in list(self._open.items()):
            with suppress(InvalidStateError):
                future.set_exception(CancelledError())
            self._ray.cancel(reference, force=True)
        if self._owns:
            self._ray.shutdown()

    def _join(self, size: int | None) -> None:
        # Ray's own reports, and the output of its processes, would tear the progress apart.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        quiet = {"include_dashboard": False, "log_to_driver": False, "logging_level": "ERROR"}
        address = os.environ.get("RAY_ADDRESS")
        try:
            if address:
                self._ray.init(log_to_driver=False, logging_level="ERROR")
            else:
                self._ray.init(address="local", num_cpus=size, **quiet)
        except Exception as error:
            where = f"at {address} (RAY_ADDRESS)" if address else "on this machine"
            raise FeatureVisualizationError(
                f"There is no Ray cluster {where}: {error}. Start one with “ray start --head”, "
                "or take the local engine."
            ) from error

    def _put(self) -> Any:  # noqa: ANN401 - Ray's reference; Ray is not a dependency
        pickle = self._ray.cloudpickle
        own = list(_own_code(self.network))
        for code in own:
            pickle.register_pickle_by_value(code)
        try:
            # Another machine may not have the device that it is on.
            module = copy.deepcopy(self.network.module).cpu()
            network = dataclasses.replace(self.network, module=module)
            return self._ray.put(_Shared(network, self.graph, self.precision))
        except Exception as error:
            raise FeatureVisualizationError(
                f"{self.network.name} cannot be sent to the workers of a Ray cluster: {error}. "
                "Take the local engine, or what cannot be pickled out of the network."
            ) from error
        finally:
            for code in own:
                pickle.unregister_pickle_by_value(code)

    def _end(self, future: Future[list[Picture]], done: Future[_Outcome]) -> None:
        """Pass on what came of a batch, unless nobody waits for it any more."""
        self._open.pop(future, None)
        error = done.exception()
        with suppress(InvalidStateError):
            if error is not None:
                future.set_exception(_failure(error))
            else:
                _settle(future, done.result())


_workers: dict[str, Worker] = {}
"""Of this process, by network: Ray gives a process many batches."""


def _worker(shared: _Shared) -> Worker:
    key = f"{shared.network.id} {shared.precision}"
    if key not in _workers:
        _workers.clear()
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        shared.network.module.to(device)
        _workers[key] = Worker(
            shared.network, shared.graph, precision=shared.precision, device=device
        )
    return _workers[key]


def _measure(shared: _Shared, layer_id: str) -> int | str:
    """Return the batch size of a layer, or a sentence; runs in the cluster."""
    try:
        return _worker(shared).batch_size(layer_id)
    except FeatureVisualizationError as error:
        return str(error)


def _make(shared: _Shared, orders: Sequence[Order]) -> _Outcome:
    """Make a batch; runs in the cluster."""
    try:
        return _Outcome(list(_worker(shared).make(orders)))
    except UnmadeError as error:
        return _Outcome(error.pictures, str(error))
    except FeatureVisualizationError as error:
        return _Outcome([], str(error))


def _settle(future: Future[list[Picture]], outcome: _Outcome) -> None:
    if outcome.problem is None:
        future.set_result([each for each in outcome.pictures if each is not None])
    elif outcome.pictures:
        future.set_exception(UnmadeError(outcome.problem, outcome.pictures))
    else:
        future.set_exception(FeatureVisualizationError(outcome.problem))


def _failure(error: BaseException) -> FeatureVisualizationError:
    cause = getattr(error, "cause", None) or error
    return FeatureVisualizationError(
        f"A batch failed on the Ray cluster, with {type(cause).__name__}: {cause}"
    )


def _ray() -> Any:  # noqa: ANN401 - a module without types
    try:
        import ray
        import ray.cloudpickle
    except ImportError as error:
        raise FeatureVisualizationError(
            "The engine “ray” needs the package ray: pip install 'cnnwalk[ray]', or take the local "
            "engine."
        ) from error
    return ray


def _own_code(network: Network) -> Iterator[ModuleType]:
    """Yield the modules of a user's own code that a network is made of.

    Other machines have not got them, as they have torch and what else is installed.
    """
    installed = [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib")]
    installed.append(Path(__file__).parents[1])
    names = {type(part).__module__ for part in network.module.modules()} - {"__main__"}
    for name in sorted(names):
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None)
        if module is None or file is None:
            continue
        if not any(Path(file).is_relative_to(folder) for folder in installed):
            yield module
