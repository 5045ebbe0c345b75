"""Follow the calls of modules during a forward pass."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from torch import nn
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from torch.utils.hooks import RemovableHandle

from cnnwalk.capture.operation import ModuleCall

OnLeave = Callable[[nn.Module, ModuleCall, object], object]
"""Called with a module, its call and its result; returns what to give out instead, or None."""


class ModuleCalls:
    """A context in which the module calls of this thread are noted.

    The hooks are global because a model may call modules that it does not register; other
    threads' calls pass through them unseen.

    Attributes:
        calls: in order of entry.
        elsewhere: paths of the model's modules that other threads called, in order.
        on_leave: called when a call ends, also when it fails (with None as its result).
    """

    def __init__(self, model: nn.Module) -> None:
        self.calls: list[ModuleCall] = []
        self.elsewhere: dict[str, None] = {}
        self.on_leave: OnLeave | None = None
        self.paths = {id(module): path for path, module in model.named_modules()}
        self._repetitions: dict[int, int] = {}
        self._stack: list[int] = []
        self._thread = threading.get_ident()
        self._handles: list[RemovableHandle] = []

    @property
    def current(self) -> int | None:
        """Number of the innermost call that is running, None outside every module."""
        return self._stack[-1] if self._stack else None

    @property
    def last(self) -> int | None:
        """Number of the latest call that was entered, None before the first."""
        return len(self.calls) - 1 if self.calls else None

    def __enter__(self) -> Self:
        self._handles = [
            register_module_forward_pre_hook(self._enter_module),
            register_module_forward_hook(
                self._leave_module,  # type: ignore[arg-type]  # torch forgets that it may return
                always_call=True,
            ),
        ]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for handle in self._handles:
            handle.remove()

    def _enter_module(self, module: nn.Module, args: object) -> None:
        del args
        if threading.get_ident() != self._thread:
            if (path := self.paths.get(id(module))) is not None:
                self.elsewhere[path] = None
            return
        repetition = self._repetitions.get(id(module), 0)
        self._repetitions[id(module)] = repetition + 1
        call = ModuleCall(
            index=len(self.calls),
            path=self.paths.get(id(module)),
            class_name=type(module).__name__,
            parent=self.current,
            repetition=repetition,
            leaf=next(module.children(), None) is None,
        )
        self.calls.append(call)
        self._stack.append(call.index)

    def _leave_module(self, module: nn.Module, args: object, result: object) -> object:
        del args
        if threading.get_ident() != self._thread or not self._stack:
            return None
        call = self.calls[self._stack.pop()]
        return None if self.on_leave is None else self.on_leave(module, call, result)
