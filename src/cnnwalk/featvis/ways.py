"""The ways in which a layer's activation is had from a batch of inputs, and which is fastest."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from cnnwalk.capture.failure import blame, said
from cnnwalk.capture.tensors import unwrapped
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.frozen import FrozenNetwork
from cnnwalk.featvis.memory import is_out_of_memory
from cnnwalk.featvis.stopping import AtModule, AtOperation, Place, Reached, find_place
from cnnwalk.graph import Layer

Way: TypeAlias = Callable[[Tensor], Tensor]
"""Takes inputs (N, C, H, W) and returns a layer's activation (N, ...), of any type. Of windows and
regions, of which a layer has several for each image, it returns the first."""


def find_way(frozen: FrozenNetwork, layer: Layer, *, before_activation: bool) -> Way:
    """Return the fastest way to a layer that gives what counting operations gives.

    Where a module returns the layer's activation, a hook on it is enough. All images are one
    batch, but in networks that take none, or in which the images of a batch are not independent.

    Args:
        frozen: the network.
        layer: of its graph.
        before_activation: whether to reach what goes into the layer's last operation.

    Raises:
        FeatureVisualizationError: the network fails, the layer is not reached, or no gradient
            gets from it to the input.
    """
    pair = _noise(frozen)
    counted = functools.partial(by_counting, frozen, layer, before_activation)
    last = counted(pair[1:])
    _try_backward(frozen, layer, last, pair)
    ways: list[Way] = [counted]
    if not before_activation:
        place = _place(frozen, layer, pair[1:])
        if place is not None:
            ways.insert(0, functools.partial(by_hook, frozen, layer, place))
    for way in ways:
        if _takes_batches(way, pair, last):
            return way
    for way in ways:
        if _agrees(way, pair[1:], last):
            return functools.partial(one_by_one, way)
    return functools.partial(one_by_one, counted)  # it draws at random and never agrees


def by_counting(
    frozen: FrozenNetwork, layer: Layer, before_activation: bool, inputs: Tensor
) -> Tensor:
    """Reach a layer by counting operations: a `Way` to every layer."""
    mode = AtOperation(frozen.graph, layer, frozen.module, before_activation=before_activation)
    return _reach(frozen, layer, inputs, mode)


def by_hook(frozen: FrozenNetwork, layer: Layer, place: Place, inputs: Tensor) -> Tensor:
    """Reach a layer by a hook on the module that returns its activation."""
    return _reach(frozen, layer, inputs, AtModule(frozen.module, place))


def one_by_one(way: Way, inputs: Tensor) -> Tensor:
    """Go a way with each image alone."""
    return torch.cat([way(image) for image in inputs[:, None]])


def require_gradient(
    frozen: FrozenNetwork, layer: Layer, activation: Tensor, inputs: Tensor
) -> None:
    """Raise FeatureVisualizationError where no gradient can get from an activation to the inputs.

    Args:
        frozen: the network.
        layer: of its graph.
        activation: the layer's, made of the inputs.
        inputs: (N, C, H, W); that they need no gradient is right, too.
    """
    if not (inputs.requires_grad and torch.is_grad_enabled()) or activation.requires_grad:
        return
    mode = AtOperation(frozen.graph, layer, frozen.module)
    _reach(frozen, layer, inputs[:1], mode)
    by = "an operation" if mode.barrier is None else f"{mode.barrier}()"
    raise FeatureVisualizationError(
        f"No gradient gets from layer {layer.id} to the input: it is behind {by}, which cannot be "
        "differentiated, or which the network's code runs without gradients. Take a layer before "
        "it."
    )


def _try_backward(frozen: FrozenNetwork, layer: Layer, activation: Tensor, inputs: Tensor) -> None:
    require_gradient(frozen, layer, activation, inputs)
    if not activation.requires_grad:
        return
    try:
        torch.autograd.grad(activation.abs().sum(), inputs)
    except RuntimeError as error:  # of an operator that was registered without a gradient
        if is_out_of_memory(error):
            raise
        raise FeatureVisualizationError(
            f"No gradient gets from layer {layer.id} to the input: {said(error)} Take a layer "
            "before the one that does this."
        ) from error


def _reach(
    frozen: FrozenNetwork, layer: Layer, inputs: Tensor, stop: AtOperation | AtModule
) -> Tensor:
    try:
        frozen.run(inputs, stop)
    except Reached:
        pass
    except Exception as error:
        if is_out_of_memory(error):
            raise
        if stop.found is None:  # else a script has made another error of the end
            paths = {id(module): path for path, module in frozen.module.named_modules()}
            raise FeatureVisualizationError(
                f"{frozen.graph.name} failed on its way to layer {layer.id}, {blame(error, paths)}"
            ) from error
    if stop.found is None:
        raise FeatureVisualizationError(
            f"{frozen.graph.name} never came to layer {layer.id}: its code takes another way with "
            "this picture than with the image that its graph was made with. Take another layer."
        )
    if unwrapped(stop.found) is not stop.found:
        raise FeatureVisualizationError(
            f"Layer {layer.id} is computed inside torch.vmap or a function like it, which nothing "
            "can be taken out of. Take a layer before or behind it."
        )
    return _first_rows(stop.found, len(inputs))


def _first_rows(activation: Tensor, images: int) -> Tensor:
    """Return the first row that an activation has for each image."""
    if activation.ndim == 0 and images == 1:
        return activation[None]
    rows = len(activation) if activation.ndim > 0 else 0
    if rows == 0 or rows % images:
        raise FeatureVisualizationError(
            f"Of {images} pictures came an activation of shape {tuple(activation.shape)}: it "
            "belongs to no picture alone. Take another layer."
        )
    return activation[:: rows // images]


def _noise(frozen: FrozenNetwork) -> Tensor:
    spec = frozen.network.input
    shape = (2, spec.channels, spec.height, spec.width)
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    return noise.to(frozen.device).requires_grad_(torch.is_grad_enabled())


def _place(frozen: FrozenNetwork, layer: Layer, inputs: Tensor) -> Place | None:
    mode = AtOperation(frozen.graph, layer, frozen.module, linger=True)
    with contextlib.suppress(Reached, Exception), find_place(frozen.module, mode) as places:
        frozen.run(inputs, mode)
    return places[0] if places else None


def _takes_batches(way: Way, pair: Tensor, last: Tensor) -> bool:
    """Say whether the second of two images gives in a batch what it gives alone."""
    return _agrees(lambda inputs: way(inputs)[1:], pair, last)


def _agrees(way: Way, inputs: Tensor, expected: Tensor) -> bool:
    try:
        given = way(inputs)
    except FeatureVisualizationError:
        return False
    if given.shape != expected.shape or given.dtype != expected.dtype:
        return False
    if not (given.is_floating_point() or given.is_complex()):
        return torch.equal(given, expected)
    # Rounding differs between sizes of a batch; what is another value altogether differs more.
    tolerance = 100 * torch.finfo(given.dtype).eps ** 0.75
    return bool((given - expected).norm() <= tolerance * expected.norm())
