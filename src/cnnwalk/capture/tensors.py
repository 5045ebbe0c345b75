"""Find the tensors in nested arguments and results."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, UntypedStorage, nn

_PLAIN = frozenset(
    {int, float, bool, str, type(None), type(...), torch.dtype, torch.device, torch.Size}
)
"""Most arguments of torch functions that are no tensors; they need no closer look."""


def tensors_in(value: object) -> list[Tensor]:
    """Return the tensors inside `value`, depth first."""
    found: list[Tensor] = []
    _collect(value, found)
    return found


def _collect(value: object, found: list[Tensor]) -> None:
    if isinstance(value, Tensor):
        found.append(value)
    elif isinstance(value, (tuple, list)):
        for item in value:
            if type(item) not in _PLAIN:
                _collect(item, found)
    elif type(value) is dict:
        for item in value.values():
            if type(item) not in _PLAIN:
                _collect(item, found)
    elif (inside := members(value)) is not None:
        for _, item in inside:
            _collect(item, found)


def members(value: object) -> Iterable[tuple[str | None, object]] | None:
    """Return what a container holds, with its names where it has some; None for no container.

    Containers are tuples, lists, mappings and dataclasses.
    """
    if isinstance(value, (tuple, list)):
        return ((None, item) for item in value)
    if isinstance(value, Mapping):
        return ((str(key), item) for key, item in value.items())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
    return None


def unwrapped(tensor: Tensor) -> Tensor:
    """Return the tensor inside the wrappers that `torch.vmap` and its kind put around it."""
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        tensor = torch._C._functorch.get_unwrapped(tensor)
    return tensor


def storage_of(tensor: Tensor) -> UntypedStorage | None:
    """Return the memory of a tensor, None for sparse and other opaque layouts."""
    try:
        return tensor.untyped_storage()
    except (NotImplementedError, RuntimeError):
        return None


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


def parameter_names(model: nn.Module) -> dict[int, str]:
    """Return the name of each parameter by the `id` of its tensor; a shared one has its first."""
    return {id(parameter): name for name, parameter in model.named_parameters()}
