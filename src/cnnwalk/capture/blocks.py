"""Nested blocks of layers, from the module calls around them."""

from __future__ import annotations

from collections.abc import Mapping

from cnnwalk.capture.flow import Flow
from cnnwalk.capture.names import Name, clean
from cnnwalk.capture.operation import ModuleCall, Operation
from cnnwalk.graph import Block


class Blocks:
    """Collects the blocks that hold layers.

    A block is one call of a module, unless that call is itself drawn as a layer.
    """

    def __init__(self, flow: Flow, names: Mapping[int, Name]) -> None:
        self._calls = flow.calls
        self._found: dict[int, Block] = {}
        self._drawn_as_layer = {
            operation.call for operation in flow.operations if names[operation.index].is_module
        }

    def around(self, operation: Operation) -> str | None:
        """Return the id of the innermost block around a layer's main operation, None at the top."""
        call = None if operation.call is None else self._calls[operation.call]
        if call is not None and call.index in self._drawn_as_layer:
            call = self._parent(call)
        block = self._block(call)
        return None if block is None else block.id

    def found(self) -> tuple[Block, ...]:
        """Return the blocks asked for so far and those around them, outer before inner."""
        return tuple(self._found.values())

    def _parent(self, call: ModuleCall) -> ModuleCall | None:
        return None if call.parent is None else self._calls[call.parent]

    def _block(self, call: ModuleCall | None) -> Block | None:
        while call is not None and not call.path:
            call = self._parent(call)
        if call is None or call.path is None:
            return None
        if call.index not in self._found:
            parent = self._block(self._parent(call))
            repetition = f":{call.repetition}" if call.repetition else ""
            self._found[call.index] = Block(
                id=clean(call.path) + repetition,
                path=call.path,
                label=call.class_name,
                parent=None if parent is None else parent.id,
            )
        return self._found[call.index]
