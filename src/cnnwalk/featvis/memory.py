"""How running out of memory shows."""

from __future__ import annotations

import torch

# What torch's allocators say in a plain RuntimeError: of the CPU, of cuBLAS, of cuDNN.
_SIGNS = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "alloc_failed",
    "failed to allocate",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether an error means that there was not enough memory, of the CPU or of a device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in _SIGNS)
