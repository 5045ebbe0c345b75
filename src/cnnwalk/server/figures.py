"""What each channel of a layer is like in a pass, so that channels can be put in order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnnwalk.server.messages import ChannelFigures


def figures_of(maps: npt.NDArray[np.float32]) -> ChannelFigures:
    """Return the mean and the maximum of each channel over its finite values.

    Args:
        maps: of shape (C, h, w), in the unit of the activation.
    """
    finite = np.isfinite(maps)
    counts = finite.sum((1, 2))
    sums = np.where(finite, maps, 0).sum((1, 2), dtype=np.float64)
    largest = np.where(finite, maps, -np.inf).max((1, 2))
    found = [count > 0 for count in counts.tolist()]
    means = sums / np.maximum(counts, 1)
    return ChannelFigures(
        mean=[value if some else None for value, some in zip(means.tolist(), found, strict=True)],
        maximum=[
            value if some else None for value, some in zip(largest.tolist(), found, strict=True)
        ],
    )
