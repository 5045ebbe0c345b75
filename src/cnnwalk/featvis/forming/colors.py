"""Colours: from free values to pixels, along the axes in which photographs vary."""

from __future__ import annotations

import torch
from torch import Tensor

DARKEST = 0.01
"""A pixel this near to black or white counts as this near: full black would be endlessly far."""

PHOTOGRAPHS = (
    (0.933, 0.332, 0.056),
    (0.975, -0.035, -0.138),
    (0.979, -0.282, 0.084),
)
"""How red, green and blue vary together in photographs, as free values: a column for each axis, the
widest (brightness) first. Found as the eigenvectors of the mean covariance in four photographs of
scikit-image, each times its standard deviation, scaled to a mean variance of 1 of the three
colours; tests/featvis/test_colors.py finds them again. Those that tensorflow/lucid has for ImageNet
(``optvis/param/color.py``) are close by."""


class Colors:
    """Turns free values into pixels and back.

    Args:
        channels: of the network's input. Three are taken as red, green and blue: their free values
            are brightness and two differences of colour. Any others are free by themselves.
        device: of the values.
    """

    def __init__(self, channels: int, device: torch.device) -> None:
        axes = torch.tensor(PHOTOGRAPHS) if channels == 3 else torch.eye(channels)
        self._axes = axes.to(device)
        self._inverse = torch.linalg.inv(axes).to(device)

    def to_pictures(self, values: Tensor) -> Tensor:
        """Return free values (N, C, H, W) as pictures of the same shape, in 0..1."""
        return torch.sigmoid(_along(self._axes, values))

    def to_values(self, pictures: Tensor) -> Tensor:
        """Return the free values that `to_pictures` makes into these pictures, (N, C, H, W)."""
        return _along(self._inverse, torch.logit(pictures, eps=DARKEST))


def _along(axes: Tensor, values: Tensor) -> Tensor:
    # Not by einsum: how its result lies in memory depends on N, and with that how sums over it are
    # rounded, so that a picture would depend on how many others form beside it.
    return (axes @ values.flatten(2)).view_as(values)
