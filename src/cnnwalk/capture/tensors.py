"""Find the tensors in nested arguments and results."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from cnnwalk.capture.errors import CaptureError


def tensors_in(value: object) -> Iterator[Tensor]:
    """Yield the tensors inside `value`, depth first: tuples, lists, mappings, dataclasses."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors_in(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_in(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from tensors_in(getattr(value, field.name))


def unwrap(model: nn.Module) -> nn.Module:
    """Return the module inside wrappers that move work to other threads, devices or compilers."""
    wrappers = (nn.DataParallel, nn.parallel.DistributedDataParallel)
    while True:
        if isinstance(model, wrappers):
            model = model.module
        elif isinstance(inner := getattr(model, "_orig_mod", None), nn.Module):
            model = inner
        else:
            return model


def own_copy(example_input: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return the positional arguments of the forward call, copied.

    A network may change its input in place; the caller's tensor is not its to change.

    Raises:
        CaptureError: something else than tensors is given.
    """
    given = example_input if isinstance(example_input, (tuple, list)) else (example_input,)
    for argument in given:
        if not isinstance(argument, Tensor):
            raise CaptureError(
                f"The example input holds {argument!r:.80} of type {type(argument).__name__}: "
                "give a tensor with its batch axis, or a tuple of them."
            )
    with torch.inference_mode(False), torch.no_grad():
        return tuple(tensor.detach().clone() for tensor in given)


def parameter_names(model: nn.Module) -> dict[int, str]:
    """Return the name of each parameter by the `id` of its tensor; a shared one has its first."""
    return {id(parameter): name for name, parameter in model.named_parameters()}
