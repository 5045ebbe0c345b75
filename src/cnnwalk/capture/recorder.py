"""Record one real forward pass: every operation, where its data comes from, and its module."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from cnnwalk.capture.calls import Call, OperationMode, Witness, distinct
from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.flow import dependent_on_inputs
from cnnwalk.capture.identity import Identity, Values
from cnnwalk.capture.kinds import canonical, data_arguments, kind_of
from cnnwalk.capture.labels import describe
from cnnwalk.capture.modules import ModuleCalls
from cnnwalk.capture.operation import INPUT, Operation, Value
from cnnwalk.capture.recording import Recording
from cnnwalk.capture.state import untouched
from cnnwalk.capture.tensors import own_copy, parameter_names, tensors_in, unwrap

_LEAVES_TORCH = frozenset({"numpy", "__array__", "tolist"})


def record(
    model: nn.Module,
    example_input: Tensor | tuple[Tensor, ...],
    *,
    name: str | None = None,
) -> Recording:
    """Run the network once and note what it does.

    The model is left as it was found: modes, buffers and the random state are restored, and
    its inputs are copies.

    A network may compute a constant (a mask, a grid) in its first pass and keep it. Where
    constants were computed a second pass is recorded, which is like all later ones.

    Args:
        model: any module, unchanged; wrappers such as `DataParallel` are looked through.
        example_input: the forward method's argument, or its arguments, with the batch axis.
        name: of the network; the class of the model if None.

    Raises:
        CaptureError: the forward pass fails, or returns no tensor, or what is given is no module
            or no tensor.
    """
    if not isinstance(model, nn.Module):
        raise CaptureError(
            f"{model!r:.80} is of type {type(model).__name__}: give a torch.nn.Module."
        )
    model = unwrap(model)
    title = name if name is not None else type(model).__name__
    recording = _record_pass(model, own_copy(example_input), title)
    if len(dependent_on_inputs(recording.operations)) < len(recording.operations):
        recording = _record_pass(model, own_copy(example_input), title)
    return recording


def _record_pass(model: nn.Module, inputs: tuple[Tensor, ...], name: str) -> Recording:
    modules = ModuleCalls(model)
    witness = Witness()
    recorder = Recorder(model, modules, witness)
    recorder.start(inputs)
    with untouched(model), modules, witness, recorder:
        try:
            result = model(*inputs)
        except Exception as error:
            raise CaptureError(f"{name} failed {recorder.place()}: {error}") from error
    outputs = distinct(tensors_in(result))
    if not outputs:
        raise CaptureError(
            f"{name} returned {type(result).__name__} without a tensor; expected a tensor, or "
            "tensors in tuples, lists or dicts. Return what the network computes."
        )
    return Recording(
        name=name,
        inputs=tuple(tuple(tensor.shape) for tensor in inputs),
        outputs=tuple(recorder.values(tensor) for tensor in outputs),
        operations=tuple(recorder.operations),
        calls=tuple(modules.calls),
        parameters={key: parameter.numel() for key, parameter in model.named_parameters()},
        convolutions=witness.convolutions,
        left_torch=tuple(recorder.left_torch),
    )


class Recorder(OperationMode):
    """Note every operation of the pass that runs inside this context."""

    def __init__(self, model: nn.Module, modules: ModuleCalls, witness: Witness) -> None:
        super().__init__(witness)
        self._kernels = witness
        self.operations: list[Operation] = []
        self.left_torch: list[str] = []
        self._modules = modules
        self._names = parameter_names(model)
        self._identity = Identity()
        self._versions: list[tuple[Tensor, int]] = []
        self._convolutions = 0

    def start(self, inputs: Sequence[Tensor]) -> None:
        """Take the network's input tensors as the first values."""
        for position, tensor in enumerate(inputs):
            self._identity.bind(tensor, (Value(INPUT, position),))

    def values(self, tensor: Tensor) -> Values:
        """Return the values in a tensor, none when nothing recorded made it."""
        return self._identity.find(tensor)

    def place(self) -> str:
        """Say where the pass is, for messages about a failure."""
        call = None if self._modules.last is None else self._modules.calls[self._modules.last]
        where = "" if call is None or not call.path else f" in {call.path} ({call.class_name})"
        return f"after {len(self.operations)} operations{where}"

    def before(self, call: Call) -> None:
        """Note the version counters of all tensor arguments: a raised one tells a write."""
        tensors = distinct(tensors_in((call.args, call.kwargs)))
        self._versions = [(tensor, _version(tensor)) for tensor in tensors]
        self._convolutions = self._kernels.convolutions
        if call.name() in _LEAVES_TORCH and any(self.values(tensor) for tensor in tensors):
            self.left_torch.append(f"{call.name()}() {self.place()}")

    def after(self, call: Call, result: object, outputs: tuple[Tensor, ...]) -> object:
        """Append the operation and bind what it made and what it changed."""
        written = [tensor for tensor, version in self._versions if _version(tensor) != version]
        if isinstance(result, Tensor) and self._passes_through(result, written):
            # The same object again would hide the operation (dropout in evaluation mode); a
            # view of it keeps the data and tells the two apart.
            result = result.view(result.shape)
            outputs = (result,)
        operation = self._operation(call, outputs)
        self._bind(operation.index, outputs, written)
        self.operations.append(operation)
        return result

    def _passes_through(self, result: Tensor, written: Sequence[Tensor]) -> bool:
        given = any(result is tensor for tensor, _ in self._versions)
        changed = any(result is tensor for tensor in written)
        return given and not changed and type(result) is Tensor and self.values(result) != ()

    def _read(self, call: Call) -> tuple[list[Values], list[str]]:
        """Return the values in each tensor argument, and the names of the parameters."""
        reads: list[Values] = []
        parameters: list[str] = []
        for tensor in distinct(tensors_in(data_arguments(call.name(), call.args, call.kwargs))):
            name = self._names.get(id(tensor))
            if name is not None:
                parameters.append(name)
            elif values := self._identity.find(tensor):
                reads.append(values)
        return reads, parameters

    def _bind(self, index: int, outputs: Sequence[Tensor], written: Sequence[Tensor]) -> None:
        """Bind what the operation made, and every tensor that sees what it wrote."""
        positions = {id(tensor): position for position, tensor in enumerate(outputs)}
        for tensor in written:
            if id(tensor) not in self._names:
                self._identity.write(tensor, Value(index, positions.get(id(tensor), 0)))
        for position, tensor in enumerate(outputs):
            self._identity.bind(tensor, (Value(index, position),))

    def _operation(self, call: Call, outputs: Sequence[Tensor]) -> Operation:
        reads, parameters = self._read(call)
        function = canonical(call.name())
        shapes = tuple(tuple(tensor.shape) for tensor in outputs)
        read = tuple(self._versions[0][0].shape) if self._versions else ()
        return Operation(
            index=len(self.operations),
            function=function,
            signature=self.signature(call, self._names),
            kind=kind_of(function, read, shapes[0]),
            label=describe(function, call.args, call.kwargs, shapes[0]),
            call=self._modules.current,
            reads=tuple(reads),
            parameters=tuple(parameters),
            shapes=shapes,
            convolutions=self._count_convolutions(call),
            escaped=self.escaping,
        )

    def _count_convolutions(self, call: Call) -> int:
        if self.escaping:  # the call is the kernel itself, which the witness counts when it ends
            return int("convolution" in call.name())
        return self._kernels.convolutions - self._convolutions


def _version(tensor: Tensor) -> int:
    """Return the version counter; inference tensors have none and cannot be written to."""
    return 0 if tensor.is_inference() else tensor._version
