"""What is told of a picture, as texts: in the cache's file and in the metadata of a PNG."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np

from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.spectrum import Spectrum
from cnnwalk.networks import Network
from cnnwalk.version import __version__


def facts_of(network: Network, order: Order, picture: Picture) -> dict[str, str]:
    """Return all that it takes to make a picture again, and what the network says to it."""
    target = order.target
    told: dict[str, object] = {
        "software": f"cnnwalk {__version__}",
        "network": network.name,
        "network_id": network.id,
        "layer": target.layer,
        "channel": target.channel,
        "direction": target.direction,
        "neuron": target.neuron,
        "measure": None if target.neuron else target.measure,
        "quantile": target.quantile if target.measure == "quantile" else None,
        "mode": order.settings.mode,
        "seed": order.seed,
        "start": "noise" if order.start is None else "image",
        **{
            field.name: getattr(order.settings, field.name)
            for field in dataclasses.fields(order.settings)
        },
        "silence": picture.silence,
    }
    if picture.response is not None:
        told |= dataclasses.asdict(picture.response)
    return {name: _text(value) for name, value in told.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text(part) for part in value)
    if isinstance(value, Spectrum):
        digest = hashlib.sha256(np.ascontiguousarray(value.magnitudes).data).hexdigest()
        return f"of a data set, SHA-256 of its magnitudes {digest}"
    return str(value)
