"""Record one real forward pass: every operation, where its data comes from, and its module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.utils.weak import TensorWeakRef

from cnnwalk.capture.arguments import Arguments, own_copy
from cnnwalk.capture.calls import Call, OperationMode, Witness, distinct
from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.failure import blame, misfit, require_values
from cnnwalk.capture.flow import depends, unread
from cnnwalk.capture.identity import Identity, Values
from cnnwalk.capture.kernels import is_convolution
from cnnwalk.capture.kernels import written as kernel_writes
from cnnwalk.capture.kinds import canonical, data_arguments, kind_of
from cnnwalk.capture.labels import describe
from cnnwalk.capture.modules import ModuleCalls
from cnnwalk.capture.operation import INPUT, ModuleCall, Operation, Value
from cnnwalk.capture.recording import Recording
from cnnwalk.capture.state import untouched
from cnnwalk.capture.tensors import tensors_in, unwrap
from cnnwalk.capture.trackercalls import TrackerCalls

_LEAVES_TORCH = frozenset(
    {"numpy", "__array__", "tolist", "item", "__int__", "__float__", "__index__", "__complex__"}
)
"""What hands out numbers; `__bool__` is not here, because a branch passes on no number."""


def record(
    model: nn.Module,
    example_input: object,
    kwargs: Mapping[str, object] | None = None,
    *,
    name: str | None = None,
) -> Recording:
    """Run the network once and note what it does.

    The model is left as it was found, and its inputs are copies. Where the forward pass raises,
    the recording holds what ran until then and says why it ended.

    A network may compute a constant (a mask, a grid) in its first pass and keep it where it is
    not restored, in a cache outside its modules. Where a constant outlives the pass, a second one
    is recorded, which is like all later ones.

    Args:
        model: any module, unchanged; wrappers such as `DataParallel` are looked through.
        example_input: a tuple is the forward method's positional arguments, anything else the
            only one; tensors may stand in lists, tuples, mappings and dataclasses.
        kwargs: the forward method's named arguments.
        name: of the network; the class of the model if None.

    Raises:
        CaptureError: what is given is no module or holds no tensor, the forward pass fails
            before anything ran, it returns no tensor, or nothing depends on the input.
    """
    model = unwrap(_module(model))
    title = name if name is not None else type(model).__name__
    given = own_copy(example_input, kwargs)
    require_values(model, given)
    recording, constants = _record_pass(model, given, title)
    if any(constant() is not None for constant in constants):
        recording, _ = _record_pass(model, own_copy(example_input, kwargs), title)
    return recording


def _module(model: object) -> nn.Module:
    if isinstance(model, nn.Module):
        return model
    if isinstance(model, type) and issubclass(model, nn.Module):
        raise CaptureError(
            f"{model.__name__} is a class: give a module made of it, {model.__name__}(...)."
        )
    raise CaptureError(f"{model!r:.80} is of type {type(model).__name__}: give a torch.nn.Module.")


def _record_pass(
    model: nn.Module, given: Arguments, name: str
) -> tuple[Recording, list[TensorWeakRef]]:
    """Return the recording of a pass, and the constants that were computed in it."""
    modules = ModuleCalls(model)
    outputs: tuple[Values, ...] = ()
    failure = None
    with untouched(model) as state:
        recorder = Recorder(model, modules, state.keep)
        recorder.start(given.tensors)
        with modules, recorder.kernels, recorder:
            try:
                outputs = recorder.returned(model(*given.args, **given.kwargs), name)
            except CaptureError:
                raise
            except Exception as error:
                failure = blame(error, modules.paths)
                if not recorder.dependent:
                    raise CaptureError(f"{name} failed {failure}.{misfit(model, given)}") from error
                outputs = unread(recorder.operations)
    _require_flow(recorder, outputs, name)
    recording = Recording(
        name=name,
        inputs=tuple(tuple(tensor.shape) for tensor in given.activations()),
        input_labels=given.labels,
        outputs=outputs,
        operations=tuple(recorder.operations),
        calls=tuple(modules.calls),
        parameters={key: parameter.numel() for key, parameter in recorder.parameters.items()},
        convolutions=recorder.kernels.convolutions,
        closed=tuple(recorder.kernels.closed),
        left_torch=tuple(recorder.left_torch),
        elsewhere=tuple(modules.elsewhere),
        written=state.written,
        failure=failure,
        trackers=tuple(recorder.trackers.calls),
        passings=tuple(recorder.trackers.passings),
    )
    return recording, recorder.constants


def _require_flow(recorder: Recorder, outputs: Sequence[Values], name: str) -> None:
    if recorder.dependent or any(outputs):
        return
    left = "".join(f" Data left torch through {place}." for place in recorder.left_torch)
    raise CaptureError(
        f"Nothing that {name} computes depends on its input, so there is nothing to walk.{left}"
    )


class Recorder(OperationMode):
    """Note every operation of the pass that runs inside this context.

    Args:
        model: that runs.
        modules: its module calls.
        before_write: called with each tensor that is about to be written to.

    Attributes:
        kernels: the witness of the pass.
        parameters: of the model, by name.
        operations: in order.
        dependent: numbers of the operations whose result depends on an input.
        constants: the results of all others.
        left_torch: where data that depends on an input was handed out of torch.
        trackers: the calls of trackers.
    """

    def __init__(
        self, model: nn.Module, modules: ModuleCalls, before_write: Callable[[Tensor], None]
    ) -> None:
        self.kernels = Witness(self._before_write)
        super().__init__(self.kernels)
        self._keep = before_write
        self.operations: list[Operation] = []
        self.dependent: set[int] = set()
        self.constants: list[TensorWeakRef] = []
        self.left_torch: list[str] = []
        self._modules = modules
        self.parameters = dict(model.named_parameters())
        self._names = {id(parameter): name for name, parameter in self.parameters.items()}
        self._identity = Identity()
        self.trackers = TrackerCalls(modules.paths, self._names, self._identity)
        modules.on_leave = self._leave_module
        self._versions: list[tuple[Tensor, int]] = []
        self._unversioned: list[Tensor] = []
        self._convolutions = 0

    def start(self, inputs: Sequence[Tensor]) -> None:
        """Take the network's input tensors as the first values."""
        for position, tensor in enumerate(inputs):
            self._identity.bind(tensor, (Value(INPUT, position),))

    def values(self, tensor: Tensor) -> Values:
        """Return the values in a tensor, none when nothing recorded made it."""
        return self._identity.find(tensor)

    def returned(self, result: object, name: str) -> tuple[Values, ...]:
        """Return the values in each tensor that the network returned.

        Raises:
            CaptureError: there is no tensor in it.
        """
        outputs = distinct(tensors_in(result))
        if not outputs:
            raise CaptureError(
                f"{name} returned {'None' if result is None else type(result).__name__} without "
                "a tensor; expected a tensor, or tensors in tuples, lists or dicts. Return what "
                "the network computes."
            )
        values = tuple(self.values(tensor) for tensor in outputs)
        for tensor, held in zip(outputs, values, strict=True):
            self.trackers.note_read(len(self.operations), tensor, held)
        return values

    def place(self) -> str:
        """Say where the pass is, for messages about a failure."""
        call = None if self._modules.last is None else self._modules.calls[self._modules.last]
        where = "" if call is None or not call.path else f" in {call.path} ({call.class_name})"
        return f"after {len(self.operations)} operations{where}"

    def before(self, call: Call) -> None:
        """Note the version counters of all tensor arguments: a raised one tells a write."""
        tensors = distinct(tensors_in((call.args, call.kwargs)))
        self._versions = [(tensor, _version(tensor)) for tensor in tensors]
        self._unversioned = []
        self._convolutions = self.kernels.convolutions
        if call.name() in _LEAVES_TORCH and any(
            depends(value, self.dependent) for tensor in tensors for value in self.values(tensor)
        ):
            self.left_torch.append(f"{call.name()}() {self.place()}")

    def after(self, call: Call, result: object, outputs: tuple[Tensor, ...]) -> object:
        """Append the operation and bind what it made and what it changed."""
        written = [tensor for tensor, version in self._versions if _version(tensor) != version]
        written += self._unversioned
        if self.escaping:  # versions are raised above the kernel that is called here
            written += kernel_writes(call.function, call.args, call.kwargs)
        if isinstance(result, Tensor) and self._passes_through(result, written):
            # The same object again would hide the operation (dropout in evaluation mode); a
            # view of it keeps the data and tells the two apart.
            result = result.view(result.shape)
            outputs = (result,)
        operation = self._operation(call, outputs)
        self._versions, self._unversioned = [], []  # hold no tensor longer than the call does
        self._bind(operation.index, outputs, written)
        self.operations.append(operation)
        self._sort(operation, outputs)
        return result

    def _before_write(self, tensor: Tensor) -> None:
        self._keep(tensor)
        if tensor.is_inference():
            self._unversioned.append(tensor)

    def _sort(self, operation: Operation, outputs: Sequence[Tensor]) -> None:
        """Put an operation among those that depend on an input, or its results to the constants."""
        if any(depends(value, self.dependent) for value in operation.inputs):
            self.dependent.add(operation.index)
        else:
            self.constants.extend(TensorWeakRef(tensor) for tensor in outputs)

    def _passes_through(self, result: Tensor, written: Sequence[Tensor]) -> bool:
        given = any(result is tensor for tensor, _ in self._versions)
        changed = any(result is tensor for tensor in written)
        plain = type(result) is Tensor and result.layout == torch.strided
        return plain and given and not changed and self.values(result) != ()

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
                self.trackers.note_read(len(self.operations), tensor, values)
        if (
            canonical(call.name()) == "set"
            and len(call.args) > 1
            and not isinstance(call.args[1], Tensor)
        ):
            reads.append(self._identity.behind(cast(Tensor, call.args[0])))
        return reads, parameters

    def _leave_module(self, module: nn.Module, call: ModuleCall, result: object) -> object:
        calls = self._modules.calls
        caller = type(module).__name__ if call.parent is None else calls[call.parent].class_name
        return self.trackers.note(module, call, caller, result, len(self.operations))

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
        # Where the call is the kernel itself, the witness counts it when it ends.
        itself = self.escaping and is_convolution(call.function)
        return self.kernels.convolutions - self._convolutions + itself


def _version(tensor: Tensor) -> int:
    """Return the version counter; inference tensors have none, the witness sees their writes."""
    return 0 if tensor.is_inference() else tensor._version
