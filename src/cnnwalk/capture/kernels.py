"""What the dispatcher's kernels do, read off their names and schemas."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping

from torch import Tensor
from torch._ops import OpOverload

from cnnwalk.capture.tensors import tensors_in

Kernel = Callable[..., object]


@functools.cache
def is_convolution(kernel: Kernel) -> bool:
    """Say whether a kernel is a convolution."""
    return "convolution" in str(kernel)


def written(
    kernel: Kernel, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> Iterator[Tensor]:
    """Yield the tensors that a kernel is going to write to."""
    if not isinstance(kernel, OpOverload):
        return
    for position, name, condition in _write_arguments(kernel):
        if condition is None or args[condition]:
            yield from tensors_in(args[position] if position < len(args) else kwargs.get(name))


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
