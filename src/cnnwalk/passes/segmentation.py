"""What a network says about each pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cnnwalk.networks.crop import Region
from cnnwalk.passes.colors import class_color
from cnnwalk.passes.predictions import class_label
from cnnwalk.wire import MOST_SEGMENTS, NO_SEGMENT, Segment, Segmentation

_BACKGROUND = {"background", "__background__"}


def segmentation(
    maps: Tensor, classes: Sequence[str] | None, region: Region
) -> tuple[Segmentation, npt.NDArray[np.uint8]]:
    """Return the class of each pixel: that of the highest score.

    One map alone tells one class from the background: class 1 where its score is above 0, or
    above one half where all scores are probabilities.

    Args:
        maps: scores, floats of shape (1, K, H, W), K >= 1.
        classes: names in order, as for `predictions`.
        region: what the network saw of the image.

    Returns:
        The message, and uint8 (H, W): for each pixel the place of its class in the message's
        segments, `NO_SEGMENT` where the scores have no order (NaN) or the class is none of the
        largest `MOST_SEGMENTS`.
    """
    scores = maps.detach().to("cpu", torch.float32)[0]
    indices = _above(scores[0]) if len(scores) == 1 else scores.argmax(0)
    count = max(2, len(scores))
    found = indices.masked_fill(scores.isnan().any(0), count).numpy()
    sizes = np.bincount(found.ravel(), minlength=count)[:count]
    # Of equal sizes the first class first, so that the order is always the same.
    order = np.argsort(-sizes, kind="stable")[:MOST_SEGMENTS]
    order = order[sizes[order] > 0]
    places = np.full(count + 1, NO_SEGMENT, np.uint8)
    places[order] = np.arange(len(order))
    if classes is None and len(scores) == 1:
        classes = ("background",)
    segments = [_segment(int(index), classes, sizes[index] / found.size) for index in order]
    height, width = found.shape
    message = Segmentation(region=region, shape=(height, width), segments=segments)
    return message, places[found]


def _above(scores: Tensor) -> Tensor:
    are_probabilities = bool(((scores >= 0) & (scores <= 1)).all())
    return (scores > (0.5 if are_probabilities else 0)).long()


def _segment(index: int, classes: Sequence[str] | None, share: float) -> Segment:
    label = class_label(index, classes)
    if label.lower() in _BACKGROUND:
        return Segment(index=index, label="background", color=None, share=share)
    return Segment(index=index, label=label, color=class_color(index), share=share)
