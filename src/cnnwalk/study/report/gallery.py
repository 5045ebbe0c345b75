"""Pictures of the page: feature maps side by side, and feature visualizations.

Of networks that differ in the seed alone, those of the first seed are shown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.measures import Measurements, PictureMeasures, PicturePlace
from cnnwalk.study.report.group import PictureValues
from cnnwalk.study.report.judging import Case
from cnnwalk.study.report.shown import picture, sheet
from cnnwalk.study.strategies import StrategyName


@dataclasses.dataclass(frozen=True)
class Sheet:
    """The last feature maps of one network for one image.

    Attributes:
        strategy: of the network.
        address: of the picture.
        count: how many maps there are.
        height: of a map in pixels.
        width: of a map in pixels.
        prediction: name of the class that the network says.
        right: whether that is true.
    """

    strategy: StrategyName
    address: str
    count: int
    height: int
    width: int
    prediction: str
    right: bool


@dataclasses.dataclass(frozen=True)
class Example:
    """One test image with the maps of all networks.

    Attributes:
        key: name of the image.
        label: name of its class.
        address: of the picture.
        sheets: one for each strategy.
    """

    key: str
    label: str
    address: str
    sheets: tuple[Sheet, ...]


@dataclasses.dataclass(frozen=True)
class Tile:
    """One feature visualization.

    Attributes:
        name: the class, or ``channel 12``.
        address: of the picture; empty where it must not be taken for a result.
        why: what is shown in its place.
    """

    name: str
    address: str
    why: str


@dataclasses.dataclass(frozen=True)
class Cell:
    """Feature visualizations of one layer of one network.

    Attributes:
        strategy: of the network.
        tiles: one for each channel.
        values: what was measured of them, over all seeds.
    """

    strategy: StrategyName
    tiles: tuple[Tile, ...]
    values: PictureValues


@dataclasses.dataclass(frozen=True)
class Row:
    """Feature visualizations of one layer.

    Attributes:
        place: where in the network.
        names: of what is visualized.
        cells: one for each strategy.
    """

    place: PicturePlace
    names: tuple[str, ...]
    cells: tuple[Cell, ...]


Firsts = Mapping[StrategyName, Measurements]


def firsts_of(case: Case, measurements: Sequence[Measurements]) -> Firsts:
    """Return the network of the first seed of each strategy."""
    return {
        name: next(
            each
            for each in measurements
            if (each.about.network, each.about.strategy, each.about.seed)
            == (case.network, name, group.seeds[0])
        )
        for name, group in case.groups.items()
    }


def examples(firsts: Firsts, images: ImageSet) -> Iterator[Example]:
    """Yield the images with their maps."""
    chosen = next(iter(firsts.values())).examples
    for at, number in enumerate(chosen.images):
        yield Example(
            chosen.keys[at],
            images.classes[chosen.labels[at]],
            picture(images.pixels[number]),
            tuple(_sheet(name, each, at, images.classes) for name, each in firsts.items()),
        )


def _sheet(
    name: StrategyName, measurements: Measurements, at: int, classes: Sequence[str]
) -> Sheet:
    maps = measurements.maps()[at]
    count, height, width = maps.shape
    said = measurements.examples.predictions[at]
    return Sheet(
        strategy=name,
        address=sheet(maps),
        count=count,
        height=height,
        width=width,
        prediction=classes[said],
        right=said == measurements.examples.labels[at],
    )


def rows(case: Case, firsts: Firsts) -> Iterator[Row]:
    """Yield the layers that have feature visualizations."""
    chosen = next(iter(firsts.values())).pictures_of
    for at, place in enumerate(chosen):
        cells = tuple(
            Cell(name, tuple(_tiles(each, each.pictures_of[at])), case.groups[name].pictures[at])
            for name, each in firsts.items()
        )
        yield Row(place.place, place.names, cells)


def _tiles(measurements: Measurements, pictures: PictureMeasures) -> Iterator[Tile]:
    pixels = measurements.pictures(pictures.place)
    for at, (name, live) in enumerate(zip(pictures.names, pictures.live, strict=True)):
        if live:
            yield Tile(name, picture(pixels[at]), "")
        else:
            yield Tile(name, "", "silent" if pictures.silences[at] else "nothing formed")
