"""Where in the spectrum the gradient at the input lies."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from cnnwalk.study.measures.layers import known
from cnnwalk.study.measures.maps import brightness, high_frequencies


def gradient_high_frequencies(
    module: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]
) -> float | None:
    """Return the share of high frequencies in the gradient at the input, the median over images.

    Args:
        module: in eval mode; returns scores (N, classes).
        batches: normalized images (N, C, H, W), and the class (N,) whose score the gradient is of.

    Returns:
        None where no gradient came back from any image.
    """
    shares = [
        high_frequencies(brightness(_gradient(module, images, classes)))
        for images, classes in batches
    ]
    return known(torch.cat(shares).nanmedian())


def _gradient(module: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
    # Of the score and not of the loss, whose gradient is lost in rounding where a network is sure.
    with torch.enable_grad():
        images = images.detach().requires_grad_()
        scores = module(images).gather(1, classes[:, None])
        (gradient,) = torch.autograd.grad(scores.sum(), images)
    return gradient
