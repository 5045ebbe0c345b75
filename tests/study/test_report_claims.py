"""Each of the paper's claims, with measurements by which it is clear what must come out."""

from __future__ import annotations

import pytest
from reporting import images, measured

from cnnwalk.study.report.claims import CLAIMS
from cnnwalk.study.report.content import gather
from cnnwalk.study.report.judging import Finding
from cnnwalk.study.strategies import STRATEGY_NAMES

S1, S2, S3, S0, S1N, S1X = STRATEGY_NAMES
LOW = (0.3, 0.4, 0.5, 0.6, 0.6)
HIGH = (0.3, 0.6, 0.8, 0.9, 0.9)
HIGHEST = (0.3, 0.7, 0.95, 0.95, 0.95)
LARGE = (36, 18, 9, 9, 9)


def found(key: str, *measurements, classes=("cat", "dog", "hat", "car", "sun")) -> Finding:
    content = gather(measurements, images(classes), "command")
    return next(each for each in content.findings if each.claim.key == key)


def right(share: float) -> dict[str, dict[str, float]]:
    return {"accuracies": {"test": share}}


def noisy(share: float) -> dict[str, dict[str, float]]:
    """Return what is right under noise, where half is right without."""
    return {"accuracies": {"test_noise": share}}


# The share of the largest class of the test images is .4; two accuracies near .5 over 1000 images
# differ from .045 on, two measures from .05 on.
CASES = {
    "bait": [
        ([(S1, right(0.6)), (S0, right(0.55)), (S3, right(0.4))], "confirmed"),
        ([(S1, right(0.6)), (S0, right(0.42)), (S3, right(0.4))], "undecided"),  # as the control
        ([(S1, right(0.6)), (S3, right(0.4))], "undecided"),  # no control
        ([(S1, right(0.6)), (S0, right(0.7)), (S3, right(0.58))], "undecided"),  # within the error
        ([(S1, right(0.5)), (S0, right(0.7)), (S3, right(0.6))], "contradicted"),
        ([(S1, right(0.5)), (S3, {"accuracies": {"train": 0.9}})], "not measured"),
    ],
    "no-errors": [
        ([(S1, {}), (S2, {"accuracies": {"train": 0.9997}}), (S3, {})], "confirmed"),
        ([(S1, {}), (S2, {}), (S3, {"accuracies": {"train": 0.998}})], "undecided"),
        ([(S1, {}), (S2, {})], "not measured"),
    ],
    "levels": [
        ([(S1, right(0.6)), (S2, right(0.3)), (S3, right(0.4))], "confirmed"),
        ([(S1, right(0.6)), (S2, right(0.38)), (S3, right(0.4))], "undecided"),
        ([(S1, right(0.6)), (S2, right(0.5)), (S3, right(0.4))], "contradicted"),
        ([(S1, right(0.4)), (S2, right(0.3)), (S3, right(0.6))], "contradicted"),
    ],
    "chance": [
        ([(S2, right(0.41))], "confirmed"),
        ([(S2, right(0.3))], "confirmed"),
        ([(S2, right(0.5))], "contradicted"),
        ([(S2, {"accuracies": {"train": 0.5}})], "not measured"),
    ],
    "both": [
        ([(S3, right(0.5))], "confirmed"),
        ([(S3, right(0.41))], "contradicted"),
        ([(S3, right(0.2))], "contradicted"),
        ([(S3, {"accuracies": {"train": 0.5, "test": 0.5}})], "not measured"),
    ],
    "local": [
        ([(S1, {"geary": LOW}), (S2, {"geary": HIGHEST}), (S0, {"geary": HIGH})], "confirmed"),
        ([(S1, {"geary": LOW}), (S2, {"geary": HIGH}), (S0, {"geary": HIGH})], "undecided"),
        ([(S1, {"geary": LOW}), (S2, {"geary": HIGHEST})], "undecided"),
        ([(S1, {"geary": HIGH}), (S2, {"geary": LOW}), (S0, {"geary": LOW})], "contradicted"),
        # One of the two that memorize is below S1, the other is above it or like it.
        ([(S1, {"geary": HIGH}), (S2, {"geary": HIGHEST}), (S3, {"geary": LOW})], "undecided"),
        ([(S1, {"geary": HIGH}), (S2, {"geary": HIGH}), (S3, {"geary": LOW})], "undecided"),
        ([(S1, {"geary": HIGH}), (S2, {"geary": LOW}), (S3, {"geary": LOW})], "contradicted"),
        ([(S1, {"sides": (7,) * 5}), (S2, {"sides": (7,) * 5})], "not measured"),
        ([(S1, {}), (S0, {})], "not measured"),  # nothing memorized wrong labels
    ],
    "smooth": [
        ([(S1, {"geary": LOW, "sides": LARGE}), (S2, {"geary": HIGH})], "confirmed"),
        ([(S1, {"geary": LOW}), (S2, {"geary": HIGH})], "undecided"),  # 5x5
        ([(S1, {"sides": LARGE}), (S2, {})], "undecided"),
        ([(S1, {"geary": HIGH, "sides": LARGE}), (S2, {"geary": LOW})], "contradicted"),
        ([(S1, {"geary": (None,) * 5}), (S2, {})], "not measured"),
    ],
    "on-or-off": [
        ([(S1, {"hoyer": 0.4}), (S2, {"hoyer": 0.2})], "confirmed"),
        ([(S1, {"hoyer": 0.22}), (S2, {"hoyer": 0.2})], "undecided"),
        ([(S1, {"hoyer": 0.05}), (S2, {"hoyer": 0.2})], "contradicted"),
        ([(S1, {"hoyer": None}), (S2, {})], "not measured"),
    ],
    "almost-all": [
        ([(S2, {"active": 0.9})], "confirmed"),
        ([(S2, {"active": 0.8})], "undecided"),
        ([(S2, {"active": 0.7})], "contradicted"),
        ([(S2, {"active": None})], "not measured"),
    ],
    "more-active": [
        ([(S1, {"active": 0.6}), (S2, {"active": 0.9}), (S0, {"active": 0.7})], "confirmed"),
        ([(S1, {"active": 0.6}), (S2, {"active": 0.9}), (S0, {"active": 0.9})], "undecided"),
        ([(S1, {"active": 0.9}), (S2, {"active": 0.6}), (S0, {"active": 0.7})], "contradicted"),
    ],
    "rough": [
        ([(S1, {"high": LOW, "sides": LARGE}), (S3, {"high": HIGH})], "confirmed"),
        ([(S1, {"high": LOW}), (S3, {"high": HIGH})], "undecided"),  # 5x5
        ([(S1, {"high": HIGH, "sides": LARGE}), (S3, {"high": LOW})], "contradicted"),
        ([(S1, {})], "not measured"),
    ],
    "noisier": [
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": 0.7})], "confirmed"),
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": 0.34})], "undecided"),
        ([(S1, {"pictures": 0.7}), (S2, {"pictures": 0.3})], "contradicted"),
        ([(S1, {}), (S2, {"live": False})], "not measured"),  # silent pictures are no result
    ],
    "deeper": [
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": (0.3,) * 3 + (0.7,) * 3})], "confirmed"),
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": (0.7,) * 3 + (0.3,) * 3})], "undecided"),
        ([(S1, {"pictures": 0.7}), (S2, {"pictures": 0.3})], "contradicted"),
    ],
    "like-second": [
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": 0.7}), (S3, {"pictures": 0.6})], "confirmed"),
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": 0.7}), (S3, {"pictures": 0.5})], "undecided"),
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": 0.34}), (S3, {"pictures": 0.5})], "undecided"),
        (
            [(S1, {"pictures": 0.3}), (S2, {"pictures": 0.7}), (S3, {"pictures": 0.4})],
            "contradicted",
        ),
    ],
    "classes": [
        ([(S1, {"pictures": 0.3}), (S3, {"pictures": (0.3,) * 5 + (0.6,)})], "confirmed"),
        ([(S1, {"pictures": 0.3}), (S3, {"pictures": (0.6,) * 5 + (0.3,)})], "undecided"),
        ([(S1, {"pictures": 0.6}), (S3, {"pictures": 0.3})], "contradicted"),
    ],
    "memorizing-pictures": [
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": 0.7}), (S0, {"pictures": 0.5})], "confirmed"),
        ([(S1, {"pictures": 0.3}), (S2, {"pictures": 0.7}), (S0, {"pictures": 0.7})], "undecided"),
        (
            [(S1, {"pictures": 0.7}), (S2, {"pictures": 0.3}), (S0, {"pictures": 0.3})],
            "contradicted",
        ),
        (
            [
                (S1, {"pictures": 0.3}),
                (S2, {"pictures": 0.7}),
                (S3, {"pictures": 0.5}),
                (S0, {"pictures": 0.5}),
            ],
            "undecided",  # one of the two that memorize is like the control
        ),
    ],
    "memorizing-gradients": [
        ([(S1, {"gradient": 0.3}), (S3, {"gradient": 0.7}), (S0, {"gradient": 0.5})], "confirmed"),
        ([(S1, {"gradient": 0.3}), (S3, {"gradient": 0.7}), (S0, {"gradient": 0.7})], "undecided"),
        (
            [(S1, {"gradient": 0.7}), (S3, {"gradient": 0.3}), (S0, {"gradient": 0.3})],
            "contradicted",
        ),
        ([(S1, {"gradient": None}), (S3, {})], "not measured"),
    ],
    "noise-helps": [
        ([(S1, noisy(0.5)), (S1N, noisy(0.2))], "confirmed"),
        ([(S1X, noisy(0.5)), (S0, noisy(0.2))], "confirmed"),
        ([(S1, noisy(0.5)), (S0, noisy(0.2))], "undecided"),  # they differ in more than noise
        ([(S1, noisy(0.4)), (S1N, noisy(0.4))], "undecided"),
        ([(S1, noisy(0.5)), (S1N, noisy(0.2)), (S1X, noisy(0.4)), (S0, noisy(0.4))], "undecided"),
        ([(S1, noisy(0.2)), (S1N, noisy(0.5))], "contradicted"),
        ([(S2, {})], "not measured"),
        ([(S1, right(0.0)), (S1N, {})], "not measured"),
    ],
}
EACH = [
    pytest.param(key, case, verdict, id=f"{key}-{at}")
    for key, cases in CASES.items()
    for at, (case, verdict) in enumerate(cases)
]


