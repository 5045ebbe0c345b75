"""The report as a page: one file that needs no other."""

from __future__ import annotations

import statistics
from typing import Any, Literal

import jinja2

from cnnwalk.study.accuracy import NOISE
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.report.caveats import caveats, told_accuracies
from cnnwalk.study.report.charts import (
    gradient_figure,
    layer_figures,
    picture_figure,
    robustness_figures,
)
from cnnwalk.study.report.content import Content
from cnnwalk.study.report.gallery import examples, firsts_of, rows
from cnnwalk.study.report.judging import VERDICTS, Case, Kind
from cnnwalk.study.report.words import ACCURACIES, CONTROLS, NETWORKS, ROWS, place_words
from cnnwalk.study.strategies import STRATEGIES

MAIN = frozenset({"levels", "both", "local", "memorizing-pictures", "memorizing-gradients"})
"""Claims on which the paper's conclusions rest, by their keys."""


def to_page(content: Content, images: ImageSet) -> str:
    """Return the page as HTML.

    Args:
        content: what it says.
        images: those that were measured with.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cnnwalk.study.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"figure": figure, "place": place_words}
    environment.globals |= {
        "ACCURACIES": ACCURACIES,
        "CONTROLS": CONTROLS,
        "NETWORKS": NETWORKS,
        "STRATEGIES": STRATEGIES,
    }
    noise = content.measurements[0].noise
    found = [finding.verdict for finding in content.findings]
    return environment.get_template("page.html").render(
        content=content,
        facts=content.facts,
        settings=content.measurements[0].settings,
        used=[name for name in ROWS if any(name in case.groups for case in content.cases)],
        verdicts={verdict: found.count(verdict) for verdict in VERDICTS},
        sections=[_section(content, case, images) for case in content.cases],
        main=[finding for finding in content.findings if finding.claim.key in MAIN],
        confounded=sum(finding.confounded for finding in content.findings),
        noise=NOISE,
        strongest=max(noise.strengths),
        std=statistics.fmean(images.std),
        caveats=caveats(content),
        told=told_accuracies(content),
    )


def figure(number: float, kind: Kind | Literal["count"]) -> str:
    """Return a figure as people read it: a share in percent, a measure with two decimals.

    What is nearly nothing or nearly all gets a decimal more, so that it does not read as that.
    """
    if kind == "count":
        return f"{number:,}"
    shown, digits, whole = (100 * number, 1, 100.0) if kind == "share" else (number, 2, 1.0)
    if shown not in {0.0, whole} and round(shown, digits) in {0.0, whole}:
        digits += 1
    return f"{shown:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _section(content: Content, case: Case, images: ImageSet) -> dict[str, Any]:
    """Return what is shown of an architecture."""
    firsts = firsts_of(case, content.measurements)
    return {
        "case": case,
        "groups": list(case.groups.values()),
        "examples": list(examples(firsts, images)),
        "rows": list(rows(case, firsts)),
        "layers": [*layer_figures(case), picture_figure(case), gradient_figure(case)],
        "robustness": list(robustness_figures(case)),
    }
