"""Views: what the network is shown of pictures in a step, each turned, cut and moved a little.

What excites a channel in every view does not hang on single pixels. The pictures themselves stay
as they are, and the gradient goes through their views.
Source: https://distill.pub/2017/feature-visualization, "Transformation robustness".
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor
from torch.nn import functional

from cnnwalk.featvis.forming.draws import Draws
from cnnwalk.featvis.settings import ViewSettings


@dataclasses.dataclass(frozen=True)
class Views:
    """A view of each picture of a batch; all of shape (N,), float32.

    Attributes:
        sides: the side of what is seen, as a share of the picture's: below 1 a part of it,
            enlarged; above 1 the whole and some of its mirror images.
        degrees: by which what is seen is turned, counterclockwise.
        right: by which the middle of what is seen lies right of the picture's, as a share of its
            width.
        down: as `right`, of its height.
    """

    sides: Tensor
    degrees: Tensor
    right: Tensor
    down: Tensor

    def of(self, pictures: Tensor) -> Tensor:
        """Return what is seen of pictures (N, C, H, W), of the same shape.

        Interpolation is bilinear; beyond its edge a picture is mirrored.
        """
        height, width = pictures.shape[2:]
        radians = torch.deg2rad(self.degrees)
        cosine, sine = self.sides * torch.cos(radians), self.sides * torch.sin(radians)
        # Sides count from -1 to 1 in a grid, so a turn of what is not square needs their ratio.
        rows = [
            torch.stack([cosine, -sine * height / width, 2 * self.right], 1),
            torch.stack([sine * width / height, cosine, 2 * self.down], 1),
        ]
        grid = functional.affine_grid(
            torch.stack(rows, 1), list(pictures.shape), align_corners=False
        )
        return functional.grid_sample(
            pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False
        )


def draw_views(draws: Draws, settings: ViewSettings, strength: float = 1.0) -> Views:
    """Draw a view of each picture.

    Args:
        draws: of the batch.
        settings: how far views go.
        strength: 1 as far as the settings say, 0 for the pictures as they are.
    """
    low, high = settings.sides
    return Views(
        sides=1 + strength * (draws.uniform(low, high) - 1),
        degrees=strength * draws.uniform(-settings.rotation, settings.rotation),
        right=strength * settings.shift * draws.normal(),
        down=strength * settings.shift * draws.normal(),
    )
