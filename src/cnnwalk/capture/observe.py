"""Run a recorded network again and hand out each layer's activation as it appears."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

from torch import Tensor, nn

from cnnwalk.capture.arguments import Arguments, own_copy
from cnnwalk.capture.calls import SCRIPTED, Call, OperationMode, Witness
from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.operation import INPUT
from cnnwalk.capture.path import OnParting, Path
from cnnwalk.capture.state import untouched
from cnnwalk.capture.tensors import parameter_names, unwrap
from cnnwalk.graph import Graph, Layer

OnActivation = Callable[[Layer, Tensor], None]


def observe(  # noqa: PLR0913  # a forward call's arguments, and who sees what of it
    model: nn.Module,
    example_input: object,
    graph: Graph,
    on_activation: OnActivation,
    *,
    kwargs: Mapping[str, object] | None = None,
    stop_after: str | None = None,
    on_parting: OnParting | None = None,
) -> object:
    """Run the forward pass and call `on_activation` the moment each layer's activation exists.

    The calls come synchronously, in order of execution, the input layers first. The tensor has
    its batch axis and may be overwritten in place by the network's next operation: copy what
    you keep. What `on_activation` raises ends the pass and propagates.

    Two threads may observe at once; the same model too, if it is in evaluation mode already and
    keeps nothing between its passes.

    Args:
        model: the recorded model, or one of the same architecture.
        example_input: as for `record`.
        graph: of the model.
        on_activation: called with a layer and its activation.
        kwargs: as for `record`.
        stop_after: id of the layer after which the pass ends.
        on_parting: called with a sentence when the pass first takes another path through the
            network than the recording did. It then goes on; the layers that do not happen in
            it, or cannot be told from others (`Path`), are left out.

    Returns:
        What the model returned, None when the pass was ended by `stop_after`.

    Raises:
        CaptureError: the pass fails, or takes another path through the network than the
            recording did and there is no `on_parting`.
        KeyError: `stop_after` is not a layer of the graph.
    """
    last = None if stop_after is None else graph.layer(stop_after)
    model = unwrap(model)
    given = own_copy(example_input, kwargs)
    scripted = any(SCRIPTED in signature for signature in graph.operations)
    witness = Witness() if scripted else None
    path = Path(graph, on_parting)
    observer = _Observer(path, parameter_names(model), on_activation, last, witness)
    with untouched(model, graph.written):
        try:
            observer.show_inputs(given.activations())
            result = _run(model, given, observer)
            observer.finish()
        except _Stop:
            return None
        except Exception as error:
            if error is observer.ended_by:
                raise
            raise CaptureError(f"{graph.name} failed {observer.place()}: {error}") from error
    return result


def _run(model: nn.Module, given: Arguments, observer: _Observer) -> object:
    if observer.witness is None:
        with observer:
            return model(*given.args, **given.kwargs)
    with observer.witness, observer:
        return model(*given.args, **given.kwargs)


class _Stop(BaseException):
    """Ends the pass on purpose; no network catches it by catching exceptions."""


class _Observer(OperationMode):
    def __init__(
        self,
        path: Path,
        parameters: Mapping[int, str],
        on_activation: OnActivation,
        last: Layer | None,
        witness: Witness | None,
    ) -> None:
        super().__init__(witness)
        self.ended_by: Exception | None = None
        self._path = path
        self._parameters = parameters
        self._on_activation = on_activation
        self._last = last
        self._latest: Layer | None = None
        self._probed: dict[int, list[Layer]] = {}
        for layer in path.graph.layers:
            self._probed.setdefault(layer.probe.op, []).append(layer)

    def show_inputs(self, inputs: tuple[Tensor, ...]) -> None:
        self._show(INPUT, inputs)

    def after(self, call: Call, result: object, outputs: tuple[Tensor, ...]) -> object:
        if self.ended_by is not None:  # the network swallowed it and goes on
            raise self.ended_by
        signature = self.signature(call, self._parameters)
        with self._ending():
            position = self._path.meet(signature, self.place())
        if position is not None:
            self._show(position, outputs)
        return result

    def finish(self) -> None:
        """Raise what the network swallowed, or that it did less than recorded."""
        if self.ended_by is not None:
            raise self.ended_by
        with self._ending():
            self._path.end(self.place())

    def place(self) -> str:
        """Say where the pass is, for messages about a failure."""
        return "at its input" if self._latest is None else f"after layer {self._latest.id}"

    def _show(self, position: int, outputs: tuple[Tensor, ...]) -> None:
        for layer in self._probed.get(position, ()):
            if layer.probe.output >= len(outputs):  # fewer parts than recorded
                continue
            with self._ending():
                self._on_activation(layer, outputs[layer.probe.output])
            self._latest = layer
            if layer is self._last:
                raise _Stop

    @contextlib.contextmanager
    def _ending(self) -> Iterator[None]:
        """Note what is raised here on purpose: it ends the pass even if the network catches it."""
        try:
            yield
        except Exception as error:
            self.ended_by = error
            raise
