"""A copy of a module that belongs to nobody else."""

from __future__ import annotations

import copy
import types
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from cnnwalk.capture.tensors import tensors_in, unwrap

_HOOKS = ("_forward_hooks", "_forward_pre_hooks")
_BACKWARD_HOOKS = ("_backward_hooks", "_backward_pre_hooks")

_Memo = dict[int, object]
"""What `deepcopy` has copied, or is to take as a copy, by the `id` of the original."""


def frozen_copy(module: nn.Module, device: torch.device) -> nn.Module:
    """Return a copy in evaluation mode whose parameters need no gradient.

    All values are copied, also those that a module keeps in plain attributes, lists and dicts.
    Forward hooks belong to what a network computes and are copied with what they hold; backward
    hooks are not. What cannot be copied (a lock, an open file) is shared with the original.

    Args:
        module: wrappers such as `DataParallel` are looked through.
        device: where the copy's values are.
    """
    module = unwrap(module)
    with torch.inference_mode(False), torch.no_grad():
        tensors: _Memo = {id(tensor): _own(tensor, device) for tensor in held_by(module)}
        memo = dict(tensors)
        try:
            copied = copy.deepcopy(module, memo)
        except Exception:  # whatever an object raises that is not made to be copied
            memo = {**tensors, **_not_copyable(module, tensors)}
            copied = copy.deepcopy(module, memo)
    for part in copied.modules():
        _own_hooks(part, memo)
        if hasattr(part, "training"):  # frozen scripts have no modes
            part.training = False
    for parameter in copied.parameters():  # scripts have copied theirs out of Python's sight
        parameter.requires_grad_(False)
    return copied.to(device)


def held_by(module: nn.Module) -> list[Tensor]:
    """Return the tensors that the parts of a module hold, each once."""
    found = [tensor for part in module.modules() for tensor in tensors_in(list(_content(part)))]
    return list({id(tensor): tensor for tensor in found}.values())


def _content(part: nn.Module) -> Iterator[object]:
    """Yield what stands in a module's attributes, without the modules below it."""
    return (value for name, value in vars(part).items() if name != "_modules")


def _own(tensor: Tensor, device: torch.device) -> Tensor:
    values = tensor.detach().to(device, copy=True)
    return nn.Parameter(values, requires_grad=False) if isinstance(tensor, nn.Parameter) else values


def _not_copyable(module: nn.Module, memo: _Memo) -> _Memo:
    """Return what of the modules' attributes cannot be copied, each for its own copy."""
    parts = list(module.modules())
    known = {**memo, **{id(part): part for part in parts}}
    kept: _Memo = {}
    for part in parts:
        for value in _content(part):
            if not _can_be_copied(value, {**known}):
                kept[id(value)] = value
    return kept


def _can_be_copied(value: object, memo: _Memo) -> bool:
    try:
        copy.deepcopy(value, memo)
    except Exception:
        return False
    return True


def _own_hooks(part: nn.Module, memo: _Memo) -> None:
    """Give a copied module hooks that hold copies, not the network that was copied."""
    for name in _HOOKS:
        hooks = vars(part).get(name, {})
        for key, hook in hooks.items():
            if isinstance(hook, types.FunctionType) and hook.__closure__:
                hooks[key] = _own_function(hook, memo)
    for name in _BACKWARD_HOOKS:
        vars(part).get(name, {}).clear()


def _own_function(function: types.FunctionType, memo: _Memo) -> types.FunctionType:
    """Return a function that does the same with copies of the variables around it."""
    cells = []
    for cell in function.__closure__ or ():
        value = cell.cell_contents
        cells.append(
            types.CellType(copy.deepcopy(value, memo)) if _can_be_copied(value, {**memo}) else cell
        )
    own = types.FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        tuple(cells),
    )
    own.__kwdefaults__ = function.__kwdefaults__
    return own
