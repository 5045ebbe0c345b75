"""Section 5.3 of the paper: what feature visualizations show."""

from __future__ import annotations

from cnnwalk.study.measures import PicturePlace
from cnnwalk.study.report.judging import BEYOND, Case, Claim, Judgement, compare, least_of, stands
from cnnwalk.study.report.reading import pictures
from cnnwalk.study.report.values import mean_of, order

_HIGH = "by the share of high frequencies in pictures that are not silent"
_EARLY: tuple[PicturePlace, ...] = ("1", "2")
_DEEP: tuple[PicturePlace, ...] = ("3", "4", "class")
_BLOCKS: tuple[PicturePlace, ...] = ("1", "2", "3", "4", "class")
_CLASS: tuple[PicturePlace, ...] = ("class",)


def _noisier(case: Case) -> Judgement:
    return compare(
        lambda name: pictures(case, name, _EARLY), ["shuffled-labels"], "augmentation", "above"
    )


def _deeper(case: Case) -> Judgement:
    return compare(
        lambda name: pictures(case, name, _DEEP), ["shuffled-labels"], "augmentation", "above"
    )


def _like_second(case: Case) -> Judgement:
    first, second, third = (
        pictures(case, name, _BLOCKS)
        for name in ("augmentation", "shuffled-labels", "noisy-copies")
    )
    numbers = (first, third, second)
    if stands(second, first) == "alike":
        return Judgement("undecided", numbers, "S1 and S2 do not differ enough to choose.")
    middle = mean_of([first.value, second.value])
    found = order(third.value, middle, least_of(third.value, middle) / 2)
    if found == "alike":
        return Judgement("undecided", numbers, "S3 is about half way.")
    nearer = "above" if second.value.mean > first.value.mean else "below"
    return Judgement("confirmed" if found == nearer else "contradicted", numbers)


def _classes(case: Case) -> Judgement:
    return compare(
        lambda name: pictures(case, name, _CLASS), ["noisy-copies"], "augmentation", "above"
    )


PICTURES = (
    Claim(
        "noisier",
        "5.3.2",
        "Feature visualizations of blocks 1 and 2 are noisier with shuffled labels than with "
        "augmentation.",
        f"Judged {_HIGH}. Confirmed where S2 is above S1 {BEYOND}, contradicted where below.",
        ("augmentation", "shuffled-labels"),
        _noisier,
        ("shuffled-labels",),
    ),
    Claim(
        "deeper",
        "5.3.2",
        "Feature visualizations of blocks 3 and 4 and of the classes have more high-frequency "
        "patterns with shuffled labels than with augmentation.",
        f"Judged {_HIGH}. Confirmed where S2 is above S1 {BEYOND}, contradicted where below.",
        ("augmentation", "shuffled-labels"),
        _deeper,
        ("shuffled-labels",),
    ),
    Claim(
        "like-second",
        "5.3.3",
        "Feature visualizations of S3 are more like those of S2 than like those of S1.",
        f"Judged {_HIGH}, over all blocks and the classes. Confirmed where S3 is nearer to S2 "
        "than to S1, contradicted where nearer to S1: off the middle by half of what counts as a "
        "difference.",
        ("augmentation", "shuffled-labels", "noisy-copies"),
        _like_second,
        ("shuffled-labels", "noisy-copies"),
    ),
    Claim(
        "classes",
        "5.3.3",
        "Feature visualizations of the classes of S3 are rougher than those of S1.",
        f"Judged {_HIGH}. Confirmed where S3 is above S1 {BEYOND}, contradicted where below.",
        ("augmentation", "noisy-copies"),
        _classes,
        ("noisy-copies",),
    ),
)
