"""Begins a batch in the way that its settings say."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from cnnwalk.featvis.forming import Begin, Forming
from cnnwalk.featvis.forming.fourier import FourierForming
from cnnwalk.featvis.forming.maco import MacoForming
from cnnwalk.featvis.forming.paper import PaperForming
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.settings import (
    FourierSettings,
    MacoSettings,
    PaperSettings,
    Settings,
    TextureSettings,
)
from cnnwalk.networks import InputSpec

_BEGIN_OF: dict[type[Settings], Begin] = {
    FourierSettings: FourierForming,
    TextureSettings: FourierForming,
    MacoSettings: MacoForming,
    PaperSettings: PaperForming,
}


def begin(orders: Sequence[Order], spec: InputSpec, device: torch.device) -> Forming:
    """Begin the pictures of a batch.

    Args:
        orders: at least one; all with the same settings.
        spec: of the network's input; its size is that of the pictures.
        device: where they form.
    """
    return _BEGIN_OF[type(orders[0].settings)](orders, spec, device)
