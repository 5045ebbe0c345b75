"""Workers that make batches side by side."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, Self

import torch

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.limits import as_declared
from cnnwalk.featvis.numerics import Precision
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.worker import CancelledError, Moment, Watch, Worker, unwatched
from cnnwalk.graph import Graph
from cnnwalk.networks import Network
from cnnwalk.networks.load import find_device


class Pool(Protocol):
    """Makes batches of pictures through one network, several at once."""

    @property
    def network(self) -> Network:
        """What the targets are in."""
        ...

    @property
    def graph(self) -> Graph:
        """Of the network."""
        ...

    @property
    def precision(self) -> Precision:
        """What the workers were asked for."""
        ...

    @property
    def size(self) -> int:
        """How many batches are made at once."""
        ...

    def batch_size(self, layer_id: str) -> int:
        """Return how many pictures of a layer a worker makes at once."""
        ...

    def submit(self, orders: Sequence[Order], watch: Watch = unwatched) -> Future[list[Picture]]:
        """Have orders of one layer and the same settings made, as `Worker.make` does.

        A worker that fails for what is not in the orders, such as a device that is lost, hands
        them on to another.

        Args:
            orders: at most `batch_size` are made at once.
            watch: called where the pool is told of progress, perhaps not after each step; from
                threads of the pool.
        """
        ...

    def close(self) -> None:
        """End what is being made; futures that have no result get CancelledError."""
        ...


@dataclasses.dataclass(eq=False)
class _Task:
    """What a worker is to do.

    Attributes:
        work: called with a worker.
        future: of what `work` returns.
        failed_on: numbers of the workers that failed with it.
    """

    work: Callable[[Worker], Any]
    future: Future[Any] = dataclasses.field(default_factory=Future)
    failed_on: set[int] = dataclasses.field(default_factory=set)


class _WatchError(Exception):
    """Carries what a watch raised past those who look for a failing worker."""


def _found(devices: Sequence[str | torch.device] | str) -> list[torch.device]:
    names = [devices] if isinstance(devices, str) else [str(device) for device in devices]
    if not names:
        raise FeatureVisualizationError(
            "No devices were given: give at least one, such as cpu, or None for the network's own."
        )
    return [find_device(name) for name in names]


class LocalPool:
    """A worker for each device given, in a thread of its own; a context manager.

    Args:
        network: what the targets are in.
        graph: of the network.
        devices: may name one several times, such as ``["cpu", "cpu"]``; left out, one worker on
            the network's own.
        precision: as for `Worker`.

    Raises:
        FeatureVisualizationError: there is no device, or no such precision.
        NetworkError: this machine has no such device.
    """

    def __init__(
        self,
        network: Network,
        graph: Graph,
        devices: Sequence[str | torch.device] | str | None = None,
        *,
        precision: Precision = "auto",
    ) -> None:
        self.network = network
        self.graph = graph
        self.precision: Precision = precision
        as_declared("precision", precision, Precision)
        own = [None] if devices is None else _found(devices)
        self.size = len(own)
        self._news = threading.Condition()
        self._waiting: list[_Task] = []
        self._closed = False
        workers = [Worker(network, graph, precision=precision, device=device) for device in own]
        self._threads = [
            threading.Thread(
                target=self._run, args=each, name=f"pictures of {network.name}", daemon=True
            )
            for each in enumerate(workers)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def batch_size(self, layer_id: str) -> int:
        """Return how many pictures of a layer a worker makes at once.

        Waits for a worker, which measures it the first time.
        """
        size: int = self._submit(lambda worker: worker.batch_size(layer_id)).result()
        return size

    def submit(self, orders: Sequence[Order], watch: Watch = unwatched) -> Future[list[Picture]]:
        """Have orders made, as `Pool` says; `watch` is called after each step."""

        def look(moment: Moment) -> None:
            if self._closed:
                raise CancelledError
            try:
                watch(moment)
            except Exception as error:
                raise _WatchError from error

        return self._submit(lambda worker: worker.make(orders, look))

    def close(self) -> None:
        """End what is being made at its next step; futures without a result get CancelledError."""
        with self._news:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._news.notify_all()
        for task in waiting:
            if not task.future.cancelled():
                task.future.set_exception(CancelledError())
        for thread in self._threads:
            thread.join()

    def _submit(self, work: Callable[[Worker], Any]) -> Future[Any]:
        task = _Task(work)
        with self._news:
            if self._closed:
                raise RuntimeError("the pool is closed: nothing can be submitted to it")
            self._waiting.append(task)
            self._news.notify_all()
        return task.future

    def _run(self, number: int, worker: Worker) -> None:
        while (task := self._take(number)) is not None:
            try:
                result = task.work(worker)
            except BaseException as error:  # a network may even call sys.exit
                self._fail(task, number, error)
            else:
                task.future.set_result(result)

    def _take(self, number: int) -> _Task | None:
        """Wait for a task that this worker did not fail with; None when the pool is closed."""
        with self._news:
            while not self._closed:
                for task in self._waiting:
                    if number in task.failed_on:
                        continue
                    self._waiting.remove(task)
                    if task.failed_on or task.future.set_running_or_notify_cancel():
                        return task
                    break  # nobody wants it any more; look again
                else:
                    self._news.wait()
        return None

    def _fail(self, task: _Task, number: int, error: BaseException) -> None:
        """Hand a task on to another worker where that may help."""
        if isinstance(error, _WatchError):
            task.future.set_exception(error.__cause__)
        elif isinstance(error, CancelledError | FeatureVisualizationError):
            task.future.set_exception(error)
        elif not self._hand_on(task, number):
            who = "The worker" if self.size == 1 else f"All {self.size} workers failed; the last"
            failure = FeatureVisualizationError(
                f"{who} failed with {type(error).__name__}: {error}"
            )
            failure.__cause__ = error
            task.future.set_exception(failure)

    def _hand_on(self, task: _Task, number: int) -> bool:
        with self._news:
            task.failed_on.add(number)
            if self._closed or len(task.failed_on) == self.size:
                return False
            self._waiting.insert(0, task)
            self._news.notify_all()
            return True