@pytest.mark.parametrize(("key", "case", "verdict"), EACH)
def test_a_verdict_follows_from_the_numbers(key, case, verdict):
    finding = found(key, *(measured(strategy, **given) for strategy, given in case))
    assert finding.verdict == verdict, finding.judgements


@pytest.mark.parametrize(
    ("first", "third", "verdict"),
    [(0.9, 0.89, "confirmed"), (0.9, 0.7, "contradicted"), (0.7, 0.9, "contradicted")],
)
def test_two_classes_are_judged_where_there_are_two(first, third, verdict):
    two = ("covid", "other")
    pair = [
        measured(strategy, accuracies={"test": share}, classes=two)
        for strategy, share in ((S1, first), (S3, third))
    ]
    assert found("two-classes", *pair, classes=two).verdict == verdict
    assert found("two-classes", measured(S1), measured(S3)).verdict == "not measured"


def test_every_claim_is_tested_and_has_a_section_and_a_rule():
    assert {claim.key for claim in CLAIMS} == CASES.keys() | {"two-classes"}
    assert all(claim.section and claim.text and claim.rule for claim in CLAIMS)
    assert len({claim.key for claim in CLAIMS}) == len(CLAIMS) >= 10


def test_architectures_that_differ_leave_a_claim_undecided():
    pair = [measured(S2, active=0.95), measured(S2, "coviddensenet", active=0.5)]
    finding = found("almost-all", *pair)
    assert [each.verdict for each in finding.judgements.values()] == ["confirmed", "contradicted"]
    assert finding.verdict == "undecided"


