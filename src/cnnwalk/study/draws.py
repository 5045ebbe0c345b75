"""Random draws that depend on nothing but a seed and on what they are for.

No generator lives longer than what it is drawn for, so that training which goes on from a
checkpoint draws what it would have drawn without a stop.
"""

from __future__ import annotations

import enum

import numpy as np
import torch


class Purpose(enum.IntEnum):
    """What is drawn. The numbers stay as they are: they decide what a seed gives."""

    WEIGHTS = 0
    LABELS = 1
    NOISE = 2
    ORDER = 3
    AUGMENTATION = 4


def seed_for(purpose: Purpose, seed: int, *place: int) -> int:
    """Return a seed of 63 bits for draws that have nothing to do with any others.

    Args:
        purpose: what is drawn.
        seed: of the training; 0 or more.
        place: where, such as the epoch and the batch; 0 or more each.
    """
    sequence = np.random.SeedSequence([seed, int(purpose), *place])
    return int(sequence.generate_state(1, np.uint64)[0]) >> 1


def generator_for(
    purpose: Purpose, seed: int, *place: int, device: torch.device | None = None
) -> torch.Generator:
    """Return a new generator for draws on a device, by default the CPU; see `seed_for`."""
    generator = torch.Generator(device or torch.device("cpu"))
    return generator.manual_seed(seed_for(purpose, seed, *place))
