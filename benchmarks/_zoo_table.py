"""Write what the zoo found as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator

from _zoo_check import Verdict
from _zoo_limits import LIMITS
from _zoo_sets import SETS

TITLES = {
    "classification": "torchvision, classification",
    "segmentation": "torchvision, segmentation",
    "detection": "torchvision, detection",
    "timm": "timm, the smallest variant of each convolutional or hybrid family",
    "hard": "hand-written hard models",
}
INTRODUCTION = """# The zoo

Is the graph right? `benchmarks/zoo.py` asks an oracle that knows nothing of capture
(`tests/capture/oracle.py`): autograd's graph, contracted to inputs, convolutions, linear layers,
concatenations and additions, and the dispatcher, which counts the convolutions that really run.
A network passes when its captured graph, at the granularities `ops`, `modules` and `layers`, has
the same nodes with the same predecessors and the same outputs, points forward, has no loose end,
connects every output, and comes without a warning. Of detectors, whose boxes are chosen by index,
where autograd ends, convolutions and outputs are compared; every output holds values.

Of timm, a family is what has one source file and one leading word in its names (`resnet` and
`seresnet` are two); the variant with the fewest parameters stands for it, where it holds more than
one convolution: the only one of a pure transformer or mixer cuts the image into patches. The hard
models (`tests/capture/hard`) are also compared with the truth that is written beside each.

This page is written by `python benchmarks/zoo.py`; the time ratio is CPU time of capture (graph
included) to that of the bare forward pass, on one thread.
"""


def table(verdicts: Iterable[Verdict]) -> str:
    """Return the page."""
    found = sorted(verdicts, key=lambda verdict: (SETS.index(verdict.set), verdict.name))
    parts = [
        INTRODUCTION,
        "\n".join(_summary(found)),
        "\n".join(_limits(found)),
        "\n".join(_failures(found)),
        "\n".join(_networks(found)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(verdicts: list[Verdict]) -> Iterator[str]:
    yield "| set | passed / run | capture to forward, median | highest | at most 2.5 | slowest |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for of in SETS:
        members = [verdict for verdict in verdicts if verdict.set == of]
        if not members:
            continue
        passed = sum(not verdict.faults for verdict in members)
        yield f"| {TITLES[of]} | {passed} / {len(members)} {_costs(members)}|"


def _costs(members: list[Verdict]) -> str:
    ratios = [verdict.ratio for verdict in members if verdict.ratio]
    if not ratios:
        return "| | | | "
    within = sum(ratio <= 2.5 for ratio in ratios)
    slowest = max(verdict.capture for verdict in members)
    return (
        f"| {statistics.median(ratios):.2f} | {max(ratios):.2f} | {within} / {len(ratios)} "
        f"| {slowest:.1f} s "
    )


def _limits(verdicts: list[Verdict]) -> Iterator[str]:
    limited = [verdict for verdict in verdicts if verdict.name in LIMITS]
    if limited:
        yield "## Where the oracle cannot tell the truth, and warnings that are true\n"
        yield (
            "These are compared without the kind of node named, or may give the warning that is "
            "true of them. The graph shows all of it.\n"
        )
    for verdict in limited:
        limit = LIMITS[verdict.name]
        without = "".join(f", without {kind}" for kind in sorted(limit.left_out))
        yield f"- `{verdict.name}`{without}: {limit.reason}"


def _failures(verdicts: list[Verdict]) -> Iterator[str]:
    failed = [verdict for verdict in verdicts if verdict.faults]
    if failed:
        yield "## What does not pass\n"
    for verdict in failed:
        yield f"- `{verdict.name}` ({TITLES[verdict.set]}): {'; '.join(verdict.faults)}"


def _networks(verdicts: list[Verdict]) -> Iterator[str]:
    for of in SETS:
        members = [verdict for verdict in verdicts if verdict.set == of]
        if not members:
            continue
        yield f"\n## Networks: {TITLES[of]}\n"
        yield "| network | image | convolutions | joins | layers | outputs | forward | capture |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
        for item in members:
            yield (
                f"| {item.name} | {item.side} | {item.convolutions} | {item.joins} "
                f"| {item.layers} | {item.outputs} | {item.forward * 1e3:.0f} ms "
                f"| {item.capture * 1e3:.0f} ms |"
            )
