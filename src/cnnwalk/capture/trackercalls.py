"""Note the calls of trackers and markers while a network is recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.weak import TensorWeakRef

from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.identity import Identity
from cnnwalk.capture.operation import ModuleCall, Shape, Value
from cnnwalk.capture.tensors import tensors_in
from cnnwalk.trackers import Marker, Position, TrackerModule, as_position


class Precursor(NamedTuple):
    """A tracker before another one, as the network's code names it.

    Attributes:
        title: for messages.
        tracker: number of the tracker, None where its position is given.
        position: of the tracker, None where the tracker itself is given.
    """

    title: str
    tracker: int | None
    position: Position | None


@dataclasses.dataclass(frozen=True, slots=True)
class TrackerCall:
    """One call of a tracker or marker with a tensor.

    Attributes:
        tracker: number of the tracker; a tracker that is called twice has two calls.
        call: number of the module call.
        time: how many operations had run.
        text: the layer's name or the landmark's text, None where nothing is given.
        is_mark: whether it sets a landmark and no layer.
        position: on the trackers' grid.
        precursors: what the network's code names; None: what the data says.
        parameters: names of the tracked module's parameters.
        values: what the tensor held.
        shape: of the tensor, with the batch axis.
        through: number of the tracker call whose result it was given, None for anything else.
    """

    tracker: int
    call: int
    time: int
    text: str | None
    is_mark: bool
    position: Position | None
    precursors: tuple[Precursor, ...] | None
    parameters: tuple[str, ...]
    values: tuple[Value, ...]
    shape: Shape
    through: int | None

    @property
    def shown(self) -> Value | None:
        """The value whose activation is shown; None for a landmark, or if nothing made one."""
        return None if self.is_mark or not self.values else max(self.values)


class Passing(NamedTuple):
    """A read of a value: by operation number `time`, of one of `value`'s handles.

    The network's outputs are read when all operations have run.

    Attributes:
        time: number of the operation that reads.
        value: that is read.
        through: number of the tracker call whose result is read, None where it was not.
    """

    time: int
    value: Value
    through: int | None


class TrackerCalls:
    """Collects the calls, and tells a tracker's result from what it was given.

    A tracker returns what it is given. What it returns while recording is another tensor on the
    same memory, so that what reads it is seen to come after the tracker.
    """

    def __init__(
        self, paths: Mapping[int, str], names: Mapping[int, str], identity: Identity
    ) -> None:
        self.calls: list[TrackerCall] = []
        self.passings: list[Passing] = []
        self._paths = paths
        self._names = names
        self._identity = identity
        self._numbers: dict[int, int] = {}
        self._results: dict[int, tuple[TensorWeakRef, int]] = {}

    def note(
        self, module: nn.Module, call: ModuleCall, caller: str, result: object, time: int
    ) -> Tensor | None:
        """Note that a module's call has ended; return what to give out in place of its result.

        Args:
            module: any; only trackers and markers are noted.
            call: that has ended.
            caller: class of the module that made the call.
            result: what it returned.
            time: how many operations have run.
        """
        if not isinstance(module, TrackerModule | Marker):
            return None
        with torch._C.DisableTorchFunction():
            tensors = tensors_in(result)
            for tensor in tensors:
                self.calls.append(self._call(module, call, caller, tensor, time))
            # A view of a subclass or of a sparse tensor might not be the same thing.
            if type(result) is not Tensor or result.layout != torch.strided:
                return None
            return self._stand_in(result)

    def note_read(self, time: int, tensor: Tensor, values: Sequence[Value]) -> None:
        """Note that operation number `time` reads `values` in a tensor."""
        if self.calls:
            through = self._through(tensor, values)
            self.passings.extend(Passing(time, value, through) for value in values)

    def _stand_in(self, result: Tensor) -> Tensor:
        view = result.view(result.shape)
        self._identity.bind(view, self.calls[-1].values)
        self._results[id(view)] = (TensorWeakRef(view), len(self.calls) - 1)
        return view

    def _through(self, tensor: Tensor, values: Sequence[Value]) -> int | None:
        """Return the tracker call that made this very tensor, unless it was written to since."""
        reference, number = self._results.get(id(tensor), (None, 0))
        if reference is None or reference() is not tensor:
            return None
        return number if self.calls[number].values == tuple(values) else None

    def _call(
        self,
        module: TrackerModule | Marker,
        call: ModuleCall,
        caller: str,
        tensor: Tensor,
        time: int,
    ) -> TrackerCall:
        values = self._identity.find(tensor)
        is_mark = isinstance(module, Marker) or module.ignore_activation
        text = module.text if isinstance(module, Marker) else module.layer_name
        return TrackerCall(
            tracker=self._number(module),
            call=call.index,
            time=time,
            text=caller if is_mark and text is None else text,
            is_mark=is_mark,
            position=self._position(module),
            precursors=self._precursors(module),
            parameters=self._parameters(module),
            values=values,
            shape=tuple(tensor.shape),
            through=self._through(tensor, values),
        )

    def _number(self, module: nn.Module) -> int:
        return self._numbers.setdefault(id(module), len(self._numbers))

    def _title(self, module: nn.Module) -> str:
        name = getattr(module, "layer_name", None)
        return self._paths.get(id(module)) or name or type(module).__name__

    def _position(self, module: TrackerModule | Marker) -> Position | None:
        if isinstance(module, Marker) or module.pos is None:
            return None
        return self._as_position(module, module.pos)

    def _precursors(self, module: TrackerModule | Marker) -> tuple[Precursor, ...] | None:
        if isinstance(module, Marker) or not module.precursors:
            return None
        found: list[Precursor] = []
        for given in module.precursors:
            if isinstance(given, TrackerModule):
                found.append(Precursor(self._title(given), self._number(given), None))
            else:
                position = self._as_position(module, given)
                found.append(Precursor(f"position {given}", None, position))
        return tuple(found)

    def _as_position(self, module: nn.Module, value: object) -> Position:
        try:
            return as_position(value)
        except ValueError as error:
            raise CaptureError(f"Tracker {self._title(module)}: {error}") from error

    def _parameters(self, module: TrackerModule | Marker) -> tuple[str, ...]:
        if isinstance(module, Marker) or module.tracked_module is None:
            return ()
        inside = (self._names.get(id(value)) for value in module.tracked_module.parameters())
        return tuple(name for name in inside if name is not None)