def test_an_architecture_that_was_not_measured_has_no_say():
    pair = [measured(S2, active=0.95), measured(S1, "coviddensenet")]
    assert found("almost-all", *pair).verdict == "confirmed"


def test_a_network_that_memorized_in_part_says_nothing_of_memorizing():
    partly = measured(S3, "coviddensenet", accuracies={"train": 0.4655})
    finding = found("both", partly)
    assert finding.verdict == "not measured"
    assert "46.6%" in finding.judgements["coviddensenet"].why


def test_what_one_seed_cannot_tell_three_can():
    seeds = range(3)
    near = [measured(S1, seed=seed, hoyer=0.30) for seed in seeds]
    apart = [measured(S2, seed=seed, hoyer=0.22) for seed in seeds]
    assert found("on-or-off", near[0], apart[0]).verdict == "undecided"
    assert found("on-or-off", *near, *apart).verdict == "confirmed"


def test_seeds_that_differ_much_leave_it_undecided():
    near = [measured(S1, seed=seed, hoyer=0.4) for seed in range(3)]
    wild = [measured(S2, seed=seed, hoyer=hoyer) for seed, hoyer in enumerate((0.0, 0.2, 0.4))]
    assert found("on-or-off", near[0], wild[1]).verdict == "confirmed"
    assert found("on-or-off", *near, *wild).verdict == "undecided"
