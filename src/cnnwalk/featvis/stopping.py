"""End a forward pass at a layer, with the layer's activation and its gradient's way back."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn

from cnnwalk.capture.calls import SCRIPTED, Call, OperationMode, Witness
from cnnwalk.capture.kinds import canonical, kind_of
from cnnwalk.capture.path import Path
from cnnwalk.capture.tensors import parameter_names, tensors_in
from cnnwalk.graph import Graph, Layer, maps_shape

_OF_AUTOGRAD = f"{SCRIPTED}aten::detach()"
"""What autograd itself does to a result that it keeps, seen where scripts are watched."""


class Reached(BaseException):
    """Ends the pass on purpose; no network catches it by catching exceptions."""


class Place(NamedTuple):
    """A call of a module.

    Attributes:
        path: dotted, of the module.
        call: how many calls of the same module come before it in the pass.
    """

    path: str
    call: int


def ends_in_activation(graph: Graph, layer: Layer) -> bool:
    """Say whether a layer's last operation is an activation function of each value alone."""
    if layer.probe.op < 0:
        return False
    signature = graph.operations[layer.probe.op].removeprefix(SCRIPTED)
    function = canonical(signature.partition("(")[0])
    return kind_of(function, (), ()) == "activation" and function != "glu"  # it halves the channels


def activated(graph: Graph, layer: Layer) -> Layer | None:
    """Return the layer whose activation function a layer's values come out of.

    It is the layer itself, or that whose maps it pools; None where there is none.
    """
    if ends_in_activation(graph, layer):
        return layer
    sources = [edge.source for edge in graph.edges if edge.target == layer.id]
    if layer.kind != "pool" or len(sources) != 1:
        return None
    source = graph.layer(sources[0])
    pooled = maps_shape(source.shape)[0] == maps_shape(layer.shape)[0]
    return source if pooled and ends_in_activation(graph, source) else None


class AtOperation(OperationMode):
    """Ends the pass that runs inside this context at the operation that makes a layer.

    Operations are counted as they were recorded (`cnnwalk.capture`), so it finds every layer. A
    pass that takes another path than the recorded one goes on as `Path` says.

    Args:
        graph: of the network.
        layer: of the graph.
        module: the network, or a copy.
        before_activation: whether to end before the operation, with what goes into it; it is an
            activation function.
        linger: whether to end only before the operation after it.

    Attributes:
        found: the activation, None before it is reached.
        barrier: the latest operation that was given what depends on the input, in autograd's
            eyes, and passed no gradient on; None where there was none.
    """

    def __init__(
        self,
        graph: Graph,
        layer: Layer,
        module: nn.Module,
        *,
        before_activation: bool = False,
        linger: bool = False,
    ) -> None:
        scripted = any(SCRIPTED in signature for signature in graph.operations)
        super().__init__(Witness() if scripted else None)
        self.found: Tensor | None = None
        self.barrier: str | None = None
        self._path = Path(graph, on_parting=lambda _: None)
        self._probe = layer.probe
        self._module = module
        self._parameters: dict[int, str] = {}
        self._before_activation = before_activation
        self._linger = linger

    def __enter__(self) -> Self:
        self._parameters = parameter_names(self._module)  # now, because a pass may change some
        if self.witness is not None:
            self.witness.__enter__()  # type: ignore[no-untyped-call]  # torch's
        super().__enter__()  # type: ignore[no-untyped-call]  # torch's
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)  # type: ignore[no-untyped-call]
        if self.witness is not None:
            self.witness.__exit__(kind, error, trace)  # type: ignore[no-untyped-call]

    def before(self, call: Call) -> None:
        """End the pass where the layer is reached, before anything can overwrite it.

        What leaves a gradient mode on the way out, a call without tensors, is let through.
        """
        if self.found is None and not self._before_activation:
            return
        signature = self.signature(call, self._parameters)
        if self.found is not None:
            if signature != _OF_AUTOGRAD and tensors_in((call.args, call.kwargs)):
                raise Reached
        elif self._path.find(signature) == self._probe.op:
            self.found = tensors_in((call.args, call.kwargs))[0]
            raise Reached

    def after(self, call: Call, result: object, outputs: tuple[Tensor, ...]) -> object:
        """Take the layer's activation."""
        signature = self.signature(call, self._parameters)
        if signature == _OF_AUTOGRAD and self._path.find(signature) is None:
            return result
        position = self._path.meet(signature, "")
        self._note_barrier(call, outputs)
        if position == self._probe.op and self._probe.output < len(outputs):
            self.found = outputs[self._probe.output]
            # Of what runs in a script or in a function with its own gradient, autograd writes down
            # where it comes from when that is over; such a pass ends at what comes next.
            if self.found.requires_grad and not (self._linger or self.escaping):
                raise Reached
        return result

    def _note_barrier(self, call: Call, outputs: tuple[Tensor, ...]) -> None:
        if self.escaping or all(output.requires_grad for output in outputs):
            return
        if any(tensor.requires_grad for tensor in tensors_in((call.args, call.kwargs))):
            self.barrier = call.name()


class AtModule:
    """Ends the pass that runs inside this context when a module's call returns.

    Attributes:
        found: what the call returned, None before.
    """

    def __init__(self, module: nn.Module, place: Place) -> None:
        self.found: Tensor | None = None
        self._part = module.get_submodule(place.path)
        self._before = place.call

    def __enter__(self) -> Self:
        self._handle = self._part.register_forward_hook(self._leave)
        return self

    def __exit__(self, *_error: object) -> None:
        self._handle.remove()

    def _leave(self, _part: nn.Module, _args: object, result: Tensor) -> None:
        if self._before == 0:
            self.found = result
            raise Reached
        self._before -= 1


@contextlib.contextmanager
def find_place(module: nn.Module, mode: AtOperation) -> Iterator[list[Place]]:
    """End the pass that runs in the body when a module returns what a lingering `mode` has found.

    Yields:
        a list that gets the module's call; it stays empty where no module returns it at once.
    """
    places: list[Place] = []
    calls: Counter[str] = Counter()

    def leave(path: str, result: object) -> None:
        if mode.found is not None and result is mode.found:
            places.append(Place(path, calls[path]))
            raise Reached
        calls[path] += 1

    handles = [
        part.register_forward_hook(lambda _part, _args, result, path=path: leave(path, result))
        for path, part in module.named_modules()
        if not isinstance(part, torch.jit.ScriptModule)  # its calls may pass hooks by
    ]
    try:
        yield places
    finally:
        for handle in handles:
            handle.remove()
