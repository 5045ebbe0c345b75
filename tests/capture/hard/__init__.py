"""Small networks that are hard to follow, of our own writing, with the truth about each."""

from __future__ import annotations

from hard import composed, containers, control, leaving, modes, reuse, wrapped, writes
from hard.case import Hard

MODELS: tuple[Hard, ...] = (
    *writes.MODELS,
    *reuse.MODELS,
    *containers.MODELS,
    *control.MODELS,
    *wrapped.MODELS,
    *composed.MODELS,
    *leaving.MODELS,
    *modes.MODELS,
)
