"""From the measurements of networks to what is known of those that were trained alike."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

from cnnwalk.study.errors import StudyError
from cnnwalk.study.measures import Curve, Measurements
from cnnwalk.study.report.group import Group, LayerValues, PictureValues
from cnnwalk.study.report.values import Value, of_measure, of_share
from cnnwalk.study.strategies import STRATEGY_NAMES
from cnnwalk.study.trained import NETWORK_NAMES

_OF_TEST = {"test", "balanced", "test_noise"}


def group(measurements: Sequence[Measurements], counts: Mapping[str, int]) -> list[Group]:
    """Return the groups, by architecture and then in the order of `STRATEGY_NAMES`.

    Args:
        measurements: of networks of one set of images, measured alike.
        counts: images by part, for the error of accuracies.

    Raises:
        StudyError: they cannot be compared.
    """
    _check(measurements)
    found = []
    for network, strategy in itertools.product(NETWORK_NAMES, STRATEGY_NAMES):
        alike = [
            each
            for each in measurements
            if (each.about.network, each.about.strategy) == (network, strategy)
        ]
        if alike:
            found.append(_group(sorted(alike, key=lambda each: each.about.seed), counts))
    return found


def _check(measurements: Sequence[Measurements]) -> None:
    if not measurements:
        raise StudyError("There is no trained network to report of: train some first.")
    first = measurements[0]
    for each in measurements[1:]:
        if (each.images, each.settings) != (first.images, first.settings):
            raise StudyError(
                f"{each.about.name} and {first.about.name} were measured with other images or "
                "settings, so that they cannot be compared: measure both again."
            )
        if each.about.split != first.about.split:
            raise StudyError(
                f"{each.about.name} was trained on a split {each.about.split!r}, "
                f"{first.about.name} on {first.about.split!r}: put them into folders of their own, "
                "and make a report of each."
            )
    names = [each.about.name for each in measurements]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StudyError(f"{twice[0]} is there twice: keep one file of it in the folder.")


def _group(alike: Sequence[Measurements], counts: Mapping[str, int]) -> Group:
    first = alike[0]
    return Group(
        network=first.about.network,
        strategy=first.about.strategy,
        seeds=tuple(each.about.seed for each in alike),
        epochs=tuple(each.about.epochs for each in alike),
        accuracies=_accuracies(alike, counts),
        layers=_layers(alike),
        pictures=_pictures(alike),
        gradient=_measure([each.gradient_high_frequencies for each in alike]),
        noise=_curve([each.noise for each in alike]),
        blur=_curve([each.blur for each in alike]),
    )


def _accuracies(alike: Sequence[Measurements], counts: Mapping[str, int]) -> dict[str, Value]:
    """Return accuracies that were measured, and else those that the networks' files tell.

    What noisy copies a network was trained on cannot always be made again.
    """
    told = [{**each.about.accuracies, **each.accuracies} for each in alike]
    names = [name for name in told[0] if all(name in each for each in told)]
    return {
        name: of_share(
            [each[name] for each in told],
            counts["test" if name in _OF_TEST else name.removesuffix("_true")],
        )
        for name in names
    }


def _layers(alike: Sequence[Measurements]) -> tuple[LayerValues, ...]:
    layers = []
    for of_seeds in zip(*(each.maps_of for each in alike), strict=True):
        first = of_seeds[0]
        layers.append(
            LayerValues(
                place=first.place,
                channels=first.channels,
                height=first.height,
                width=first.width,
                geary=_measure([each.geary for each in of_seeds]),
                high=_measure([each.high_frequencies for each in of_seeds]),
                hoyer=_measure([each.hoyer for each in of_seeds]),
                active=_measure([each.active for each in of_seeds]),
                silent=statistics.fmean(len(each.silent) for each in of_seeds),
            )
        )
    return tuple(layers)


def _pictures(alike: Sequence[Measurements]) -> tuple[PictureValues, ...]:
    pictures = []
    for of_seeds in zip(*(each.pictures_of for each in alike), strict=True):
        shares = [each.live_shares for each in of_seeds]
        some = [each for each in shares if each]
        pictures.append(
            PictureValues(
                place=of_seeds[0].place,
                high=of_measure([statistics.fmean(each) for each in some], _errors(some))
                if some
                else None,
                live=sum(len(each) for each in shares),
                count=sum(len(each.channels) for each in of_seeds),
            )
        )
    return tuple(pictures)


def _errors(shares: Iterable[Sequence[float]]) -> list[float]:
    """Return the standard error of each mean; 0 where there is but one share."""
    return [
        statistics.stdev(each) / math.sqrt(len(each)) if len(each) > 1 else 0.0 for each in shares
    ]


def _measure(measures: Iterable[float | None]) -> Value | None:
    known = [each for each in measures if each is not None]
    return of_measure(known) if known else None


def _curve(curves: Sequence[Curve]) -> dict[float, Value]:
    first = curves[0]
    return {
        strength: of_share([curve.accuracies[at] for curve in curves], first.images)
        for at, strength in enumerate(first.strengths)
    }
