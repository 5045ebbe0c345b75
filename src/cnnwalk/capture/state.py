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
    modes = [(module, module.training) for module in model.modules()]
    buffers = [
        (module, name, buffer, buffer.detach().clone(), buffer._version)
        for module in model.modules()
        for name, buffer in module._buffers.items()
        if buffer is not None and not buffer.is_inference()
    ]
    devices = {parameter.device for parameter in model.parameters() if parameter.is_cuda}
    model.eval()
    try:
        with torch.random.fork_rng(devices=sorted(devices, key=str)), torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        for module, name, buffer, copy, version in buffers:
            _restore(module, name, buffer, copy, version)


def _restore(module: nn.Module, name: str, buffer: Tensor, copy: Tensor, version: int) -> None:
    if buffer._version != version:
        with torch.no_grad():
            buffer.copy_(copy)
    module._buffers[name] = buffer
