"""Curves as SVG that takes its colours and fonts from the page around it."""

from __future__ import annotations

import dataclasses
import html
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cnnwalk.study.report.values import Value
from cnnwalk.study.report.words import ROWS
from cnnwalk.study.strategies import STRATEGIES, StrategyName

_INK = "#010101"
_FAINT = "#020202"
_PAPER = "#030303"
# Stand-ins, which become the page's variables in the SVG: it has dark and light ones.
_COLORS: dict[StrategyName, str] = {name: f"#04040{at}" for at, name in enumerate(ROWS)}
_VARIABLES = {
    _INK: "var(--ink)",
    _FAINT: "var(--faint)",
    _PAPER: "var(--paper)",
    **{color: f"var(--{STRATEGIES[name].short})" for name, color in _COLORS.items()},
}
# Beside the colours, for eyes that do not tell them apart and for print.
_MARKERS: dict[StrategyName, str] = dict(zip(ROWS, "osD^vX", strict=True))
_DASHES: dict[StrategyName, str] = {
    "augmentation": "-",
    "shuffled-labels": "-",
    "noisy-copies": "-",
    "plain": "--",
    "augmentation-without-noise": "--",
    "noise-only": ":",
}
_INCHES = (3.7, 2.5)
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "xtick.color": _FAINT,
    "ytick.color": _FAINT,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
}
_HEADROOM = 1.06
_GAP = 0.085
"""Between the names of two lines, as a share of the axis."""


@dataclasses.dataclass(frozen=True)
class Line:
    """One strategy's curve.

    Attributes:
        strategy: whose.
        points: place on the axis and value, None where there is none.
        hollow: numbers of points whose marks are hollow.
        apart: how many points at the end are not joined to the others.
    """

    strategy: StrategyName
    points: Sequence[tuple[float, Value | None]]
    hollow: frozenset[int] = frozenset()
    apart: int = 0


@dataclasses.dataclass(frozen=True)
class Chart:
    """What is drawn.

    Attributes:
        key: of letters, digits and dashes, another for every chart of a page.
        lines: at least one.
        alt: what is to be seen, for who does not see it.
        along: name of the horizontal axis.
        ticks: names of places on it; None for numbers.
        percent: whether values are shown in percent.
        named: whether strategies stand at the end of their lines.
    """

    key: str
    lines: Sequence[Line]
    alt: str
    along: str
    ticks: Mapping[float, str] | None = None
    percent: bool = False
    named: bool = True


def draw(chart: Chart) -> str:
    """Return curves as an SVG element, each with its strategy's name at its end."""
    with mpl.rc_context({**_STYLE, "svg.hashsalt": chart.key}):
        figure = Figure(figsize=_INCHES, layout="constrained")
        axes = figure.add_subplot()
        for line in chart.lines:
            _draw(axes, line)
        _dress(axes, chart)
        if chart.named:
            _name(axes, chart.lines)
        data = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(data, format="svg", transparent=True, metadata=nothing)
    return _for_page(data.getvalue(), chart.alt)


def _draw(axes: Axes, line: Line) -> None:
    color = _COLORS[line.strategy]
    known = [(at, x, value) for at, (x, value) in enumerate(line.points) if value is not None]
    joined = [(x, value.mean) for at, x, value in known if at < len(line.points) - line.apart]
    axes.plot(*_columns(joined), color=color, lw=1.8, ls=_DASHES[line.strategy], zorder=2)
    if any(value.error for _, _, value in known):
        axes.vlines(
            [x for _, x, _ in known],
            [value.mean - value.error for _, _, value in known],
            [value.mean + value.error for _, _, value in known],
            color=color,
            lw=1,
            zorder=1,
        )
    marker = _MARKERS[line.strategy]
    for hollow, fill in ((False, color), (True, _PAPER)):
        marked = [(x, value.mean) for at, x, value in known if (at in line.hollow) == hollow]
        axes.plot(*_columns(marked), marker, ms=5.5, mec=color, mew=1.3, mfc=fill, zorder=3)


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _dress(axes: Axes, chart: Chart) -> None:
    axes.set_ylim(0, _HEADROOM * axes.get_ylim()[1])
    axes.set_xlabel(chart.along)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.grid(axis="y", color=_FAINT, lw=0.4, alpha=0.5)
    if chart.percent:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
    if chart.ticks is not None:
        axes.set_xticks(list(chart.ticks), list(chart.ticks.values()))


def _name(axes: Axes, lines: Sequence[Line]) -> None:
    """Write each strategy's name at the end of its line, no two over each other."""
    ends = []
    for line in lines:
        known = [value.mean for _, value in line.points if value is not None]
        if known:
            ends.append((known[-1], line.strategy))
    low, high = axes.get_ylim()
    gap = _GAP * (high - low)
    heights = spread_out([end for end, _ in sorted(ends)], gap)
    above = max(0.0, max(heights, default=high) - high)
    right = axes.get_xlim()[1]
    for height, (_, strategy) in zip(heights, sorted(ends), strict=True):
        axes.text(
            right,
            height - above,
            f" {STRATEGIES[strategy].short}",
            color=_COLORS[strategy],
            weight="bold",
            va="center",
        )


def spread_out(heights: Sequence[float], gap: float) -> list[float]:
    """Return rising heights, moved as little as it takes that neighbours are a gap apart."""
    blocks: list[list[float]] = []  # each stands around the mean of what its members want
    for height in heights:
        blocks.append([height])
        while len(blocks) > 1 and _bottom(blocks[-1], gap) < _top(blocks[-2], gap) + gap:
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    return [_bottom(block, gap) + at * gap for block in blocks for at in range(len(block))]


def _bottom(block: Sequence[float], gap: float) -> float:
    return sum(block) / len(block) - gap * (len(block) - 1) / 2


def _top(block: Sequence[float], gap: float) -> float:
    return _bottom(block, gap) + gap * (len(block) - 1)


def _for_page(svg: str, alt: str) -> str:
    """Make of a file an element of the page: no names that others have, colours and fonts of it."""
    svg = svg[svg.index("<svg") :]
    view = re.search(r'viewBox="[^"]*"', svg)
    if view is None:
        raise ValueError("an SVG of matplotlib has a viewBox")
    opening = f'<svg class="chart" {view[0]} role="img" aria-label="{html.escape(alt)}">'
    svg = re.sub(r"^<svg[^>]*>", lambda _: opening, svg)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' id="[A-Za-z][\w.]*_\w+"', "", svg)
    svg = re.sub(r" font-family: [^;\"]*;?", "", svg)
    svg = re.sub(r' transform="rotate\(-0 [^"]*"', "", svg)
    svg = re.sub(r"\s*\n\s*", " ", svg)
    for color, variable in _VARIABLES.items():
        svg = svg.replace(color, variable)
    return svg.strip()
