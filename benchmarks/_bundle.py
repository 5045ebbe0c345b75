"""Which source a place in the page's bundle comes from, read from a source map."""

from __future__ import annotations

import bisect
import dataclasses
import json
import operator
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

CLIENT = Path(__file__).parents[1] / "client"
DIGITS = {
    digit: value
    for value, digit in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    )
}


@dataclasses.dataclass(frozen=True)
class Source:
    """A line of a source file; its path below `client`."""

    path: str
    line: int

    @property
    def owner(self) -> str:
        """Whose it is: ours, or the library's."""
        _, found, library = self.path.rpartition("node_modules/")
        if not found:
            return "ours"
        return "/".join(library.split("/")[: 2 if library.startswith("@") else 1])


class Bundle:
    """The page's main script, and where its places come from."""

    def __init__(self, script: str, source_map: str) -> None:
        self.script = script
        found = json.loads(source_map)
        # Relative to where the map lay; all of them are below `client`.
        self._sources: list[str] = [path.rpartition("/client/")[2] for path in found["sources"]]
        self._lines = [sorted(places) for places in _places(found["mappings"])]

    def source(self, line: int, column: int) -> Source | None:
        """Return the source of a place, both from 0; None where nothing of ours is written."""
        places = self._lines[line] if line < len(self._lines) else []
        at = bisect.bisect_right(places, column, key=operator.itemgetter(0)) - 1
        if at < 0:
            return None
        _, source, source_line = places[at]
        return Source(self._sources[source], source_line + 1)


def build_bundle() -> Bundle:
    """Build the page from its sources as it is built for a walk, with a map beside it."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--sourcemap", "hidden", "--outDir", folder, "--logLevel", "error"]
        subprocess.run(["npx", "vite", "build", *options], cwd=CLIENT, check=True)
        (path,) = Path(folder, "assets").glob("index-*.js.map")
        return Bundle(path.name.removesuffix(".map"), path.read_text(encoding="utf-8"))


def _numbers(letters: str) -> Iterator[int]:
    """Decode base64 numbers of variable length, https://tc39.es/ecma426/#sec-base64-vlq."""
    value = shift = 0
    for letter in letters:
        digit = DIGITS[letter]
        value |= (digit & 31) << shift
        shift += 5
        if digit & 32:
            continue
        yield -(value >> 1) if value & 1 else value >> 1
        value = shift = 0


def _places(mappings: str) -> Iterator[list[tuple[int, int, int]]]:
    """Yield every line's places: column in the line, source, and its line, all from 0."""
    source = source_line = 0
    for line in mappings.split(";"):
        column = 0
        places = []
        for segment in filter(None, line.split(",")):
            numbers = list(_numbers(segment))
            column += numbers[0]
            if len(numbers) == 1:
                continue
            source += numbers[1]
            source_line += numbers[2]
            places.append((column, source, source_line))
        yield places
