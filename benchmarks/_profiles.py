"""What Chromium's profilers say about the page: by owner and by function, in bytes or in time."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterator
from typing import Any

from _bundle import Bundle

BROWSER = "browser"
EMULATOR = "emulator"

Amounts = collections.Counter[str]


@dataclasses.dataclass
class Shares:
    """How much everyone has, and by owner how much each of their functions has; bytes or us."""

    owners: Amounts = dataclasses.field(default_factory=Amounts)
    functions: dict[str, Amounts] = dataclasses.field(
        default_factory=lambda: collections.defaultdict(Amounts)
    )

    def add(self, owner: str, function: str, amount: int) -> None:
        self.owners[owner] += amount
        self.functions[owner][function] += amount


def allocated(profile: dict[str, Any], bundle: Bundle) -> Shares:
    """Return the bytes of a sampling heap profile.

    V8 names the function that runs, not those that its compiler has put into it.
    """
    shares = Shares()
    for node, owner, function, _ in _walk(profile["head"], bundle):
        if node["selfSize"] > 0:
            shares.add(owner, function, node["selfSize"])
    return shares


def spent(profile: dict[str, Any], bundle: Bundle) -> Shares:
    """Return the us of a CPU profile that passed within the page's own script.

    Counted is what happens below a function of the bundle, so neither the emulator's own loop nor
    the browser's work between frames, but what they do when the page calls them.
    """
    nodes = {node["id"]: {**node, "us": 0} for node in profile["nodes"]}
    for sample, micros in zip(profile["samples"], profile["timeDeltas"], strict=True):
        nodes[sample]["us"] += micros
    for node in nodes.values():
        node["children"] = [nodes[child] for child in node.get("children", [])]
    shares = Shares()
    for node, owner, function, within in _walk(nodes[profile["nodes"][0]["id"]], bundle):
        if within:
            shares.add(owner, function, node["us"])
    return shares


def _walk(root: dict[str, Any], bundle: Bundle) -> Iterator[tuple[dict[str, Any], str, str, bool]]:
    """Yield every node with its owner, its function, and whether the bundle has called it.

    What native functions do counts for who calls them.
    """
    waiting = [(root, BROWSER, "", False)]
    while waiting:
        node, owner, function, within = waiting.pop()
        frame = node["callFrame"]
        file = frame["url"].rpartition("/")[2]
        if file == bundle.script:
            source = bundle.source(frame["lineNumber"], frame["columnNumber"])
            owner = "ours" if source is None else source.owner
            function = "" if source is None else f"{source.path[-44:]}:{source.line}"
            within = True
        elif file:
            owner, function = EMULATOR if file.startswith("lib-") else file, ""
        yield node, owner, function, within
        waiting.extend((child, owner, function, within) for child in node["children"])
