"""How strongly each of a batch's targets responds."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cnnwalk.featvis.reach import Reach
from cnnwalk.featvis.target import Target


def respond(reach: Reach, targets: Sequence[Target], inputs: Tensor) -> Tensor:
    """Return each target's value for its own input.

    Args:
        reach: to the layer that the targets are of.
        targets: N, checked (`Target.check`).
        inputs: (N, C, H, W), as the network takes them; one for each target.

    Returns:
        (N,), differentiable.
    """
    channels = [target.channel for target in targets if target.channel is not None]
    if len(channels) < len(targets):  # a direction is of all channels
        return values(reach(inputs), targets)
    return _all_measured(reach.own(inputs, channels), targets)


def values(maps: Tensor, targets: Sequence[Target]) -> Tensor:
    """Return each target's value for its own maps.

    Args:
        maps: (N, K, h, w), float32: one batch entry for each target.
        targets: N targets of the layer that the maps are of, checked (`Target.check`).

    Returns:
        (N,), differentiable.
    """
    return _all_measured(_chosen(maps, targets), targets)


def _all_measured(chosen: Tensor, targets: Sequence[Target]) -> Tensor:
    """Return what counts of each target's own map, (N, h, w), by what it says of maps: (N,)."""
    kinds = [(target.neuron, target.measure, target.quantile) for target in targets]
    if len(set(kinds)) == 1:
        return _measured(chosen, targets[0])
    rows = [_measured(chosen[row : row + 1], target) for row, target in enumerate(targets)]
    return torch.cat(rows)


def _chosen(maps: Tensor, targets: Sequence[Target]) -> Tensor:
    """Return the one map (N, h, w) that each target asks for."""
    channels = [target.channel for target in targets if target.channel is not None]
    if len(channels) == len(targets):
        rows = torch.arange(len(targets), device=maps.device)
        return maps[rows, torch.tensor(channels, device=maps.device)]
    return torch.stack([_map(maps[row], target) for row, target in enumerate(targets)])


def _map(maps: Tensor, target: Target) -> Tensor:
    """Return the map (h, w) of one target's maps (K, h, w)."""
    if target.direction is None:
        return maps[target.channel]
    weights = torch.tensor(target.direction, device=maps.device, dtype=maps.dtype)
    weighted: Tensor = torch.tensordot(weights, maps, dims=1)
    return weighted


def _measured(maps: Tensor, target: Target) -> Tensor:
    """Return what counts of each map (N, h, w) by what `target` says of maps: (N,)."""
    if target.neuron is not None:
        row, column = target.neuron
        return maps[:, row, column]
    if target.measure == "centre":
        return maps[:, maps.shape[1] // 2, maps.shape[2] // 2]
    if target.measure == "quantile":
        return maps.flatten(1).quantile(target.quantile, dim=1)
    return maps.mean((1, 2))
