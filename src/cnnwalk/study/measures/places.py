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


def _modules(first: str, depths: tuple[str, str, str, str], last: str, scores: str) -> Modules:
    """Return what is measured of a network.

    Args:
        first: behind the first convolution's activation function.
        depths: of the places 1 to 4.
        last: the last convolution.
        scores: what returns the classes' scores.
    """
    one, two, three, four = depths
    return Modules(
        maps={"1": one, "2": two, "3": three, "4": four, "last convolution": last},
        pictures={
            "first convolution": first,
            "1": one,
            "2": two,
            "3": three,
            "4": four,
            "class": scores,
        },
    )


MODULES: dict[NetworkName, Modules] = {
    "covidresnet": _modules(
        first="relu",
        depths=("layer1", "layer2", "layer3", "layer4"),
        last="layer4.0.conv2",
        scores="fc",
    ),
    "coviddensenet": _modules(
        first="features.relu0",
        depths=(
            "features.transition1.relu",
            "features.transition2.relu",
            "features.transition3.relu",
            "features.relu5",
        ),
        last="features.denseblock4.denselayer1.conv2",
        scores="classifier",
    ),
}
