"""The parts of a recording: operations, the values they pass on, and module calls."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from cnnwalk.graph import Kind

Shape = tuple[int, ...]

INPUT = -1
"""The operation number of the network's own inputs in a `Value`."""


class Value(NamedTuple):
    """One tensor of the recorded pass: output number `output` of operation `operation`.

    For `operation` == `INPUT`, `output` counts the network's input tensors.
    """

    operation: int
    output: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """One call of a torch function that made or changed a tensor.

    Attributes:
        index: position in the recording, 0-based.
        function: canonical name of the function, such as ``add`` for ``+``, ``+=`` and ``add_``.
        signature: the function's own name and the parameters it was given directly, such as
            ``conv2d(features.0.weight)``; two passes take the same path when these are equal.
        kind: what it does; `flow.follow` settles it once the predecessors are known.
        label: one line for people.
        call: number of the innermost module call around it, None in the network's own frame
            above every module.
        reads: for each tensor argument, in order, the values it holds: one, or several where a
            tensor was written to in parts.
        parameters: names of the model's parameters it read, each once.
        shapes: of its output tensors, with the batch axis.
        convolutions: how many convolution kernels the dispatcher saw while it ran.
        escaped: whether it ran below Python, for instance in scripted code.
    """

    index: int
    function: str
    signature: str
    kind: Kind
    label: str
    call: int | None
    reads: tuple[tuple[Value, ...], ...]
    parameters: tuple[str, ...]
    shapes: tuple[Shape, ...]
    convolutions: int
    escaped: bool

    @property
    def inputs(self) -> tuple[Value, ...]:
        """The values it read, each once, in the order of its arguments."""
        return tuple(dict.fromkeys(value for read in self.reads for value in read))


@dataclasses.dataclass(frozen=True, slots=True)
class ModuleCall:
    """One call of a module; calls nest as the modules' `forward` methods do.

    Attributes:
        index: position in the list of calls, in order of entry.
        path: dotted path in the model, "" for the model itself, None for a module that the
            model does not register (for instance one kept in a plain list).
        class_name: of the module.
        parent: number of the call around it, None for the outermost.
        repetition: how many calls of the same module came before.
        leaf: whether the module has no child modules.
    """

    index: int
    path: str | None
    class_name: str
    parent: int | None
    repetition: int
    leaf: bool
