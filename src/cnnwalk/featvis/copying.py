"""A copy of a module that belongs to nobody else."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from cnnwalk.capture.tensors import tensors_in, unwrap


def frozen_copy(module: nn.Module, device: torch.device) -> nn.Module:
    """Return a copy in evaluation mode whose parameters need no gradient.

    All values are copied, also those that a module keeps in plain attributes, lists and dicts.
    What cannot be copied (a lock, an open file) is shared with the original.

    Args:
        module: wrappers such as `DataParallel` are looked through.
        device: where the copy's values are.
    """
    module = unwrap(module)
    with torch.inference_mode(False), torch.no_grad():
        memo: dict[int, object] = {id(tensor): _own(tensor, device) for tensor in held_by(module)}
        try:
            copied = copy.deepcopy(module, dict(memo))
        except Exception:  # whatever a user's object raises that is not made to be copied
            copied = copy.deepcopy(module, {**memo, **_not_copyable(module, memo)})
    for part in copied.modules():
        if hasattr(part, "training"):  # frozen scripts have no modes
            part.training = False
    for parameter in copied.parameters():  # those of scripts are copied out of Python's sight
        parameter.requires_grad_(False)
    return copied.to(device)


def held_by(module: nn.Module) -> list[Tensor]:
    """Return the tensors that the parts of a module hold, each once."""
    found = [tensor for part in module.modules() for tensor in tensors_in(list(_content(part)))]
    return list({id(tensor): tensor for tensor in found}.values())


def _content(part: nn.Module) -> list[object]:
    """Return what stands in a module's attributes, without the modules below it."""
    return [value for name, value in vars(part).items() if name != "_modules"]


def _own(tensor: Tensor, device: torch.device) -> Tensor:
    values = tensor.detach().to(device, copy=True)
    return nn.Parameter(values, requires_grad=False) if isinstance(tensor, nn.Parameter) else values


def _not_copyable(module: nn.Module, memo: dict[int, object]) -> dict[int, object]:
    """Return, as a memo for `deepcopy`, what of the modules' attributes cannot be copied."""
    shared: dict[int, object] = {}
    for part in module.modules():
        for value in _content(part):
            try:
                copy.deepcopy(value, {**memo, **shared, **{id(m): m for m in module.modules()}})
            except Exception:
                shared[id(value)] = value
    return shared
