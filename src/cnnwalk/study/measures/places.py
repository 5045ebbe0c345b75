"""Which modules of the two networks stand at the places that are measured."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from cnnwalk.study.measures.measurements import PicturePlace, Place
from cnnwalk.study.trained import NetworkName


@dataclasses.dataclass(frozen=True)
class Modules:
    """Paths of modules whose outputs are measured.

    Attributes:
        maps: of each place with feature maps.
        pictures: of each place with feature visualizations. Those of the first convolution are
            made behind its activation function: the mean of a map that depends on the image in
            a straight line has the same gradient at each pixel, or at every second.
    """

    maps: Mapping[Place, str]
    pictures: Mapping[PicturePlace, str]


_BLOCKS: dict[Place, str] = {"1": "layer1", "2": "layer2", "3": "layer3", "4": "layer4"}
_TRANSITIONS: dict[Place, str] = {
    "1": "features.transition1.relu",
    "2": "features.transition2.relu",
    "3": "features.transition3.relu",
    "4": "features.relu5",
}

MODULES: dict[NetworkName, Modules] = {
    "covidresnet": Modules(
        maps={**_BLOCKS, "last convolution": "layer4.0.conv2"},
        pictures={
            "first convolution": "relu",
            "1": _BLOCKS["1"],
            "2": _BLOCKS["2"],
            "3": _BLOCKS["3"],
            "4": _BLOCKS["4"],
            "class": "fc",
        },
    ),
    "coviddensenet": Modules(
        maps={**_TRANSITIONS, "last convolution": "features.denseblock4.denselayer1.conv2"},
        pictures={
            "first convolution": "features.relu0",
            "1": _TRANSITIONS["1"],
            "2": _TRANSITIONS["2"],
            "3": _TRANSITIONS["3"],
            "4": _TRANSITIONS["4"],
            "class": "classifier",
        },
    ),
}
