"""What a network finds in an image, and where."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from cnnwalk.networks.crop import Region, Size
from cnnwalk.networks.outputs import Boxes
from cnnwalk.passes.colors import class_color
from cnnwalk.passes.predictions import class_label
from cnnwalk.wire import Detection, Detections

THRESHOLD = 0.5
MOST = 100


def detections(
    found: Boxes, size: Size, classes: Sequence[str] | None, region: Region
) -> Detections:
    """Return what was found with a score of `THRESHOLD` or more, at most `MOST`.

    Args:
        found: in pixels of the input.
        size: width and height of the input.
        classes: names in order, as for `predictions`.
        region: what the network saw of the image.
    """
    scores = found.scores.detach().to("cpu", torch.float64)
    width, height = size
    edges = found.boxes.detach().to("cpu", torch.float64)
    certain = (scores >= THRESHOLD) & edges.isfinite().all(1)
    edges = (edges / torch.tensor([width, height, width, height])).clamp(0, 1)
    order = scores.argsort(descending=True, stable=True)
    chosen = order[certain[order]][:MOST].tolist()
    return Detections(
        region=region,
        threshold=THRESHOLD,
        left_out=len(scores) - len(chosen),
        found=[
            Detection(
                index=(index := int(found.labels[number])),
                label=class_label(index, classes),
                color=class_color(index),
                score=float(scores[number]),
                box=tuple(edges[number].tolist()),
            )
            for number in chosen
        ],
    )
