"""Stable names for operations: ids for addresses, paths for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cnnwalk.capture.operation import ModuleCall, Operation


class Name(NamedTuple):
    """How an operation is called.

    Attributes:
        id: the module's path where the call of a module without children is this operation
            (``layer1.0.conv1``), else the path around it and the function
            (``layer1.0:add``); a repetition appends its number (``layer1.0.relu:1``,
            ``layer1.0:add.1``).
        path: of the module whose call or whose parameters the operation shows, or None.
        is_module: whether the operation stands for the call of its module.
    """

    id: str
    path: str | None
    is_module: bool


def name_operations(
    operations: Sequence[Operation], calls: Sequence[ModuleCall], reserved: Sequence[str]
) -> dict[int, Name]:
    """Return the name of every operation by its index; no id is among `reserved`."""
    primary = primary_operations(operations, calls)
    taken = set(reserved)
    names: dict[int, Name] = {}
    for operation in operations:
        call = None if operation.call is None else calls[operation.call]
        if call is not None and call.path and primary.get(call.index) == operation.index:
            identity = unique(clean(call.path), ":", taken)
            names[operation.index] = Name(identity, call.path, is_module=True)
        else:
            scope = registered_path(call, calls)
            base = f"{clean(scope)}:{operation.function}" if scope else operation.function
            path = scope if scope and _owns(scope, operation) else None
            names[operation.index] = Name(unique(base, ".", taken), path, is_module=False)
    return names


def clean(path: str) -> str:
    """Return a module path with what needs quoting in an address replaced."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", path)


def primary_operations(
    operations: Sequence[Operation], calls: Sequence[ModuleCall]
) -> Mapping[int, int]:
    """Return, by call, the one operation that stands for the call of a childless module.

    It is the only operation, or the only one that reads the module's own parameters: the
    convolution of a module that pads before it.
    """
    inside: dict[int, list[Operation]] = {}
    for operation in operations:
        if operation.call is not None and calls[operation.call].leaf:
            inside.setdefault(operation.call, []).append(operation)
    primary: dict[int, int] = {}
    for index, members in inside.items():
        path = calls[index].path
        owners = [member for member in members if path and _owns(path, member)]
        candidates = members if len(members) == 1 else owners
        if len(candidates) == 1:
            primary[index] = candidates[0].index
    return primary


def _owns(path: str, operation: Operation) -> bool:
    return any(name.rpartition(".")[0] == path for name in operation.parameters)


def registered_path(call: ModuleCall | None, calls: Sequence[ModuleCall]) -> str:
    """Return the path of the innermost call around whose module the model registers."""
    while call is not None and call.path is None:
        call = None if call.parent is None else calls[call.parent]
    return "" if call is None or call.path is None else call.path


def unique(base: str, separator: str, taken: set[str]) -> str:
    """Return an id that is not among `taken`, and add it: `base`, else with a number behind it."""
    identity = base
    number = 0
    while identity in taken:
        number += 1
        identity = f"{base}{separator}{number}"
    taken.add(identity)
    return identity
