"""Steps of torch's optimizers, without its compiler.

The classes of `torch.optim` import the compiler when the first is made, which takes a second or
more before anybody sees a picture. The functions that they call do not.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.nadam import nadam

_BETA_1, _BETA_2 = 0.9, 0.999
_EPS = 1e-8
_MOMENTUM_DECAY = 4e-3


class Adam:
    """`torch.optim.Adam` with its defaults, which makes a sum greater.

    Args:
        values: float32, of any shape; changed in place by `step`.
        rate: the optimizer's learning rate.
    """

    def __init__(self, values: Tensor, rate: float) -> None:
        self._values = values
        self._rate = rate
        self._means = torch.zeros_like(values, requires_grad=False)
        self._squares = torch.zeros_like(values, requires_grad=False)
        self._count = torch.zeros(())

    @torch.no_grad()
    def step(self, gradient: Tensor) -> None:
        """Go up along a gradient of the values' shape."""
        adam(
            [self._values],
            [gradient],
            [self._means],
            [self._squares],
            [],
            [self._count],
            amsgrad=False,
            lr=self._rate,
            weight_decay=0.0,
            eps=_EPS,
            maximize=True,
            beta1=_BETA_1,
            beta2=_BETA_2,
        )


class NAdam:
    """`torch.optim.NAdam` with its defaults, as `Adam`."""

    def __init__(self, values: Tensor, rate: float) -> None:
        self._values = values
        self._rate = rate
        self._means = torch.zeros_like(values, requires_grad=False)
        self._squares = torch.zeros_like(values, requires_grad=False)
        self._product = torch.ones(())
        self._count = torch.zeros(())

    @torch.no_grad()
    def step(self, gradient: Tensor) -> None:
        """Go up along a gradient of the values' shape."""
        nadam(
            [self._values],
            [gradient],
            [self._means],
            [self._squares],
            [self._product],
            [self._count],
            lr=self._rate,
            weight_decay=0.0,
            momentum_decay=_MOMENTUM_DECAY,
            eps=_EPS,
            maximize=True,
            beta1=_BETA_1,
            beta2=_BETA_2,
        )
