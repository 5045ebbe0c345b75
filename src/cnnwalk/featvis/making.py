"""Pictures that were made before from the cache, and all others made by a pool."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed, wait
from typing import TypeAlias

from cnnwalk.featvis.attempts import UnmadeError
from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.facts import facts_of
from cnnwalk.featvis.key import keys_of
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.pool import Pool
from cnnwalk.featvis.worker import CancelledError, Moment, Watch, unwatched

OnPicture: TypeAlias = Callable[[Order, Picture], None]

_Batch: TypeAlias = dict[str, Order]
"""Orders by their keys."""


def make_pictures(
    orders: Sequence[Order],
    pool: Pool,
    cache: PictureCache | None,
    *,
    on_moment: Watch = unwatched,
    on_picture: OnPicture = lambda _order, _picture: None,
) -> list[Picture]:
    """Make pictures of any layers and settings; those in the cache are there at once.

    Equal orders are made once. Whatever is raised, also by `on_moment` and `on_picture`, ends
    what is being made at its next step; what was finished is in the cache.

    Args:
        orders: in the order in which they are begun.
        pool: of the network that they are of.
        cache: looked into first, and given each picture that was made; None for none.
        on_moment: called after steps of batches, from the pool's threads, one call at a time.
        on_picture: called in this thread with each order and its picture, those from the cache
            first, the others as they are finished.

    Returns:
        One picture for each order, in their order.

    Raises:
        UnmadeError: some could not be made, and all others were.
        FeatureVisualizationError: as `Worker.make`.
    """
    keys = keys_of(pool.network, pool.graph, orders, pool.precision)
    request = _Request(pool, cache, on_moment, on_picture)
    request.make(dict(zip(keys, orders, strict=True)))
    pictures = [request.pictures.get(key) for key in keys]
    if request.problems:
        raise UnmadeError(" ".join(request.problems), pictures)
    return [picture for picture in pictures if picture is not None]


class _Request:
    def __init__(
        self, pool: Pool, cache: PictureCache | None, on_moment: Watch, on_picture: OnPicture
    ) -> None:
        self.pictures: dict[str, Picture] = {}
        self.problems: list[str] = []
        self._pool = pool
        self._cache = cache
        self._on_moment = on_moment
        self._on_picture = on_picture
        self._one_at_a_time = threading.Lock()
        self._ended = False
        self._batch_of: dict[Future[list[Picture]], _Batch] = {}

    def make(self, orders: _Batch) -> None:
        """Fill `pictures`, or `problems`."""
        for key, order in orders.items():
            picture = None if self._cache is None else self._cache.get(key)
            if picture is not None:
                self.pictures[key] = picture
                self._on_picture(order, picture)
        missing = {key: order for key, order in orders.items() if key not in self.pictures}
        try:
            for batch in self._batches(missing):
                self._batch_of[self._pool.submit(list(batch.values()), self._watch)] = batch
            for future in as_completed(list(self._batch_of)):
                for key in self._keep(future):
                    self._on_picture(orders[key], self.pictures[key])
        finally:
            self._end()

    def _batches(self, orders: _Batch) -> Iterator[_Batch]:
        """Yield what can be made together, in such parts that no worker is without one."""
        for layer, alike in _alike(orders):
            count = min(self._pool.batch_size(layer), math.ceil(len(alike) / self._pool.size))
            for start in range(0, len(alike), count):
                yield dict(itertools.islice(alike.items(), start, start + count))

    def _watch(self, moment: Moment) -> None:
        with self._one_at_a_time:
            if self._ended:
                raise CancelledError
            try:
                self._on_moment(moment)
            except BaseException:
                self._ended = True
                raise

    def _keep(self, future: Future[list[Picture]]) -> list[str]:
        """Keep what came of a batch, and return its keys; raises what ended the batch."""
        batch = self._batch_of.pop(future)
        try:
            made: Sequence[Picture | None] = future.result()
        except UnmadeError as error:
            self.problems.append(str(error))
            made = error.pictures
        there = {key: picture for key, picture in zip(batch, made, strict=True) if picture}
        self.pictures |= there
        if self._cache is not None:
            for key, picture in there.items():
                facts = facts_of(self._pool.network, batch[key], picture)
                self._cache.put(key, picture, facts)
        return list(there)

    def _end(self) -> None:
        """End what still goes on; keep what was finished since anybody looked."""
        self._ended = True
        begun = [future for future in self._batch_of if not future.cancel()]
        wait(begun)
        for future in begun:
            if isinstance(future.exception(), UnmadeError | None):
                self._keep(future)


def _alike(orders: _Batch) -> Iterator[tuple[str, _Batch]]:
    """Yield each layer's orders of the same settings."""
    groups: list[_Batch] = []
    for key, order in orders.items():
        for group in groups:
            other = next(iter(group.values()))
            if (other.target.layer, other.settings) == (order.target.layer, order.settings):
                group[key] = order
                break
        else:
            groups.append({key: order})
    for group in groups:
        yield next(iter(group.values())).target.layer, group
