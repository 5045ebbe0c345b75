"""Run a recorded network again and hand out each layer's activation as it appears."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from cnnwalk.capture.calls import SCRIPTED, Call, OperationMode, Witness
from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.operation import INPUT
from cnnwalk.capture.state import untouched
from cnnwalk.capture.tensors import own_copy, parameter_names, unwrap
from cnnwalk.graph import Graph, Layer

OnActivation = Callable[[Layer, Tensor], None]

_END = "the end of the pass"
"""Stands behind the last operation."""


def observe(
    model: nn.Module,
    example_input: Tensor | tuple[Tensor, ...],
    graph: Graph,
    on_activation: OnActivation,
    *,
    stop_after: str | None = None,
) -> object:
    """Run the forward pass and call `on_activation` the moment each layer's activation exists.

    The calls come synchronously, in order of execution, the input layers first. The tensor has
    its batch axis and may be overwritten in place by the network's next operation: copy what
    you keep. What `on_activation` raises ends the pass and propagates.

    Two threads may observe at once, the same model too if it is in evaluation mode already.

    Args:
        model: the recorded model, or one of the same architecture.
        example_input: the forward method's argument, or its arguments, with the batch axis.
        graph: of the model.
        on_activation: called with a layer and its activation.
        stop_after: id of the layer after which the pass ends.

    Returns:
        What the model returned, None when the pass was ended by `stop_after`.

    Raises:
        CaptureError: the pass fails, or takes another path through the network than the
            recording did.
        KeyError: `stop_after` is not a layer of the graph.
    """
    last = None if stop_after is None else graph.layer(stop_after)
    model = unwrap(model)
    inputs = own_copy(example_input)
    scripted = any(SCRIPTED in signature for signature in graph.operations)
    witness = Witness() if scripted else None
    observer = _Observer(graph, parameter_names(model), on_activation, last, witness)
    with untouched(model):
        try:
            observer.show_inputs(inputs)
            result = _run(model, inputs, observer)
            observer.finish()
        except _Stop:
            return None
        except Exception as error:
            if error is observer.ended_by:
                raise
            raise CaptureError(f"{graph.name} failed {observer.place()}: {error}") from error
    return result


def _run(model: nn.Module, inputs: tuple[Tensor, ...], observer: _Observer) -> object:
    if observer.witness is None:
        with observer:
            return model(*inputs)
    with observer.witness, observer:
        return model(*inputs)


class _Stop(BaseException):
    """Ends the pass on purpose; no network catches it by catching exceptions."""


class _Observer(OperationMode):
    def __init__(
        self,
        graph: Graph,
        parameters: Mapping[int, str],
        on_activation: OnActivation,
        last: Layer | None,
        witness: Witness | None,
    ) -> None:
        super().__init__(witness)
        self.ended_by: Exception | None = None
        self._graph = graph
        self._parameters = parameters
        self._on_activation = on_activation
        self._last = last
        self._position = 0
        self._latest: Layer | None = None
        self._probed: dict[int, list[Layer]] = {}
        for layer in graph.layers:
            self._probed.setdefault(layer.probe.op, []).append(layer)

    def show_inputs(self, inputs: tuple[Tensor, ...]) -> None:
        self._show(INPUT, inputs)

    def after(self, call: Call, result: object, outputs: tuple[Tensor, ...]) -> object:
        if self.ended_by is not None:  # the network swallowed it and goes on
            raise self.ended_by
        self._meet(self.signature(call, self._parameters))
        self._show(self._position, outputs)
        self._position += 1
        return result

    def finish(self) -> None:
        """Raise what the network swallowed, or that it did less than recorded."""
        if self.ended_by is not None:
            raise self.ended_by
        self._meet(_END)

    def place(self) -> str:
        """Say where the pass is, for messages about a failure."""
        return "at its input" if self._latest is None else f"after layer {self._latest.id}"

    def _show(self, position: int, outputs: tuple[Tensor, ...]) -> None:
        for layer in self._probed.get(position, ()):
            try:
                self._on_activation(layer, outputs[layer.probe.output])
            except Exception as error:
                self.ended_by = error
                raise
            self._latest = layer
            if layer is self._last:
                raise _Stop

    def _meet(self, found: str) -> None:
        """Compare the present operation with the recorded one."""
        operations = self._graph.operations
        expected = operations[self._position] if self._position < len(operations) else _END
        if found != expected:
            self.ended_by = CaptureError(
                f"{self._graph.name} took another path with this input than when it was "
                f"recorded: {self.place()} comes {found}, expected {expected} (operation "
                f"{self._position}). Capture the graph again with an input like this one."
            )
            raise self.ended_by
