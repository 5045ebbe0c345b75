"""Verdicts on claims, by rules that are the same for all of them."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from cnnwalk.study.report.group import MEMORIZED, Group
from cnnwalk.study.report.values import SIGMAS, Order, Value, order
from cnnwalk.study.strategies import STRATEGIES, StrategyName
from cnnwalk.study.trained import NetworkName

Verdict = Literal["confirmed", "contradicted", "undecided", "not measured"]
VERDICTS: tuple[Verdict, ...] = typing.get_args(Verdict)
Kind = Literal["share", "measure"]

LEAST = 0.05
"""The least difference of measures that counts: networks that differ in nothing but their seed
were seen to differ by about that much."""

LEAST_OF_ONE = 2 * LEAST
"""The same where one of the two has one seed, so that nothing says how far its seeds differ."""

BEYOND = (
    f"by more than {LEAST} ({LEAST_OF_ONE} where only one seed was trained) and {SIGMAS:.0f} "
    "standard errors"
)


@dataclasses.dataclass(frozen=True)
class Number:
    """A figure on which a verdict rests.

    Attributes:
        label: for people.
        value: the figure.
        kind: ``share`` is shown in percent.
        counted: whether it is a share of images, whose error is known without other seeds.
    """

    label: str
    value: Value
    kind: Kind = "measure"
    counted: bool = False


@dataclasses.dataclass(frozen=True)
class Judgement:
    """A verdict for one architecture.

    Attributes:
        verdict: the answer.
        numbers: on which it rests.
        why: a sentence, where the numbers alone do not say it.
        confounded: whether it is undecided because the control shows much the same.
    """

    verdict: Verdict
    numbers: tuple[Number, ...] = ()
    why: str = ""
    confounded: bool = False


@dataclasses.dataclass(frozen=True)
class Case:
    """All that was measured of one architecture.

    Attributes:
        network: the architecture.
        groups: by strategy; those that were not trained are missing.
        classes: how many the images have.
        majority: share of the largest class in the test images.
    """

    network: NetworkName
    groups: Mapping[StrategyName, Group]
    classes: int
    majority: float


@dataclasses.dataclass(frozen=True)
class Claim:
    """What the paper says, and how it is judged.

    Attributes:
        key: its name in the JSON file.
        section: of the paper.
        text: the claim in words of ours.
        rule: when it counts as what, in words.
        needs: strategies without which nothing can be said.
        judge: gives the verdict where all that is needed is there.
        memorizing: those of `needs` that must have memorized all that they were trained on.
    """

    key: str
    section: str
    text: str
    rule: str
    needs: tuple[StrategyName, ...]
    judge: Callable[[Case], Judgement]
    memorizing: tuple[StrategyName, ...] = ()


@dataclasses.dataclass(frozen=True)
class Finding:
    """What came out for a claim.

    Attributes:
        claim: what was asked.
        verdict: over all architectures.
        judgements: by architecture.
    """

    claim: Claim
    verdict: Verdict
    judgements: Mapping[NetworkName, Judgement]

    @property
    def confounded(self) -> bool:
        """Whether the control stands against it for an architecture at least."""
        return any(each.confounded for each in self.judgements.values())


Reading = Callable[[StrategyName], Number]
"""Gives the number of a strategy; raises `UnmeasuredError`."""


class UnmeasuredError(Exception):
    """A number that a claim needs is not there; the message is a sentence for people."""


def find(claim: Claim, cases: Sequence[Case]) -> Finding:
    """Judge a claim for every architecture.

    The verdict is that of all architectures where something was measured; where they differ it
    is undecided.
    """
    judgements = {case.network: _judge(claim, case) for case in cases}
    verdicts = {each.verdict for each in judgements.values()} - {"not measured"}
    if not verdicts:
        return Finding(claim, "not measured", judgements)
    return Finding(claim, verdicts.pop() if len(verdicts) == 1 else "undecided", judgements)


def _judge(claim: Claim, case: Case) -> Judgement:
    missing = [name for name in claim.needs if name not in case.groups]
    if missing:
        return Judgement("not measured", (), f"Missing: {' and '.join(missing)}.")
    partly = [name for name in claim.memorizing if not case.groups[name].memorized]
    if partly:
        return Judgement("not measured", (), _partly(case.groups[partly[0]]))
    try:
        return claim.judge(case)
    except UnmeasuredError as error:
        return Judgement("not measured", (), str(error))


def _partly(group: Group) -> str:
    train = group.accuracies.get("train")
    if train is None:
        return f"Whether {group.strategy} memorized all its images is not known."
    return (
        f"With {group.strategy} this network knows {train.mean:.1%} of what it was trained on, "
        f"less than {MEMORIZED:.1%}: it has only partly memorized that."
    )


def named(name: StrategyName) -> str:
    """Return how a strategy is called in sentences, such as ``S1 augmentation``."""
    return f"{STRATEGIES[name].short} {name}"


def verdict_of(wanted: Order, found: Sequence[Order]) -> Verdict:
    """Return the verdict of comparisons that should all have come out as wanted.

    One that came out the other way round contradicts; one that is alike leaves it undecided.
    """
    if all(each == wanted for each in found):
        return "confirmed"
    return "undecided" if set(found) <= {wanted, "alike"} else "contradicted"


def stands(first: Number, second: Number) -> Order:
    """Say how a number stands to another, if they differ by as much as counts."""
    if first.counted and second.counted:
        return order(first.value, second.value)
    return order(first.value, second.value, least_of(first.value, second.value))


def least_of(first: Value, second: Value) -> float:
    """Return the difference from which on two measures differ."""
    return LEAST if min(first.seeds, second.seeds) > 1 else LEAST_OF_ONE


def compare(
    read: Reading,
    firsts: Sequence[StrategyName],
    second: StrategyName,
    wanted: Order,
) -> Judgement:
    """Judge whether the number of every first strategy stands to that of the second as wanted.

    Contradicted where all stand the other way round.

    Raises:
        UnmeasuredError: a number is not there.
    """
    numbers = tuple(read(name) for name in (*firsts, second))
    found = {stands(number, numbers[-1]) for number in numbers[:-1]}
    if "alike" in found:
        return Judgement("undecided", numbers, "A difference is too small to count.")
    if len(found) > 1:
        names = " and ".join(STRATEGIES[name].short for name in firsts)
        return Judgement("undecided", numbers, f"{names} differ in opposite directions.")
    return Judgement("confirmed" if found == {wanted} else "contradicted", numbers)


def credit(
    case: Case,
    read: Reading,
    firsts: Sequence[StrategyName],
    wanted: Order,
) -> Judgement:
    """Judge whether memorizing makes the first strategies differ from augmentation.

    What the absence of augmentation does must be told apart from what memorizing wrong labels
    does: so the firsts must stand as wanted to the control as well, which has true labels and no
    augmentation either.

    Raises:
        UnmeasuredError: a number is not there.
    """
    seen = compare(read, firsts, "augmentation", wanted)
    if "plain" not in case.groups:
        if seen.verdict != "confirmed":
            return seen
        why = f"Without {named('plain')} nothing says whether that is for lack of augmentation."
        return Judgement("undecided", seen.numbers, why)
    control = compare(read, firsts, "plain", wanted)
    numbers = (*seen.numbers, control.numbers[-1])
    if seen.verdict != "confirmed" or control.verdict == "confirmed":
        return Judgement(seen.verdict, numbers, seen.why)
    alike = [
        STRATEGIES[name].short
        for name, number in zip(firsts, control.numbers, strict=False)
        if stands(number, control.numbers[-1]) != wanted
    ]
    why = (
        f"The difference from {named('augmentation')} is there, but {' and '.join(alike)} "
        f"{'is' if len(alike) == 1 else 'are'} not clearly {wanted} the control "
        f"{named('plain')}, which was given true labels without augmentation: lack of "
        "augmentation may be the reason."
    )
    return Judgement("undecided", numbers, why, confounded=True)


def memorizers(case: Case) -> tuple[StrategyName, ...]:
    """Return the strategies with wrong labels whose networks memorized them.

    Raises:
        UnmeasuredError: there is none.
    """
    wrong: tuple[StrategyName, ...] = ("shuffled-labels", "noisy-copies")
    found = tuple(name for name in wrong if name in case.groups and case.groups[name].memorized)
    if not found:
        raise UnmeasuredError("No network here has memorized wrong labels.")
    return found


def resolution(first: Value, second: Value) -> float:
    """Return the least difference of two values that would have been seen."""
    return SIGMAS * float((first.error**2 + second.error**2) ** 0.5)
