"""What the dispatcher's kernels do, read off their names and schemas."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch._C import DispatchKey, DispatchKeySet
from torch._ops import OpOverload

from cnnwalk.capture.tensors import tensors_in

Kernel = Callable[..., object]


_CONVOLUTION = re.compile(r"\w+\.(\w*convolution\w*|conv(_transpose)?[123]d)\.")
_OWN = frozenset({"aten", "prim", "prims"})
"""Namespaces of torch's own kernels, which call no function that a user wrote."""

_BELOW_MODES = torch._C._dispatch_keyset_full_after(DispatchKey.Python)
"""What comes after the dispatch modes: the kernels that compute."""


@functools.cache
def is_convolution(kernel: Kernel) -> bool:
    """Say whether a kernel is a convolution.

    Below autograd (in inference mode, in an operator) it goes by the name of the function.
    """
    return _CONVOLUTION.match(str(kernel)) is not None


@functools.cache
def is_foreign(kernel: Kernel) -> bool:
    """Say whether a kernel is an operator that a library or a user registered with torch."""
    return isinstance(kernel, OpOverload) and kernel.namespace not in _OWN


def own_keys(args: tuple[object, ...], kwargs: Mapping[str, object]) -> DispatchKeySet | None:
    """Return where an operator's own kernel is found, below the modes that watch its call.

    None where the arguments do not tell: without a tensor, or with one of a class of its own.
    """
    tensors = tensors_in((args, kwargs))
    if not tensors or any(type(tensor) not in {Tensor, nn.Parameter} for tensor in tensors):
        return None
    keys = functools.reduce(operator.or_, map(torch._C._dispatch_keys, tensors))
    return keys & _BELOW_MODES


def written(kernel: Kernel, args: tuple[object, ...], kwargs: Mapping[str, object]) -> list[Tensor]:
    """Return the tensors that a kernel is going to write to."""
    if not isinstance(kernel, OpOverload) or not (places := _write_arguments(kernel)):
        return []  # as nearly all
    return [
        tensor
        for position, name, condition in places
        if condition is None or args[condition]
        for tensor in tensors_in(args[position] if position < len(args) else kwargs.get(name))
    ]


@functools.cache
def _write_arguments(kernel: OpOverload) -> tuple[tuple[int, str, int | None], ...]:
    """Return the arguments that a kernel writes to, by its schema.

    Each with its position, its name and, where it is written to only if another argument is
    true, the position of that one: batch norm's statistics, which not all its kernels declare.
    """
    arguments = kernel._schema.arguments
    positions = {argument.name: position for position, argument in enumerate(arguments)}
    training = positions.get("training")
    return tuple(
        (position, argument.name, training if argument.name.startswith("running_") else None)
        for position, argument in enumerate(arguments)
        if (argument.alias_info is not None and argument.alias_info.is_write)
        or (argument.name in {"running_mean", "running_var"} and training is not None)
    )
