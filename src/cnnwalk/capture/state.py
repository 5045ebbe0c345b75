"""Leave the model exactly as it was found."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn


@contextlib.contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Run the body in evaluation mode without gradients; restore modes, buffers and random state.

    `no_grad`, not `inference_mode`: in-place writes are found by version counters, which
    inference tensors do not have.
    """
    modules = list(model.modules())
    training = [module for module in modules if module.training]
    buffers = [
        (module, name, buffer, buffer.detach().clone(), buffer._version)
        for module in modules
        for name, buffer in module._buffers.items()
        if buffer is not None and not buffer.is_inference()
    ]
    for module in training:
        module.training = False
    try:
        with (
            torch.random.fork_rng(devices=_cuda_devices(modules)),
            torch.inference_mode(False),
            torch.no_grad(),
        ):
            yield
    finally:
        for module in training:
            module.training = True
        for module, name, buffer, copy, version in buffers:
            _restore(module, name, buffer, copy, version)


def _cuda_devices(modules: list[nn.Module]) -> list[torch.device]:
    """Return the devices whose random state a forward pass could advance."""
    parameters = (value for module in modules for value in module._parameters.values())
    return list({value.device for value in parameters if value is not None and value.is_cuda})


def _restore(module: nn.Module, name: str, buffer: Tensor, copy: Tensor, version: int) -> None:
    if buffer._version != version:
        with torch.no_grad():
            buffer.copy_(copy)
    module._buffers[name] = buffer
