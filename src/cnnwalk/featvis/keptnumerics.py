"""The numbers that were chosen by a measurement, kept beside the cached pictures.

The next process chooses the same, so that it makes the same pictures, and measures nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import torch

from cnnwalk.featvis.cache import picture_folder
from cnnwalk.featvis.numerics import Numerics
from cnnwalk.graph import Graph
from cnnwalk.networks import Network
from cnnwalk.wholefile import write_whole


def name_of(
    network: Network,
    graph: Graph,
    layer_id: str,
    device: torch.device,
    kinds: Sequence[Numerics],
) -> str:
    """Return 64 hex digits that differ where another choice could be right.

    Args:
        network: what is computed.
        graph: of the network.
        layer_id: whose pictures.
        device: where it is computed; another processor of the same kind is the same.
        kinds: what there is to choose from.
    """
    told = [
        network.id,
        graph.operations,
        [dataclasses.astuple(layer.probe) for layer in graph.layers if layer.id == layer_id],
        _kind_of(device),
        [dataclasses.astuple(each) for each in kinds],
        torch.__version__,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def recall(name: str, kinds: Sequence[Numerics]) -> Numerics | None:
    """Return what was kept under a name; None for nothing, or for what is none of the kinds."""
    try:
        found = Numerics(**json.loads(_path(name).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return next((each for each in kinds if each == found), None)


def keep(name: str, numerics: Numerics, kinds: Sequence[Numerics]) -> Numerics:
    """Keep a choice, unless another process kept one while it was made.

    Where the folder cannot be written nothing is kept: then the next process measures, too.

    Returns:
        The choice to go by, the other process's if there is one.
    """
    earlier = recall(name, kinds)
    if earlier is not None:
        return earlier
    with contextlib.suppress(OSError):
        write_whole(_path(name), json.dumps(dataclasses.asdict(numerics)).encode())
    return numerics


def _kind_of(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "cpu":
        return f"cpu {torch.backends.cpu.get_cpu_capability()}"
    return device.type


def _path(name: str) -> Path:
    return picture_folder() / "numerics" / f"{name}.json"
