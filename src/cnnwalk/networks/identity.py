"""A name for what a network computes: a hash over its architecture, code and weights."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn


def content_id(module: nn.Module, settings: Iterable[object]) -> str:
    """Return 16 hex digits that change when what the network computes changes.

    Hashed are the module tree with each module's class and settings, the source files of
    those classes (two versions of a `forward` can have the same modules), every parameter
    and buffer, and the `repr` of each of `settings`.
    """
    digest = hashlib.sha256()
    # Addresses in memory differ from start to start.
    digest.update(re.sub(r" at 0x[0-9a-f]+", "", repr(module)).encode())
    for source in _sources(module):
        digest.update(hashlib.sha256(source).digest())
    for name, value in _values(module).items():
        digest.update(name.encode())
        if isinstance(value, Tensor):
            digest.update(f"{value.dtype}{tuple(value.shape)}".encode())
            digest.update(_bytes(value))
        else:
            digest.update(repr(value).encode())
    for setting in settings:
        digest.update(repr(setting).encode())
    return digest.hexdigest()[:16]


def _sources(module: nn.Module) -> list[bytes]:
    classes = {type(part) for part in module.modules()}
    files: set[Path] = set()
    sources: list[bytes] = []
    for kind in sorted(classes, key=lambda kind: f"{kind.__module__}.{kind.__qualname__}"):
        try:
            files.add(Path(inspect.getfile(kind)))
        except (TypeError, OSError):  # a class typed into an interpreter has no file
            forward = getattr(kind.forward, "__code__", None)
            sources.append(b"" if forward is None else forward.co_code)
    return sources + [file.read_bytes() for file in sorted(files) if file.is_file()]


def _values(module: nn.Module) -> dict[str, object]:
    """Return the state with the buffers that `state_dict` leaves out."""
    values: dict[str, object] = dict(module.state_dict())
    for name, buffer in module.named_buffers():
        values.setdefault(name, buffer)
    return values


def _bytes(tensor: Tensor) -> memoryview:
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().data
