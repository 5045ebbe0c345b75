"""Hand-made measurements, whose every number is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.measures import (
    PICTURE_PLACES,
    PLACES,
    Curve,
    ExampleImages,
    MapMeasures,
    Measurements,
    MeasureSettings,
    PictureMeasures,
    PicturePlace,
)
from cnnwalk.study.strategies import StrategyName
from cnnwalk.study.trained import About, NetworkName

TESTED = 1000
CHANNELS = 4
SETTINGS = MeasureSettings(channels=CHANNELS, steps=8, side=16, examples=1)
SIDES = (36, 18, 9, 5, 5)


def images(classes: Sequence[str] = ("cat", "dog", "hat", "car", "sun")) -> ImageSet:
    """Return small gray images; in the test part 40 % are of class 0, the rest even."""
    count = 60 + TESTED
    labels = np.arange(count) % len(classes)
    test = np.arange(60, count)
    labels[test[: TESTED * 2 // 5]] = 0
    labels[test[TESTED * 2 // 5 :]] = 1 + np.arange(TESTED * 3 // 5) % (len(classes) - 1)
    return ImageSet(
        name="folder",
        classes=tuple(classes),
        pixels=np.full((count, 16, 16, 3), 200, np.uint8),
        labels=labels.astype(np.int64),
        parts={"train": np.arange(50), "validation": np.arange(50, 60), "test": test},
        keys=tuple(f"image-{at}.png" for at in range(count)),
        mean=(0.5,) * 3,
        std=(0.2,) * 3,
    )


def measured(
    strategy: StrategyName,
    network: NetworkName = "covidresnet",
    seed: int = 0,
    *,
    accuracies: Mapping[str, float] | None = None,
    geary: Sequence[float | None] = (0.3, 0.4, 0.5, 0.6, 0.6),
    high: Sequence[float | None] = (0.2, 0.3, 0.4, 0.5, 0.5),
    hoyer: float | None = 0.3,
    active: float | None = 0.8,
    gradient: float | None = 0.4,
    noise: Sequence[float] = (0.5, 0.4, 0.3),
    pictures: float | Sequence[float] = 0.4,
    live: bool = True,
    sides: Sequence[int] = SIDES,
    classes: Sequence[str] = ("cat", "dog", "hat", "car", "sun"),
) -> Measurements:
    """Return measurements of one network, told apart by what is given.

    Args:
        strategy: of the network.
        network: its architecture.
        seed: of its training.
        accuracies: over `DEFAULT_ACCURACIES`.
        geary: at each of `PLACES`.
        high: as `geary`.
        hoyer: at all of them.
        active: as `hoyer`.
        gradient: share of high frequencies.
        noise: accuracy at 0, .25 and .5.
        pictures: share of high frequencies, at all of `PICTURE_PLACES` or at each.
        live: whether all but the first picture of each place count; the first never does.
        sides: of maps.
        classes: names of the classes.
    """
    shares = [pictures] * len(PICTURE_PLACES) if isinstance(pictures, float) else list(pictures)
    return Measurements(
        about=About(
            network,
            strategy,
            seed,
            "folder",
            "random",
            tuple(classes),
            (0.5,) * 3,
            (0.2,) * 3,
            16,
            16,
            epochs=10,
        ),
        weights=f"{network}{strategy}{seed}",
        images="digest",
        settings=SETTINGS,
        test_images=TESTED,
        accuracies={**DEFAULT_ACCURACIES, **(accuracies or {})},
        maps_of=tuple(
            MapMeasures(
                place,
                f"layer{at}",
                8,
                sides[at],
                sides[at],
                geary[at],
                high[at],
                0.0,
                hoyer,
                active,
                (3,) if at == 0 else (),
            )
            for at, place in enumerate(PLACES)
        ),
        gradient_high_frequencies=gradient,
        noise=Curve((0.0, 0.25, 0.5), tuple(noise), TESTED),
        blur=Curve((0.0, 1.0), (0.5, 0.3), TESTED),
        pictures_of=tuple(
            _pictures(place, shares[at], live, classes) for at, place in enumerate(PICTURE_PLACES)
        ),
        examples=ExampleImages((60,), ("image-60.png",), (0,), (1,), "layer4"),
        seconds={"maps": 1.5, "pictures": 2.5},
        arrays={
            "maps": np.linspace(-1, 1, 8 * 25, dtype=np.float32).reshape(1, 8, 5, 5),
            **{
                f"pictures {place}": np.full((CHANNELS, 16, 16, 3), 99, np.uint8)
                for place in PICTURE_PLACES
            },
        },
    )


def _pictures(
    place: PicturePlace, share: float, live: bool, classes: Sequence[str]
) -> PictureMeasures:
    names = tuple(f"channel {each}" for each in range(CHANNELS))
    if place == "class":
        names = tuple(classes[:CHANNELS])
    others = len(names) - 1
    return PictureMeasures(
        place,
        "layer",
        tuple(range(len(names))),
        names,
        ("before_activation", *[None] * others),
        (2.0,) * len(names),
        (0.99, *[share] * others),
        (False, *[live] * others),
    )


DEFAULT_ACCURACIES = {
    "train": 1.0,
    "train_true": 1.0,
    "validation": 0.5,
    "test": 0.5,
    "balanced": 0.45,
    "test_noise": 0.3,
}


def changed(measurements: Measurements, **about: object) -> Measurements:
    """Return measurements of a network of which something else is known."""
    return dataclasses.replace(measurements, about=dataclasses.replace(measurements.about, **about))
