"""The report: one page and one JSON file of what was measured of trained networks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.measures import Measurements
from cnnwalk.study.report.content import gather, to_report_json
from cnnwalk.study.report.page import to_page
from cnnwalk.study.writing import write_whole

__all__ = ["write_report"]


def write_report(
    measurements: Sequence[Measurements],
    images: ImageSet,
    out: Path,
    command: str = "cnnwalk study report",
) -> Path:
    """Write ``report.html``, which needs no other file, and its numbers as ``report.json``.

    Args:
        measurements: of networks that were trained on one set of images and measured alike.
        images: the set.
        out: the folder, made where it is missing.
        command: that makes the report again.

    Returns:
        The page.

    Raises:
        StudyError: the networks cannot be compared, or a file cannot be written; then the old
            one stays.
    """
    content = gather(measurements, images, command)
    page, numbers = to_page(content, images), to_report_json(content)
    write_whole(out / "report.json", numbers.encode())
    write_whole(out / "report.html", page.encode())
    return out / "report.html"
