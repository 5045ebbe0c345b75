"""Count a forward pass's operations, the same way whenever the network runs.

Recording and observing must agree on which call is operation number 17. Both derive
from `OperationMode`, which alone decides what counts as an operation.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, cast

from torch import Tensor
from torch._ops import HigherOrderOperator, OpOverload
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from cnnwalk.capture.kernels import is_convolution, is_foreign, own_keys, written
from cnnwalk.capture.tensors import tensors_in

SCRIPTED = "scripted "
"""What the signature of an operation in scripted code begins with."""

Function = Callable[..., object]


class Call(NamedTuple):
    """A torch function with its arguments."""

    function: Function
    args: tuple[object, ...]
    kwargs: Mapping[str, object]

    def name(self) -> str:
        """Return the function's own name, such as ``conv2d``, ``relu_`` or ``__setitem__``."""
        return _name(self.function)

    def signature(self, parameters: Mapping[int, str]) -> str:
        """Return the name with the parameters among the direct arguments."""
        used = [
            parameters[id(argument)]
            for argument in (*self.args, *self.kwargs.values())
            if id(argument) in parameters
        ]
        return f"{self.name()}({', '.join(used)})"

    def outputs(self, result: object) -> tuple[Tensor, ...]:
        """Return the distinct tensors that the call made or changed, empty if it is no operation.

        Item assignment is the one operation that returns nothing: its output is the tensor
        assigned to.
        """
        if isinstance(result, Tensor):
            return (result,)
        if result is None:
            written = self.args[:1] if self.name() == "__setitem__" else ()
            return tuple(tensors_in(written))
        if isinstance(result, (tuple, list, dict)):
            return distinct(tensors_in(result))
        return ()


@functools.lru_cache(maxsize=1024)  # of functions that a network makes anew in each pass, too
def _name(function: Function) -> str:
    if isinstance(function, OpOverload):
        return f"aten::{function._schema.name.rpartition('::')[2]}"
    name = cast(str, getattr(function, "__name__", type(function).__name__))
    if name in {"__get__", "__set__"}:  # a property: its name is the descriptor's
        name = cast(str, getattr(getattr(function, "__self__", None), "__name__", name))
    return name


class Witness(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's is untyped
    """Watch the dispatcher, below the functions.

    It counts the convolution kernels that really run. And because it calls each kernel from
    Python, kernels that no Python function asked for (scripted code) reach the
    `OperationMode` above it and are operations like any other. It looks into operators that were
    registered with torch, though each is one operation.

    Args:
        before_write: called with each tensor that a kernel is about to write to.

    Attributes:
        convolutions: how many ran.
        calling: whether a kernel is being called from here.
        closed: names of the operators that it could not look into, such as ``cond``.
    """

    supports_higher_order_operators = True

    def __init__(self, before_write: Callable[[Tensor], None] | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch's is untyped
        self._before_write = before_write
        self.convolutions = 0
        self.calling = False
        self.closed: dict[str, None] = {}
        self._open: OpOverload | None = None

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Torch would import its compiler, which takes seconds, to keep it out of here, where
        # it is off anyway (`state.untouched`).
        return False

    def __torch_dispatch__(
        self,
        func: Function,
        types: Iterable[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        del types
        if self._before_write is not None:
            for tensor in written(func, args, kwargs or {}):
                self._before_write(tensor)
        if isinstance(func, HigherOrderOperator):
            self.closed[str(func)] = None
            return func(*args, **(kwargs or {}))
        if is_foreign(func):
            return self._look_into(cast(OpOverload, func), args, kwargs or {})
        result = self._call(func, args, kwargs or {})
        self.convolutions += is_convolution(func)
        return result

    def _call(
        self, func: Function, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> object:
        self.calling = True
        try:
            return func(*args, **kwargs)
        finally:
            self.calling = False

    def _look_into(
        self, func: OpOverload, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> object:
        """Call an operator with this mode on inside it.

        The call comes back here, and only then goes past this mode to the operator's kernel:
        the `OperationMode` has seen it in between.
        """
        keys = own_keys(args, kwargs)
        if keys is None:
            if tensors_in((args, kwargs)):
                self.closed[str(func)] = None
            return self._call(func, args, kwargs)
        with self:
            if func is self._open:
                self._open = None
                return func.redispatch(keys, *args, **kwargs)
            self._open = func
            return self._call(func, args, kwargs)


class OperationMode(TorchFunctionMode):
    """See every operation of the forward pass that runs inside this context, in this thread.

    Attributes:
        witness: the dispatch mode below it; without one, scripted code is not seen.
        escaping: whether the present call was asked for by no Python function.
    """

    def __init__(self, witness: Witness | None) -> None:
        super().__init__()
        self.witness = witness
        self.escaping = False

    def __torch_function__(
        self,
        func: Function,
        types: Iterable[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        del types
        call = Call(func, args, kwargs or {})
        # Torch switches this mode off while a call is handled, so what arrives while the
        # witness calls a kernel is a kernel outside every function.
        self.escaping = self.witness is not None and self.witness.calling
        self.before(call)
        result = call.function(*call.args, **call.kwargs)
        outputs = call.outputs(result)
        return self.after(call, result, outputs) if outputs else result

    def before(self, call: Call) -> None:
        """Prepare for a call that may turn out to be an operation."""

    def after(self, call: Call, result: object, outputs: tuple[Tensor, ...]) -> object:
        """Take note of an operation and return what the network gets as its result."""
        raise NotImplementedError

    def signature(self, call: Call, parameters: Mapping[int, str]) -> str:
        """Return the call's signature, marked when it is seen only with a witness."""
        return SCRIPTED * self.escaping + call.signature(parameters)


def distinct(tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
    """Return each tensor object once, in order."""
    return tuple({id(tensor): tensor for tensor in tensors}.values())
