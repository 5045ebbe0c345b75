"""Section 5.2 of the paper: what feature maps are like."""

from __future__ import annotations

import dataclasses

from cnnwalk.study.report.group import JUDGED_FROM
from cnnwalk.study.report.judging import (
    BEYOND,
    Case,
    Claim,
    Judgement,
    Reading,
    compare,
    credit,
    memorizers,
)
from cnnwalk.study.report.reading import LAST, active, geary, high, hoyer, judged_layer
from cnnwalk.study.strategies import StrategyName

NEARLY_ALL = 0.9
NOT_NEARLY_ALL = 0.75
"""From the one on almost all channels are active, below the other they are not."""

_SMALL = f"Undecided where maps have fewer than {JUDGED_FROM} pixels on a side."


def _smooth(case: Case) -> Judgement:
    return _at_last(case, lambda name: geary(case, name, LAST), memorizers(case))


def _rough(case: Case) -> Judgement:
    return _at_last(case, lambda name: high(case, name, LAST), ("noisy-copies",))


def _at_last(case: Case, read: Reading, firsts: tuple[StrategyName, ...]) -> Judgement:
    found = compare(read, firsts, "augmentation", "above")
    layer = case.groups["augmentation"].layers[LAST]
    if layer.large:
        return found
    why = (
        f"The maps are {layer.height}×{layer.width} pixels, too small to say how smooth they are; "
        f"taken as they stand, the numbers would say {found.verdict}."
    )
    return Judgement("undecided", found.numbers, why)


def _on_or_off(case: Case) -> Judgement:
    return compare(
        lambda name: hoyer(case, name, LAST), ["augmentation"], "shuffled-labels", "above"
    )


def _almost_all(case: Case) -> Judgement:
    number = active(case, "shuffled-labels", LAST)
    if number.value.mean >= NEARLY_ALL:
        return Judgement("confirmed", (number,))
    if number.value.mean < NOT_NEARLY_ALL:
        return Judgement("contradicted", (number,))
    return Judgement("undecided", (number,))


def _more_active(case: Case) -> Judgement:
    return credit(case, lambda name: active(case, name, LAST), memorizers(case), "above")


def _local(case: Case) -> Judgement:
    at = judged_layer(case)
    found = credit(case, lambda name: geary(case, name, at), memorizers(case), "above")
    layer = case.groups["augmentation"].layers[at]
    where = f"In block {layer.place}, with maps of {layer.height}×{layer.width} pixels."
    return dataclasses.replace(found, why=f"{where} {found.why}".strip())


MAPS = (
    Claim(
        "local",
        "5.2",
        "Memorizing goes with the processing of local information: neighbouring values differ "
        "more.",
        "By Geary's ratio in the deepest block whose maps have at least "
        f"{JUDGED_FROM} pixels on a side. Confirmed where those with wrong labels are above S1 "
        f"{BEYOND}, and above the control S0 as well; undecided where they are not above S0; "
        "contradicted where they are below S1.",
        ("augmentation",),
        _local,
    ),
    Claim(
        "smooth",
        "5.2.1",
        "In the last convolution of S1, neighbouring values are more alike than where wrong labels "
        "were memorized.",
        "Confirmed where Geary's ratio of the networks that memorized wrong labels is above that "
        f"of S1 {BEYOND}; contradicted where it is below. {_SMALL}",
        ("augmentation",),
        _smooth,
    ),
    Claim(
        "on-or-off",
        "5.2.1",
        "In the last convolution, channels are either active or not with augmentation, more than "
        "with shuffled labels.",
        f"Confirmed where its channels are sparser (Hoyer) than those of S2 {BEYOND}; "
        "contradicted where they are less sparse.",
        ("augmentation", "shuffled-labels"),
        _on_or_off,
        ("shuffled-labels",),
    ),
    Claim(
        "almost-all",
        "5.2.2",
        "With shuffled labels almost all channels of the last convolution do something.",
        f"Confirmed where at least {NEARLY_ALL:.0%} of them are active, contradicted below "
        f"{NOT_NEARLY_ALL:.0%}.",
        ("shuffled-labels",),
        _almost_all,
        ("shuffled-labels",),
    ),
    Claim(
        "more-active",
        "5.2.2",
        "It is memorizing that makes more channels of the last convolution active.",
        f"Confirmed where the share of active channels of those with wrong labels is above S1 "
        f"{BEYOND}, and above the control S0 as well; contradicted where it is below S1.",
        ("augmentation",),
        _more_active,
    ),
    Claim(
        "rough",
        "5.2.3",
        "The last convolution of S3 shows more high-frequency patterns than that of S1.",
        f"Confirmed where its share of high frequencies is above that of S1 {BEYOND}; "
        f"contradicted where it is below. {_SMALL}",
        ("augmentation", "noisy-copies"),
        _rough,
        ("noisy-copies",),
    ),
)
