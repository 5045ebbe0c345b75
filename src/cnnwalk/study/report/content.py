"""All that the report says in numbers; the page and the JSON file are both made of this."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.measures import Measurements, to_json
from cnnwalk.study.report.claims import CLAIMS
from cnnwalk.study.report.facts import Facts, facts
from cnnwalk.study.report.group import Group
from cnnwalk.study.report.grouping import group
from cnnwalk.study.report.judging import Case, Finding, find
from cnnwalk.study.report.words import ROWS

SCHEMA_VERSION = 1


@dataclasses.dataclass(frozen=True)
class Content:
    """What the report says.

    Attributes:
        facts: what was done.
        cases: by architecture, groups in the order of `ROWS`.
        findings: of the paper's claims, in the order of its sections.
        measurements: of every network, on which all else rests.
    """

    facts: Facts
    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]
    measurements: tuple[Measurements, ...]

    @property
    def groups(self) -> list[Group]:
        """Of all architectures."""
        return [each for case in self.cases for each in case.groups.values()]


def gather(measurements: Sequence[Measurements], images: ImageSet, command: str) -> Content:
    """Return what the report says.

    Args:
        measurements: of networks that were trained on one set of images and measured alike.
        images: the set.
        command: that makes the report.

    Raises:
        StudyError: they cannot be compared.
    """
    groups = group(measurements, {part: len(members) for part, members in images.parts.items()})
    known = facts(measurements, images, command)
    cases = tuple(
        Case(network, _ordered(groups, network), len(images.classes), known.majority)
        for network in dict.fromkeys(each.network for each in groups)
    )
    findings = tuple(find(claim, cases) for claim in CLAIMS)
    return Content(known, cases, findings, tuple(measurements))


def _ordered(groups: Sequence[Group], network: str) -> dict[Any, Group]:
    mine = {each.strategy: each for each in groups if each.network == network}
    return {name: mine[name] for name in ROWS if name in mine}


def to_report_json(content: Content) -> str:
    """Return the report's numbers as JSON, with those of every network."""
    whole = {
        "schema_version": SCHEMA_VERSION,
        **dataclasses.asdict(content.facts),
        "groups": [dataclasses.asdict(each) for each in content.groups],
        "claims": [_finding(each) for each in content.findings],
        "networks": [json.loads(to_json(each)) for each in content.measurements],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False)


def _finding(finding: Finding) -> dict[str, Any]:
    claim = finding.claim
    return {
        "key": claim.key,
        "section": claim.section,
        "text": claim.text,
        "rule": claim.rule,
        "verdict": finding.verdict,
        "networks": {
            network: dataclasses.asdict(judgement)
            for network, judgement in finding.judgements.items()
        },
    }
