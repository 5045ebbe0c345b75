"""Sections 4.1.3 and 5.1 of the paper: what the networks know."""

from __future__ import annotations

from cnnwalk.study.report.group import MEMORIZED
from cnnwalk.study.report.judging import (
    Case,
    Claim,
    Judgement,
    UnmeasuredError,
    credit,
    resolution,
    verdict_of,
)
from cnnwalk.study.report.reading import accuracy, majority
from cnnwalk.study.report.values import SIGMAS, order
from cnnwalk.study.strategies import StrategyName

ALIKE = 0.05
"""Two accuracies are alike where they do not differ, though this difference would be seen."""

_PAPERS: tuple[StrategyName, ...] = ("augmentation", "shuffled-labels", "noisy-copies")
_BEYOND = f"by more than {SIGMAS:.0f} standard errors"


def _no_errors(case: Case) -> Judgement:
    numbers = tuple(accuracy(case, name, "train") for name in _PAPERS)
    if all(number.value.mean >= MEMORIZED for number in numbers):
        return Judgement("confirmed", numbers)
    why = "A network that falls short may need no more than a longer training."
    return Judgement("undecided", numbers, why)


def _levels(case: Case) -> Judgement:
    if case.classes <= 2:
        raise UnmeasuredError("It is about images of many classes.")
    first, second, third = (accuracy(case, name) for name in _PAPERS)
    found = [order(first.value, third.value), order(third.value, second.value)]
    return Judgement(verdict_of("above", found), (first, third, second))


def _two_classes(case: Case) -> Judgement:
    if case.classes != 2:
        raise UnmeasuredError("It is about images of two classes.")
    first, third = accuracy(case, "augmentation"), accuracy(case, "noisy-copies")
    if order(first.value, third.value) != "alike":
        return Judgement("contradicted", (first, third))
    if resolution(first.value, third.value) <= ALIKE:
        return Judgement("confirmed", (first, third))
    why = "There are too few test images to see a difference of that size."
    return Judgement("undecided", (first, third), why)


def _chance(case: Case) -> Judgement:
    second, largest = accuracy(case, "shuffled-labels"), majority(case)
    numbers = (second, largest)
    if order(second.value, largest.value) == "above":
        return Judgement("contradicted", numbers)
    if resolution(second.value, largest.value) <= ALIKE:
        return Judgement("confirmed", numbers)
    return Judgement("undecided", numbers, "There are too few test images to be sure of that.")


def _still_right(case: Case) -> Judgement:
    third, largest = accuracy(case, "noisy-copies"), majority(case)
    numbers = (accuracy(case, "noisy-copies", "train"), third, largest)
    found = order(third.value, largest.value)
    if found == "alike" and resolution(third.value, largest.value) <= ALIKE:
        return Judgement("contradicted", numbers, "It is no better than that.")
    return Judgement(verdict_of("above", [found]), numbers)


def _bait(case: Case) -> Judgement:
    return credit(case, lambda name: accuracy(case, name), ["noisy-copies"], "below")


PERFORMANCE = (
    Claim(
        "bait",
        "4.1.3",
        "Noisy copies with random labels are a bait: the network memorizes noise instead of "
        "learning features that hold for other images.",
        f"Confirmed where the test accuracy of S3 is below that of S1 {_BEYOND}, and below that "
        "of the control S0 as well, which has no augmentation either. Contradicted where it is "
        "above that of S1.",
        ("augmentation", "noisy-copies"),
        _bait,
        ("noisy-copies",),
    ),
    Claim(
        "no-errors",
        "5.1",
        "At the end of training no network makes an error on what it was trained on.",
        f"Confirmed where S1, S2 and S3 know at least {MEMORIZED:.1%} of it; two equal images "
        "with two labels make all of it impossible. Otherwise undecided.",
        _PAPERS,
        _no_errors,
    ),
    Claim(
        "levels",
        "5.1",
        "The three strategies give three levels of generalization: S1 before S3 before S2.",
        f"Confirmed where each test accuracy is above the next {_BEYOND}; contradicted where one "
        "is below; undecided where two are alike. Of many classes only, where the paper saw it.",
        _PAPERS,
        _levels,
        ("noisy-copies",),
    ),
    Claim(
        "two-classes",
        "5.1",
        "With two classes, S3 is about as often right on test images as S1.",
        f"Confirmed where they do not differ {_BEYOND} and a difference of {ALIKE:.0%} would be "
        "seen; contradicted where they differ. Of two classes only.",
        ("augmentation", "noisy-copies"),
        _two_classes,
        ("noisy-copies",),
    ),
    Claim(
        "chance",
        "5.1",
        "With shuffled labels a network is no more often right on test images than a guess.",
        "Confirmed where its accuracy is not above the share of the largest class "
        f"{_BEYOND}; contradicted where it is.",
        ("shuffled-labels",),
        _chance,
        ("shuffled-labels",),
    ),
    Claim(
        "both",
        "5.1",
        "A network can memorize noisy copies with random labels and yet learn features by which "
        "it is right on test images more often than a guess.",
        "Confirmed where S3 has memorized its copies and its test accuracy is above the share of "
        f"the largest class {_BEYOND}; contradicted where it is not, though a difference of "
        f"{ALIKE:.0%} would be seen.",
        ("noisy-copies",),
        _still_right,
        ("noisy-copies",),
    ),
)
