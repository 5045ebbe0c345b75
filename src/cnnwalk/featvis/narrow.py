"""Compute no more of a layer's last convolution than the channels that are wanted.

A picture is of one channel, and what comes behind a convolution within its layer (a norm, an
activation function, a pooling) treats each channel by itself. So the convolution needs only the
weights of the batch's channels: the same mathematics, and far less of it in early layers.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from cnnwalk.capture.kinds import canonical, kind_of
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.frozen import FrozenNetwork
from cnnwalk.featvis.ways import Way
from cnnwalk.graph import Graph, Layer

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_EACH_ALONE = {"activation", "pool"}
"""Kinds of operations that, without parameters, treat each channel by itself; a trial sees to
those that do not."""

_WORTH = 2
"""How many times more channels a layer has to have than are wanted."""

_TRIED = 2
"""How many channels are compared before a layer is narrowed."""


class _Held(NamedTuple):
    """A parameter or a buffer of a module that has one row for each channel."""

    module: nn.Module
    name: str
    value: Tensor


@dataclasses.dataclass(frozen=True, eq=False)
class Tail:
    """The modules at a layer's end, whose parameters have one row for each channel.

    Attributes:
        parts: the convolution, and the norms behind it.
        channels: how many the layer has.
    """

    parts: tuple[nn.Module, ...]
    channels: int

    def pays(self, wanted: Sequence[int]) -> bool:
        """Say whether so few channels are wanted that less is to be computed."""
        return _WORTH * len(wanted) <= self.channels

    @contextlib.contextmanager
    def narrowed(self, wanted: Sequence[int]) -> Iterator[None]:
        """Let the modules have the wanted channels alone, in this order, during the body."""
        held = list(_held(self.parts))
        try:
            for module, name, value in held:
                setattr(module, name, _rows(value, wanted))
            yield
        finally:
            for module, name, value in held:
                setattr(module, name, value)


def find_tail(frozen: FrozenNetwork, layer: Layer, way: Way) -> Tail | None:
    """Return what of a layer can be narrowed; None where that would change its values.

    Some channels are computed in both ways, to see that they are the same.

    Args:
        frozen: the network.
        layer: of its graph.
        way: to the layer.
    """
    parts = _parts(frozen.graph, layer, frozen.module)
    sizes = {len(value) for _, _, value in _held(parts)}
    if len(sizes) != 1:
        return None
    tail = Tail(parts, sizes.pop())
    return tail if tail.pays(range(_TRIED)) and _agrees(frozen, tail, way) else None


def _parts(graph: Graph, layer: Layer, module: nn.Module) -> tuple[nn.Module, ...]:
    """Return the last convolution before a layer's values and the norms behind it, or nothing."""
    modules = dict(module.named_modules())
    norms: list[nn.Module] = []
    for signature in reversed(graph.operations[: layer.probe.op + 1]):
        function, _, parameters = signature.removesuffix(")").partition("(")
        kind = kind_of(canonical(function), (), ())
        if not parameters and kind in _EACH_ALONE:
            continue
        path, _, name = parameters.partition(", ")[0].rpartition(".")
        part = modules.get(path) if name == "weight" else None
        if kind == "conv" and isinstance(part, _CONVOLUTIONS) and part.groups == 1:
            return part, *norms
        if kind != "norm" or not isinstance(part, _BatchNorm):
            break
        norms.append(part)
    return ()


def _agrees(frozen: FrozenNetwork, tail: Tail, way: Way) -> bool:
    """Say whether the narrowed network gives of some channels what the whole one gives."""
    spec = frozen.network.input
    shape = (2, spec.channels, spec.height, spec.width)
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(frozen.device)
    with torch.no_grad():
        whole = way(noise)
        if whole.ndim < 2 or whole.shape[1] != tail.channels or not whole.is_floating_point():
            return False
        strengths = whole.double().transpose(0, 1).flatten(1).norm(dim=1)
        wanted = strengths.topk(_TRIED).indices.tolist()  # of silent ones nothing could be seen
        try:
            with frozen.changed(tail.narrowed, wanted):
                found = way(noise)
        except FeatureVisualizationError:  # something else needs all that the convolution makes
            return False
    expected = whole[:, wanted].double()
    if found.shape != expected.shape:
        return False
    tolerance = torch.finfo(whole.dtype).eps ** 0.5
    return bool((found.double() - expected).norm() <= tolerance * expected.norm())


def _held(parts: Sequence[nn.Module]) -> Iterator[_Held]:
    for part in parts:
        for holder in (part._parameters, part._buffers):
            for name, value in holder.items():
                if value is not None and value.ndim > 0:  # a norm counts its batches, too
                    yield _Held(part, name, value)


def _rows(value: Tensor, wanted: Sequence[int]) -> Tensor:
    rows = value[torch.tensor(wanted, device=value.device)]
    return nn.Parameter(rows, requires_grad=False) if isinstance(value, nn.Parameter) else rows
