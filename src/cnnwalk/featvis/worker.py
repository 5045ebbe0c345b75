"""Makes pictures on one device, in batches that fit into its memory."""

from __future__ import annotations

import collections
import dataclasses
import functools
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from cnnwalk.featvis.ascent import Moment, Watch, ascend
from cnnwalk.featvis.attempts import Making, UnmadeError, all_made
from cnnwalk.featvis.copies import Copies
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.forming.begin import begin
from cnnwalk.featvis.memory import is_out_of_memory
from cnnwalk.featvis.numerics import EXACT, Precision
from cnnwalk.featvis.objective import respond
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.scoring import responses
from cnnwalk.featvis.tuning import Plan, plan
from cnnwalk.graph import Graph, Layer
from cnnwalk.networks import Network

__all__ = ["CancelledError", "Moment", "UnmadeError", "Watch", "Worker", "unwatched"]

LARGEST = 256
"""Orders in a batch at most: an H100 gains nothing from larger ones."""


class CancelledError(Exception):
    """Raised by a watch: nobody wants these pictures any more."""


def unwatched(_: Moment) -> None:
    """Be the watch where nobody watches."""


class Worker:
    """Makes pictures through one network on one device; for one thread at a time.

    It has a copy of the network of its own: passes through the network may go on meanwhile.

    Args:
        network: what the targets are in.
        graph: of the network.
        precision: what the ascent may do to the mathematics, see `tuning.plan`; responses are
            always the network's own.
        device: left out, the network's own.
    """

    def __init__(
        self,
        network: Network,
        graph: Graph,
        *,
        precision: Precision = "auto",
        device: torch.device | None = None,
    ) -> None:
        self._network = network
        self._graph = graph
        self._precision = precision
        self._device = network.example_input().device if device is None else device
        self._copies = Copies(network, graph, self._device)
        self._plans: dict[str, Plan] = {}

    def batch_size(self, layer_id: str) -> int:
        """Return how many pictures of a layer are made at once.

        Raises:
            FeatureVisualizationError: there is no such layer, or no gradient comes from it.
        """
        return self._plan(layer_id).batch

    def make(self, orders: Sequence[Order], watch: Watch = unwatched) -> list[Picture]:
        """Make pictures, in batches of `batch_size`.

        A target whose gradient is zero is maximized before its layer's activation function.
        Where that is silent, too, or a picture becomes not finite, it is begun again with other
        draws, `ATTEMPTS` times in all. Where memory runs out the batch is halved, for good.

        The same orders in one call make the same pictures to the last bit, in any process with
        as many threads of torch on one machine: batches are of a size that no clock decides, and
        the numbers that `auto` chose are kept for the next process (`keptnumerics`). Not so where
        memory ran out. In other company a convolution may be summed in another order, and what
        that changes in the last bit grows with the steps through a deep network: the same
        feature, in other places.

        Args:
            orders: of one layer and with the same settings.
            watch: called after each step, in this thread.

        Returns:
            One picture for each order, in their order.

        Raises:
            UnmadeError: some could not be made; it has those that could.
            FeatureVisualizationError: the orders do not fit the network or each other, or there
                is not enough memory for a single picture.
        """
        self._check(orders)
        makings = [Making(order) for order in orders]
        waiting = collections.deque(makings)
        while waiting:
            batch = self._next_batch(waiting)
            untouched = self._go(batch, watch)
            waiting.extendleft(reversed(untouched))
            # What has to be done otherwise waits for others like it.
            waiting.extend(each for each in batch if not each.ended and each not in untouched)
        return all_made(makings)

    def _check(self, orders: Sequence[Order]) -> None:
        spec = self._network.input
        shape = (spec.height, spec.width, spec.channels)
        for order in orders:
            if order.target.layer != orders[0].target.layer:
                raise FeatureVisualizationError("A batch is of one layer: make one for each.")
            if order.settings != orders[0].settings:
                raise FeatureVisualizationError("A batch has the same settings: make one for each.")
            order.target.check(self._layer(order.target.layer))
            if order.start is not None and order.start.shape != shape:
                raise FeatureVisualizationError(
                    f"The start image is of shape {order.start.shape}, but {self._network.name} "
                    f"takes {shape}: bring it to that height, width and number of channels."
                )

    def _next_batch(self, waiting: collections.deque[Making]) -> list[Making]:
        """Take what is next, with others of its kind from anywhere in the row."""
        first = waiting[0]
        size = self.batch_size(first.order.target.layer)
        alike = [each for each in waiting if each.kind == first.kind]
        batch = alike[:size]
        for each in batch:
            waiting.remove(each)
        return batch

    def _go(self, batch: Sequence[Making], watch: Watch) -> list[Making]:
        """Let a batch ascend; return those that are to be begun again as they are."""
        started = time.perf_counter()
        try:
            return self._ascend(batch, watch)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        finally:
            for each in batch:
                each.seconds += (time.perf_counter() - started) / len(batch)
        # Here the error is gone, and with it the tensors of the functions that it came through.
        self._halve(batch)
        return list(batch)

    def _ascend(self, batch: Sequence[Making], watch: Watch) -> list[Making]:
        """Do what `_go` does, in any amount of memory."""
        orders = [each.order for each in batch]
        layer_id = orders[0].target.layer
        numerics = self._plan(layer_id).numerics
        reach = self._copies.reach(layer_id, numerics, before_activation=batch[0].before_activation)
        forming = begin(orders, self._network.input, self._device)
        see = functools.partial(respond, reach, [order.target for order in orders])
        outcomes = ascend(orders, forming, see, watch)
        made = []
        for place, outcome in outcomes.items():
            if isinstance(outcome, str):
                batch[place].fall(outcome, has_activation=reach.has_activation)
            else:
                made.append((batch[place], outcome))
        if made:
            self._score(made)
        return [each for place, each in enumerate(batch) if place not in outcomes]

    def _score(self, made: Sequence[tuple[Making, npt.NDArray[np.uint8]]]) -> None:
        orders = [making.order for making, _ in made]
        exact = self._copies.reach(orders[0].target.layer)
        pictures = [pixels for _, pixels in made]
        scored = responses(self._network, self._graph, exact, orders, pictures)
        for (making, pixels), response in zip(made, scored, strict=True):
            making.finish(pixels, response)

    def _halve(self, batch: Sequence[Making]) -> None:
        """Make batches of this layer half as large from now on."""
        layer_id = batch[0].order.target.layer
        if len(batch) == 1:
            raise FeatureVisualizationError(
                f"There is not enough memory on {self._device} to make a single picture of layer "
                f"{layer_id}: end what else uses it, take another device, or a smaller input size."
            )
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        batch_size = len(batch) // 2
        self._plans[layer_id] = dataclasses.replace(self._plan(layer_id), batch=batch_size)

    def _plan(self, layer_id: str) -> Plan:
        if layer_id not in self._plans:
            self._layer(layer_id)
            self._plans[layer_id] = plan(
                self._copies, layer_id, precision=self._precision, largest=LARGEST
            )
            self._copies.keep({EXACT, *(each.numerics for each in self._plans.values())})
        return self._plans[layer_id]

    def _layer(self, layer_id: str) -> Layer:
        try:
            return self._graph.layer(layer_id)
        except KeyError:
            raise FeatureVisualizationError(
                f"{self._network.name} has no layer {layer_id!r}: take one that its graph names."
            ) from None
