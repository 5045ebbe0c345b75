"""What a network says about an image, by its task."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch import Tensor

from cnnwalk.networks import Network
from cnnwalk.networks.crop import Region
from cnnwalk.networks.outputs import boxes_in, maps_in, task_of
from cnnwalk.passes.detections import detections
from cnnwalk.passes.predictions import predictions
from cnnwalk.passes.segmentation import segmentation
from cnnwalk.wire import Detections, Prediction, Segmentation


class Said(NamedTuple):
    """What a network says; of the last three there is at most one.

    Attributes:
        places: the payload of a segmentation, uint8 (h, w); empty without one.
    """

    predictions: list[Prediction]
    segmentation: Segmentation | None = None
    detections: Detections | None = None
    places: npt.NDArray[np.uint8] = np.empty(0, np.uint8)


def said(network: Network, output: object, prepared: Tensor, region: Region) -> Said:
    """Return what an output says; nothing where it is not what the network's task needs.

    Args:
        network: that returned it.
        output: of one pass.
        prepared: the pass's input, (1, C, H, W).
        region: what that shows of the image.
    """
    task = network.task or task_of(output, prepared)
    if task == "segmentation":
        maps = maps_in(output)
        if maps is None:
            return Said([])
        message, places = segmentation(maps, network.classes, region)
        return Said([], segmentation=message, places=places)
    if task == "detection":
        found = boxes_in(output)
        if found is None:
            return Said([])
        height, width = prepared.shape[2:]
        return Said([], detections=detections(found, (width, height), network.classes, region))
    return Said(predictions(output, network.classes))
