"""Nested blocks of layers, from the module calls around them."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Iterable, Sequence

from cnnwalk.capture.names import clean
from cnnwalk.capture.operation import ModuleCall, Operation
from cnnwalk.graph import CONTAINERS, Block


class Blocks:
    """Collects the blocks that hold layers.

    A block is one call of a module, unless that call is itself drawn as a layer.
    """

    def __init__(self, calls: Sequence[ModuleCall], drawn_as_layer: Collection[int | None]) -> None:
        self._calls = calls
        self._drawn_as_layer = drawn_as_layer
        self._found: dict[int, Block] = {}

    def around(self, operation: Operation) -> str | None:
        """Return the id of the innermost block around a layer's main operation, None at the top."""
        call = None if operation.call is None else self._calls[operation.call]
        if call is not None and call.index in self._drawn_as_layer:
            return self.around_call(call)
        return self._id(call)

    def around_call(self, call: ModuleCall) -> str | None:
        """Return the id of the innermost block around a module call, None at the top."""
        return self._id(self._parent(call))

    def found(self) -> tuple[Block, ...]:
        """Return the blocks asked for so far and those around them, outer before inner."""
        return tuple(_number_rows(self._found.values()))

    def _parent(self, call: ModuleCall) -> ModuleCall | None:
        return None if call.parent is None else self._calls[call.parent]

    def _id(self, call: ModuleCall | None) -> str | None:
        block = self._block(call)
        return None if block is None else block.id

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


def _number_rows(blocks: Iterable[Block]) -> Iterable[Block]:
    """Return the blocks with their places in rows of siblings of one class.

    A row of containers says nothing: what they hold may be anything.
    """
    siblings: dict[str | None, list[Block]] = {}
    numbered: dict[str, Block] = {}
    for block in blocks:
        siblings.setdefault(block.parent, []).append(block)
        numbered[block.id] = block
    for children in siblings.values():
        for label, group in itertools.groupby(children, key=lambda block: block.label):
            row = list(group)
            if label not in CONTAINERS:
                for place, block in enumerate(row):
                    numbered[block.id] = dataclasses.replace(
                        block, repeats=len(row), repetition=place
                    )
    return numbered.values()
