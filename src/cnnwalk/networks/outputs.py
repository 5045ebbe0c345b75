"""What a network's output says: scores of classes, a class for each pixel, or boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, cast

import torch
from torch import Tensor

Task = Literal["classification", "segmentation", "detection"]

_MAPS_KEY = "out"
"""What torchvision's segmentation networks call their output among others."""


class Boxes(NamedTuple):
    """What a detection network found in one image.

    Attributes:
        boxes: float (n, 4): left, upper, right and lower edge in pixels of the input.
        labels: int (n,), indices of classes.
        scores: float (n,), in 0..1.
    """

    boxes: Tensor
    labels: Tensor
    scores: Tensor


def task_of(output: object, prepared: Tensor) -> Task:
    """Return the task that an output shows.

    Boxes in a mapping for each image are a detection. A tensor (1, K, H, W) is a segmentation
    where it is called ``out``, or where it is the only output and has the input's size and
    another number of channels. All else is a classification.

    Args:
        output: what the network returned.
        prepared: the input (1, C, H, W) that it returned it for.
    """
    if boxes_in(output) is not None:
        return "detection"
    if isinstance(output, Mapping) and _are_maps(output.get(_MAPS_KEY)):
        return "segmentation"
    if _are_maps(output):
        _, channels, *size = cast(Tensor, output).shape
        if channels != prepared.shape[1] and size == list(prepared.shape[2:]):
            return "segmentation"
    return "classification"


def scores_in(output: object) -> Tensor | None:
    """Return the first tensor of floats of shape (1, n), n >= 2: the scores of n classes.

    Args:
        output: what the network returned; tuples, lists and mappings are looked into.
    """
    return next((tensor for tensor in _tensors(output) if _are_scores(tensor)), None)


def probabilities(scores: Tensor) -> Tensor:
    """Return the probabilities of classes, float64 on the CPU, of the shape of the scores.

    Args:
        scores: (n, K): logits, or for each of the n probabilities, which stay as they are.
    """
    values = scores.detach().to("cpu", torch.float64)
    rounding = max(1e-4, 2 * torch.finfo(scores.dtype).eps)
    sums = values.sum(1, keepdim=True)
    are_probabilities = (values >= 0).all(1, keepdim=True) & ((sums - 1).abs() < rounding)
    return torch.where(are_probabilities, values, values.softmax(1))


def maps_in(output: object) -> Tensor | None:
    """Return the scores of K classes for each pixel, floats of shape (1, K, H, W).

    That is what a mapping calls ``out``, else the first tensor of such a shape.
    """
    if isinstance(output, Mapping) and _are_maps(output.get(_MAPS_KEY)):
        return cast(Tensor, output[_MAPS_KEY])
    return next((tensor for tensor in _tensors(output) if _are_maps(tensor)), None)


def boxes_in(output: object) -> Boxes | None:
    """Return what was found in the first image, in the form of torchvision's networks: a list
    with a mapping for each image that has `boxes`, `labels` and `scores`, or one such mapping.
    """
    first = output[0] if isinstance(output, Sequence) and output else output
    if not isinstance(first, Mapping):
        return None
    found = [first.get(name) for name in Boxes._fields]
    if not all(isinstance(part, Tensor) for part in found):
        return None
    boxes = Boxes(*cast(list[Tensor], found))
    count = len(boxes.labels) if boxes.labels.ndim == 1 else -1
    fits = boxes.boxes.shape == (count, 4) and boxes.scores.shape == (count,)
    return boxes if fits else None


def _are_scores(tensor: Tensor) -> bool:
    return tensor.ndim == 2 and len(tensor) == 1 < tensor.shape[1]


def _are_maps(value: object) -> bool:
    return (
        isinstance(value, Tensor)
        and value.is_floating_point()
        and value.ndim == 4
        and len(value) == 1
        and min(value.shape) > 0
    )


def _tensors(output: object) -> Iterator[Tensor]:
    """Yield the tensors of floats in an output, depth first."""
    if isinstance(output, Tensor):
        if output.is_floating_point():
            yield output
    elif isinstance(output, Mapping):
        for part in output.values():
            yield from _tensors(part)
    elif isinstance(output, (list, tuple)):
        for part in output:
            yield from _tensors(part)
