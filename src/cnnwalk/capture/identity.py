"""Know which operation made the data that a tensor holds now.

Tensors are told apart as objects (a weak reference that still points to the very same
object), never by `id` alone, because freed ids are used again. Tensors that share memory
are kept together by storage, so that writing through one re-binds the others it reaches.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.weak import TensorWeakRef

from cnnwalk.capture.operation import Value
from cnnwalk.capture.tensors import storage_of, unwrapped

Values = tuple[Value, ...]
"""What a tensor holds: one value, or several where parts of it were written separately."""


class _Entry(NamedTuple):
    reference: TensorWeakRef
    values: Values


class Identity:
    """The table of live tensors and the values they hold."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}
        self._storages: dict[int, list[TensorWeakRef]] = {}
        self._full = 256

    def bind(self, tensor: Tensor, values: Values) -> None:
        """Say that `tensor` holds `values` from now on."""
        tensor = unwrapped(tensor)
        known = self._known(tensor)
        reference = TensorWeakRef(tensor) if known is None else known.reference
        self._entries[id(tensor)] = _Entry(reference, values)
        key = _storage(tensor)
        if known is None and key is not None:
            live = [other for other in self._storages.get(key, ()) if other() is not None]
            self._storages[key] = [*live, reference]
        if len(self._entries) > self._full:
            self._prune()

    def find(self, tensor: Tensor) -> Values:
        """Return the values in `tensor`, none when no recorded operation made it.

        A tensor object never seen before is a view made out of sight: it holds what the known
        tensors on the same memory hold, or the latest of them that it lies in.
        """
        tensor = unwrapped(tensor)
        known = self._known(tensor)
        return self.behind(tensor) if known is None else known.values

    def behind(self, tensor: Tensor) -> Values:
        """Return what the other tensors hold on whose memory `tensor` lies."""
        touching = [pair for pair in self._sharing(tensor) if overlap(pair[0], tensor)[0]]
        around = [values for other, values in touching if overlap(other, tensor)[1]]
        if around:
            return max(around, key=max)
        return tuple(dict.fromkeys(value for _, values in touching for value in values))

    def write(self, written: Tensor, value: Value) -> None:
        """Say that `value` was written into `written`, and so into all that overlaps it.

        A tensor of which only a part was written holds its old values as well.
        """
        written = unwrapped(written)
        for other, values in self._sharing(written):
            touched, covered = overlap(written, other)
            if touched and other is not written:
                self.bind(other, (value,) if covered else (*values, value))
        self.bind(written, (value,))

    def _prune(self) -> None:
        """Forget the tensors that are gone; next time when there are twice as many as are left."""
        self._entries = {
            key: entry for key, entry in self._entries.items() if entry.reference() is not None
        }
        self._storages = {
            key: live
            for key, references in self._storages.items()
            if (live := [other for other in references if other() is not None])
        }
        self._full = max(256, 2 * len(self._entries))

    def _known(self, tensor: Tensor) -> _Entry | None:
        entry = self._entries.get(id(tensor))
        return entry if entry is not None and entry.reference() is tensor else None

    def _sharing(self, tensor: Tensor) -> list[tuple[Tensor, Values]]:
        key = _storage(tensor)
        if key is None:
            return []
        found = []
        for reference in self._storages.get(key, ()):
            other = reference()
            known = None if other is None else self._known(other)
            if other is not None and known is not None and _storage(other) == key:
                found.append((other, known.values))
        return found


def overlap(written: Tensor, other: Tensor) -> tuple[bool, bool]:
    """Say of two tensors on one storage: do they share an element; is all of `other` in `written`?

    The answer is exact, not a comparison of address ranges: two halves of the width
    interleave in memory without an element in common.
    """
    if written.numel() == 0 or other.numel() == 0:
        return False, False
    first, second = _span(written), _span(other)
    low, high = min(first[0], second[0]), max(first[1], second[1])
    if first[1] <= second[0] or second[1] <= first[0]:
        return False, False
    if _dense(written, first) and _dense(other, second):
        return True, first[0] <= second[0] and second[1] <= first[1]
    marks = np.zeros(high - low, dtype=np.bool_)
    _window(marks, written, low)[...] = True
    seen = _window(marks, other, low)
    return bool(seen.any()), bool(seen.all())


def _window(marks: NDArray[np.bool_], tensor: Tensor, low: int) -> NDArray[np.bool_]:
    start = tensor.storage_offset() * tensor.element_size() - low
    strides = tuple(step * tensor.element_size() for step in tensor.stride())
    return as_strided(marks[start:], (*tensor.shape, tensor.element_size()), (*strides, 1))


def _dense(tensor: Tensor, span: tuple[int, int]) -> bool:
    """Say whether every byte of the span belongs to the tensor, up to repeated elements."""
    return 0 not in tensor.stride() and tensor.nbytes == span[1] - span[0]


def _span(tensor: Tensor) -> tuple[int, int]:
    """Return the bytes of the storage that the tensor lies in, as [start, end)."""
    last = sum((size - 1) * step for size, step in zip(tensor.shape, tensor.stride(), strict=True))
    start = int(tensor.storage_offset())
    return start * tensor.element_size(), (start + int(last) + 1) * tensor.element_size()


def _storage(tensor: Tensor) -> int | None:
    storage = storage_of(tensor)
    return None if storage is None else int(storage._cdata)
