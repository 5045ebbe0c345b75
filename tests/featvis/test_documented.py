"""The tables of parameters in docs/featvis.md are those of the settings."""

import dataclasses
import re
from pathlib import Path

import pytest

from cnnwalk.featvis.settings import MODES, settings_of

PAGE = Path(__file__).parents[2] / "docs" / "featvis.md"


def documented(mode):
    """The defaults of a mode by name, as its table on the page shows them."""
    tables = re.split(r"^##+ ", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    heads = {table.splitlines()[0]: table for table in tables}
    (table,) = [text for head, text in heads.items() if f"`{mode}`" in head]
    head = re.search(r"^\| parameter \|.*$", table, flags=re.MULTILINE).group()
    names = [cell.strip().strip("`") for cell in head.strip("|").split("|")]
    column = names.index(mode) if mode in names else names.index("default")
    rows = re.findall(r"^\| `.*$", table, flags=re.MULTILINE)
    cells = [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]
    return {row[0]: row[column] for row in cells}


@pytest.mark.parametrize("mode", MODES)
def test_the_page_has_all_parameters_of_a_mode_and_their_defaults(mode):
    settings = settings_of(mode)
    expected = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    shown = {name: str(value) for name, value in expected.items()}
    assert documented(mode) == shown
