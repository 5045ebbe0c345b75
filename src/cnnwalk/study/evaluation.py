"""How often a network is right."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from cnnwalk.study.examples import Examples
from cnnwalk.study.feed import Feed

_BATCH = 256


def share_right(module: nn.Module, examples: Examples, device: torch.device) -> float:
    """Return the share of examples of which a network tells the label; 0 where there are none.

    The module is asked in eval mode and float32, and left in the mode in which it was.

    Args:
        module: on the device.
        examples: with the labels that count as right.
        device: where it is.
    """
    if len(examples) == 0:
        return 0.0
    parts = np.array_split(np.arange(len(examples)), -(-len(examples) // _BATCH))
    right = torch.zeros((), dtype=torch.int64, device=device)
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            for batch in Feed(examples, device).batches(parts):
                right += (module(batch.images).argmax(1) == batch.labels).sum()
    finally:
        module.train(was_training)
    return int(right) / len(examples)
