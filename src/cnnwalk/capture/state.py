"""Leave the model exactly as it was found."""

from __future__ import annotations

import contextlib
import operator
import random
import sys
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, UntypedStorage, nn
from torch.nn.parameter import is_lazy

from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.tensors import storage_of

_Holder = dict[Any, Any] | list[Any]

_MACHINERY = frozenset(vars(nn.Module())) - {"_parameters", "_buffers", "_modules"}
"""What every module has besides its content: the dicts of hooks, above all."""


@contextlib.contextmanager
def untouched(model: nn.Module, written: Collection[str] = ()) -> Iterator[State]:
    """Run the body in evaluation mode without gradients; leave the model as it was found.

    `no_grad`, not `inference_mode`: in-place writes are found by version counters, which
    inference tensors do not have.

    Args:
        model: whose modes, attributes and tensors are restored, and the random state with them.
        written: names of the tensors that the body is known to write to; of others it has to
            tell `State.keep` before.

    Raises:
        CaptureError: the model has parameters without a shape.
    """
    state = State(model)
    for name in written:
        state.keep_named(name)
    with (
        _random_state(state.devices()),
        without_compiler(),
        torch.inference_mode(False),
        torch.no_grad(),
    ):
        try:
            state.evaluate()
            yield state
        finally:
            state.restore()


class _Held(NamedTuple):
    """A tensor of the model, and another one on the same memory to know it by."""

    tensor: Tensor
    alias: Tensor
    needs_gradient: bool


class State:
    """What the modules of a model hold: attributes, what stands in their dicts and lists, tensors.

    The memory of a tensor is copied only before the first write to it, because nearly all
    networks write to none.
    """

    def __init__(self, model: nn.Module) -> None:
        self._modes: list[tuple[nn.Module, bool]] = []
        self._holders: list[tuple[_Holder, _Holder]] = []
        self._empty: list[_Holder] = []
        self._tensors: list[_Held] = []
        self._names: dict[int, str] = {}
        self._memory: dict[str, UntypedStorage] = {}
        self._copies: dict[str, UntypedStorage] = {}
        for path, module in model.named_modules():
            if hasattr(module, "training"):  # frozen scripts have no modes
                self._modes.append((module, module.training))
            self._hold_module(f"{path}." if path else "", module)

    @property
    def written(self) -> tuple[str, ...]:
        """Names of the tensors whose memory was kept, in order."""
        return tuple(self._copies)

    def devices(self) -> list[torch.device]:
        """Return the graphics cards whose random state a forward pass could advance."""
        return list({held.tensor.device for held in self._tensors if held.tensor.is_cuda})

    def evaluate(self) -> None:
        """Put all modules into evaluation mode."""
        for module, training in self._modes:
            if training:
                module.training = False

    def keep(self, tensor: Tensor) -> None:
        """Keep a copy of the memory behind `tensor` if it is the model's and none is kept yet."""
        storage = storage_of(tensor)
        name = None if storage is None else self._names.get(storage._cdata)
        if name is not None:
            self.keep_named(name)

    def keep_named(self, name: str) -> None:
        """Keep a copy of the memory of the tensor of this name, if the model has it."""
        memory = self._memory.get(name)
        if memory is not None and name not in self._copies and memory.device.type != "meta":
            self._copies[name] = memory.clone()  # type: ignore[no-untyped-call]  # torch's

    def restore(self) -> None:
        """Put back everything that is not what it was."""
        for name, copy in self._copies.items():
            self._memory[name].copy_(copy)
        for held in self._tensors:
            _restore_tensor(held)
        for module, training in self._modes:
            if module.training != training:
                module.training = training
        for holder, was in self._holders:
            _restore_holder(holder, was)
        for holder in self._empty:
            if holder:
                holder.clear()

    def _hold_module(self, prefix: str, module: nn.Module) -> None:
        attributes = vars(module)
        self._holders.append((attributes, attributes.copy()))
        for name, value in attributes.items():
            if name in _MACHINERY:
                continue
            if isinstance(value, (dict, list)):
                if not value:
                    self._empty.append(value)
                    continue
                self._holders.append((value, value.copy()))
                own = name in {"_parameters", "_buffers"}
                self._hold_tensors(prefix if own else f"{prefix}{name}.", value)
            elif isinstance(value, Tensor):
                self._hold_tensor(f"{prefix}{name}", value)
        if isinstance(module, torch.jit.ScriptModule):  # its attributes are not in Python
            parameters = module.named_parameters(recurse=False)
            self._hold_tensors(prefix, dict((*parameters, *module.named_buffers(recurse=False))))

    def _hold_tensors(self, prefix: str, values: _Holder) -> None:
        pairs: Iterable[tuple[object, object]]
        pairs = values.items() if isinstance(values, dict) else enumerate(values)
        for name, value in pairs:
            if isinstance(value, Tensor):
                self._hold_tensor(f"{prefix}{name}", value)

    def _hold_tensor(self, name: str, tensor: Tensor) -> None:
        if is_lazy(tensor):
            raise CaptureError(
                f"{name} has no shape yet, because no image has gone through the network: call "
                "the network once on an image like the example input, then give it again."
            )
        self._tensors.append(_Held(tensor, tensor.detach(), tensor.requires_grad))
        storage = storage_of(tensor)
        if storage is not None and storage._cdata not in self._names:
            self._names[storage._cdata] = name
            self._memory[name] = storage


def _restore_tensor(held: _Held) -> None:
    tensor, alias, needs_gradient = held
    if not _same_place(tensor, alias):
        tensor.data = alias
    if tensor.requires_grad != needs_gradient and tensor.is_leaf:
        tensor.requires_grad_(needs_gradient)


def _same_place(tensor: Tensor, alias: Tensor) -> bool:
    # The quicker question is not answered on the meta device.
    alike = tensor.layout == alias.layout == torch.strided and tensor.dtype == alias.dtype
    if alike and not tensor.is_meta:
        return tensor.is_set_to(alias)
    storage, known = storage_of(tensor), storage_of(alias)
    if storage is None or known is None:
        return storage is known
    if storage._cdata != known._cdata or tensor.storage_offset() != alias.storage_offset():
        return False
    return tensor.shape == alias.shape and tensor.stride() == alias.stride()


def _restore_holder(holder: _Holder, was: _Holder) -> None:
    """Put back the very objects that a dict or list held, in their order."""
    if isinstance(holder, list):
        if len(holder) != len(was) or not all(map(operator.is_, holder, was)):
            holder[:] = was
        return
    before = was.values() if isinstance(was, dict) else ()
    if list(holder) != list(was) or not all(map(operator.is_, holder.values(), before)):
        holder.clear()
        holder.update(was)


@contextlib.contextmanager
def _random_state(devices: list[torch.device]) -> Iterator[None]:
    """Restore the random state of torch, Python and numpy after the body."""
    pythons, numpys = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=devices):
            yield
    finally:
        random.setstate(pythons)
        np.random.set_state(numpys)


@contextlib.contextmanager
def without_compiler() -> Iterator[None]:
    """Run compiled parts as the Python code that they were made from."""
    if "torch._dynamo" in sys.modules:  # else nothing is compiled, and its import takes seconds
        with torch.compiler.set_stance("force_eager"):
            yield
    else:
        yield
