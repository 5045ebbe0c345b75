"""Section 5.5 of the paper: what memorizing has to do with high frequencies, and what helps."""

from __future__ import annotations

from cnnwalk.study.measures import PicturePlace
from cnnwalk.study.report.judging import (
    BEYOND,
    Case,
    Claim,
    Judgement,
    UnmeasuredError,
    compare,
    credit,
    memorizers,
    named,
)
from cnnwalk.study.report.reading import gradient, loss, pictures
from cnnwalk.study.strategies import StrategyName

_PLACES: tuple[PicturePlace, ...] = ("1", "2", "3", "4", "class")
_CREDIT = (
    f"Confirmed where those that memorized wrong labels are above S1 {BEYOND}, and above the "
    "control S0 as well; undecided where they are not above S0; contradicted where they are below "
    "S1."
)
_PAIRS: tuple[tuple[StrategyName, StrategyName], ...] = (
    ("augmentation", "augmentation-without-noise"),
    ("noise-only", "plain"),
)


def _of_pictures(case: Case) -> Judgement:
    return credit(case, lambda name: pictures(case, name, _PLACES), memorizers(case), "above")


def _of_gradients(case: Case) -> Judgement:
    return credit(case, lambda name: gradient(case, name), memorizers(case), "above")


def _noise_helps(case: Case) -> Judgement:
    """Judge by the two pairs of strategies that differ in noise alone."""
    pairs = [pair for pair in _PAIRS if all(name in case.groups for name in pair)]
    found = [
        compare(lambda name: loss(case, name), [noisy], quiet, "below") for noisy, quiet in pairs
    ]
    if found:
        verdicts = {each.verdict for each in found}
        verdict = verdicts.pop() if len(verdicts) == 1 else "undecided"
        return Judgement(verdict, tuple(number for each in found for number in each.numbers))
    if not {"augmentation", "plain"} <= case.groups.keys():
        raise UnmeasuredError("No two strategies here differ in noise alone.")
    seen = compare(lambda name: loss(case, name), ["augmentation"], "plain", "below")
    why = (
        f"{named('augmentation')} differs from {named('plain')} in more than noise; what noise "
        "does needs augmentation-without-noise, or noise-only."
    )
    return Judgement("undecided", seen.numbers, why)


FREQUENCIES = (
    Claim(
        "memorizing-pictures",
        "5.5",
        "It is memorizing that brings high frequencies into feature visualizations.",
        f"By the pictures of all blocks and the classes that are not silent. {_CREDIT}",
        ("augmentation",),
        _of_pictures,
    ),
    Claim(
        "memorizing-gradients",
        "5.5",
        "It is memorizing that makes networks decide by high frequencies.",
        f"By the share of high frequencies in the gradient at the input. {_CREDIT}",
        ("augmentation",),
        _of_gradients,
    ),
    Claim(
        "noise-helps",
        "5.5",
        "Training with noise makes networks robust to it.",
        "By the share of its test accuracy that a network loses under noise. Confirmed "
        "where S1 loses less than S1n, and S1x less than S0: these pairs differ in noise alone. "
        "Undecided where neither pair was trained.",
        (),
        _noise_helps,
    ),
)
