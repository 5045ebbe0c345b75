"""Which curves the page shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from cnnwalk.study.report.chart import Chart, Line, draw
from cnnwalk.study.report.group import Group, LayerValues
from cnnwalk.study.report.judging import Case
from cnnwalk.study.report.values import Value
from cnnwalk.study.report.words import NETWORKS, place_words
from cnnwalk.study.strategies import STRATEGIES

_LAST_AT = 0.4
"""How much farther off the last convolution stands: it is measured before an activation."""


@dataclasses.dataclass(frozen=True)
class Figure:
    """A chart with what stands below it.

    Attributes:
        svg: the element.
        title: what is measured.
        note: how to read it.
    """

    svg: str
    title: str
    note: str


@dataclasses.dataclass(frozen=True)
class _Measure:
    key: str
    title: str
    note: str
    read: Callable[[LayerValues], Value | None]
    percent: bool = False
    small: bool = False
    """Whether it says little of small maps."""


_MEASURES = (
    _Measure(
        "geary",
        "How rough maps are",
        "Geary's ratio: 1 for white noise, low for smooth maps.",
        lambda layer: layer.geary,
        small=True,
    ),
    _Measure(
        "high",
        "High frequencies in maps",
        "Share of the energy above a quarter cycle a pixel; about .80 for white noise.",
        lambda layer: layer.high,
        small=True,
    ),
    _Measure(
        "hoyer",
        "How sparse channels are",
        "Hoyer's measure: 0 where all channels do as much, 1 where one does all.",
        lambda layer: layer.hoyer,
    ),
    _Measure(
        "active",
        "Active channels",
        "Share of channels above a tenth of the layer's greatest value, in an image.",
        lambda layer: layer.active,
        percent=True,
    ),
)


def layer_figures(case: Case) -> Iterator[Figure]:
    """Yield a figure of each measure of maps, by depth."""
    for measure in _MEASURES:
        lines = [_by_depth(each, measure) for each in case.groups.values()]
        layers = next(iter(case.groups.values())).layers
        places = _places(len(layers))
        names = {place: layer.place for place, layer in zip(places, layers, strict=True)}
        chart = Chart(
            key=f"{case.network}-{measure.key}",
            lines=lines,
            alt=f"{measure.title}, {NETWORKS[case.network]}, by block. {_ends(lines)}",
            along="block",
            ticks={place: "last" if len(name) > 1 else name for place, name in names.items()},
            percent=measure.percent,
        )
        yield Figure(draw(chart), measure.title, measure.note)


def picture_figure(case: Case) -> Figure | None:
    """Return the figure of feature visualizations, None where none was made."""
    groups = [each for each in case.groups.values() if each.pictures]
    if not groups:
        return None
    lines = [
        Line(each.strategy, [(at, place.high) for at, place in enumerate(each.pictures)])
        for each in groups
    ]
    title = "High frequencies in feature visualizations"
    names = [picture.place for picture in groups[0].pictures]
    ticks: dict[float, str] = {
        at: "first" if name == "first convolution" else name for at, name in enumerate(names)
    }
    chart = Chart(
        key=f"{case.network}-pictures",
        lines=lines,
        alt=f"{title}, {NETWORKS[case.network]}, by {place_words(names[0])} to "
        f"{place_words(names[-1])}. {_ends(lines)}",
        along="block",
        ticks=ticks,
    )
    return Figure(
        draw(chart),
        title,
        "Mean over live pictures and its standard error; about .80 for white noise.",
    )


def gradient_figure(case: Case) -> Figure:
    """Return the figure of the gradient at the input."""
    groups = list(case.groups.values())
    lines = [Line(each.strategy, [(at, each.gradient)]) for at, each in enumerate(groups)]
    title = "High frequencies in the input's gradient"
    chart = Chart(
        key=f"{case.network}-gradient",
        lines=lines,
        alt=f"{title}, {NETWORKS[case.network]}. {_ends(lines)}",
        along="strategy",
        ticks={at: each.rules.short for at, each in enumerate(groups)},
        named=False,
    )
    return Figure(
        draw(chart), title, "Of the true class's score, by the pixels; about .80 for white noise."
    )


def robustness_figures(case: Case) -> Iterator[Figure]:
    """Yield accuracy against noise, and against blur."""
    groups = list(case.groups.values())
    noise = [Line(each.strategy, list(each.noise.items())) for each in groups]
    blur = [Line(each.strategy, list(each.blur.items())) for each in groups]
    for key, lines, along in (
        ("noise", noise, "standard deviation, normalized input"),
        ("blur", blur, "standard deviation in pixels"),
    ):
        title = f"Test accuracy under {key}"
        chart = Chart(
            key=f"{case.network}-{key}",
            lines=lines,
            alt=f"{title}, {NETWORKS[case.network]}. {_ends(lines)}",
            along=along,
            percent=True,
        )
        yield Figure(draw(chart), title, "Each with one standard error.")


def _by_depth(group: Group, measure: _Measure) -> Line:
    hollow = (
        frozenset(at for at, layer in enumerate(group.layers) if not layer.large)
        if measure.small
        else frozenset[int]()
    )
    values = [measure.read(layer) for layer in group.layers]
    return Line(
        group.strategy, list(zip(_places(len(values)), values, strict=True)), hollow, apart=1
    )


def _places(count: int) -> list[float]:
    return [*range(count - 1), count - 1 + _LAST_AT]


def _ends(lines: list[Line]) -> str:
    """Say in words from where to where each line goes."""
    said = []
    for line in lines:
        known = [value.mean for _, value in line.points if value is not None]
        if known:
            name = STRATEGIES[line.strategy].short
            way = f"from {known[0]:.2f} to {known[-1]:.2f}" if len(known) > 1 else f"{known[0]:.2f}"
            said.append(f"{name} {way}")
    return "; ".join(said) + "."
