"""What the feature maps of a network are like, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from cnnwalk.study.measures.maps import (
    active_share,
    constant,
    geary,
    high_frequencies,
    hoyer,
    strengths,
)
from cnnwalk.study.measures.measurements import MapMeasures, Place
from cnnwalk.study.measures.places import Modules

OnMaps = Callable[[Tensor], None]


def measure_maps(
    module: nn.Module, modules: Modules, inputs: Iterable[Tensor]
) -> tuple[MapMeasures, ...]:
    """Measure the feature maps of a network.

    Args:
        module: in eval mode.
        modules: of which to measure what they return.
        inputs: batches (N, C, H, W), normalized, of at least one image altogether.

    Returns:
        One for each place of `modules.maps`, in its order.
    """
    layers = {path: _Layer(place, path) for place, path in modules.maps.items()}
    watches = {path: layer.take for path, layer in layers.items()}
    with watched(module, watches), torch.inference_mode():
        for batch in inputs:
            module(batch)
    return tuple(layer.measures() for layer in layers.values())


@contextmanager
def watched(module: nn.Module, watches: Mapping[str, OnMaps]) -> Iterator[None]:
    """Have functions called with what modules return, while in the context.

    Args:
        module: that has them.
        watches: by path of the module.
    """
    hooks = [
        module.get_submodule(path).register_forward_hook(
            lambda _module, _inputs, maps, watch=watch: watch(maps)
        )
        for path, watch in watches.items()
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


class _Layer:
    """Measures of one layer, gathered batch by batch."""

    def __init__(self, place: Place, path: str) -> None:
        self._place = place
        self._path = path
        self._shape = (0, 0, 0)
        self._of_maps: list[Tensor] = []  # (2, N * K)
        self._of_images: list[Tensor] = []  # (2, N)
        self._constant: list[Tensor] = []
        self._loud: Tensor | None = None  # (K,): channels that were not zero

    def take(self, maps: Tensor) -> None:
        maps = maps.detach().float().contiguous()
        self._shape = (maps.shape[1], maps.shape[2], maps.shape[3])
        self._of_maps.append(torch.stack([geary(maps), high_frequencies(maps)]).flatten(1))
        self._of_images.append(torch.stack([hoyer(strengths(maps)), active_share(maps)]))
        self._constant.append(constant(maps).flatten())
        loud = (maps != 0).any(3).any(2).any(0)
        self._loud = loud if self._loud is None else self._loud | loud

    def measures(self) -> MapMeasures:
        channels, height, width = self._shape
        of_maps = torch.cat(self._of_maps, 1)
        of_images = torch.cat(self._of_images, 1)
        loud = self._loud if self._loud is not None else torch.zeros(0)
        return MapMeasures(
            place=self._place,
            layer=self._path,
            channels=channels,
            height=height,
            width=width,
            geary=known(of_maps[0].nanmedian()),
            high_frequencies=known(of_maps[1].nanmedian()),
            constant=float(torch.cat(self._constant).float().mean()),
            hoyer=known(of_images[0].nanmean()),
            active=known(of_images[1].nanmean()),
            silent=tuple(torch.nonzero(~loud).flatten().tolist()),
        )


def known(value: Tensor) -> float | None:
    """Return a number, or None for NaN."""
    return None if value.isnan() else float(value)
