"""Ask an independent oracle whether the graphs of a whole zoo of networks are right.

    python benchmarks/zoo.py [--set NAME ...] [--jobs N] [--fresh] [--only NAME ...]

runs each network of the sets (torchvision's classification, segmentation and detection, the
smallest variant of each convolutional or hybrid family of timm, the hand-written hard models),
compares its graph at three granularities with autograd's, and writes the table in docs/zoo.md.

What is done stays in build/zoo.jsonl, so a run that was ended goes on where it was. Each network
has a time limit, and a process that dies takes no other network with it.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import json
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing.connection import Connection, wait
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "capture"))  # the oracle and the hard models are the tests'

from _zoo_check import Verdict, judge  # noqa: E402
from _zoo_sets import SETS, members  # noqa: E402
from _zoo_table import table  # noqa: E402

LIMIT = 300.0
"""Seconds for one network."""

Task = tuple[str, str]
"""A set and a network of it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", action="append", choices=SETS, dest="sets")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="forget earlier results of the sets")
    parser.add_argument("--only", action="append", help="networks to run again, whatever is known")
    arguments = parser.parse_args()
    sets = arguments.sets or list(SETS)
    results = ROOT / "build" / "zoo.jsonl"
    results.parent.mkdir(exist_ok=True)
    known = _read(results)
    if arguments.fresh:
        known = {task: verdict for task, verdict in known.items() if task[0] not in sets}
    tasks = [(of, name) for of in sets for name in _members(of, results.parent)]
    if arguments.only:
        tasks = [task for task in tasks if task[1] in arguments.only]
    else:
        tasks = [task for task in tasks if task not in known]
    for number, verdict in enumerate(_run(tasks, arguments.jobs), 1):
        known[verdict.set, verdict.name] = verdict
        lines = (json.dumps(dataclasses.asdict(item)) for item in known.values())
        results.write_text("\n".join(lines) + "\n")
        print(
            f"{number}/{len(tasks)} {verdict.set} {verdict.name} {verdict.seconds:.1f} s",
            *verdict.faults,
            sep="\n    ",
            flush=True,
        )
    text = table(known.values())
    (ROOT / "docs" / "zoo.md").write_text(text)
    print(text.partition("##")[0])


def _members(of: str, folder: Path) -> list[str]:
    """Return the names of a set; timm's take minutes to find and are kept."""
    kept = folder / f"zoo_{of}.json"
    if of == "timm" and kept.exists():
        return list(json.loads(kept.read_text()))
    names = members(of)
    if of == "timm":
        kept.write_text(json.dumps(names))
    return names


def _read(results: Path) -> dict[Task, Verdict]:
    lines = results.read_text().splitlines() if results.exists() else []
    verdicts = (Verdict(**json.loads(line)) for line in lines)
    return {(verdict.set, verdict.name): verdict for verdict in verdicts}


class Worker:
    """A process that judges one network after another, and can be ended at any time."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_work, args=(other,), daemon=True)
        self.process.start()
        other.close()
        self.task: Task = ("", "")
        self.until = 0.0

    def give(self, task: Task) -> None:
        self.task, self.until = task, time.monotonic() + LIMIT
        self.pipe.send(task)

    def end(self) -> None:
        self.process.kill()
        self.process.join()


def _work(pipe: Connection) -> None:
    with contextlib.suppress(EOFError):  # the run was ended
        while True:
            pipe.send(judge(*pipe.recv()))


def _run(tasks: Iterable[Task], jobs: int) -> Iterator[Verdict]:
    """Yield the verdicts as they come."""
    waiting = collections.deque(tasks)
    busy: dict[Connection, Worker] = {}
    idle: list[Worker] = []
    while waiting or busy:
        while waiting and len(busy) < jobs:
            worker = idle.pop() if idle else Worker()
            worker.give(waiting.popleft())
            busy[worker.pipe] = worker
        yield from _collect(busy, idle)
    for worker in idle:
        worker.end()


def _collect(busy: dict[Connection, Worker], idle: list[Worker]) -> Iterator[Verdict]:
    """Wait for the next verdicts; workers out of time are ended, the others become idle."""
    for pipe in wait(list(busy), timeout=1.0):
        assert isinstance(pipe, Connection)
        worker = busy.pop(pipe)
        try:
            yield pipe.recv()
        except EOFError:
            yield Verdict(*worker.task, faults=["its process died (out of memory?)"])
            continue
        idle.append(worker)
    for pipe, worker in _late(busy).items():
        worker.end()
        del busy[pipe]
        yield Verdict(*worker.task, faults=[f"not done after {LIMIT:.0f} s"], seconds=LIMIT)


def _late(busy: Mapping[Connection, Worker]) -> dict[Connection, Worker]:
    now = time.monotonic()
    return {pipe: worker for pipe, worker in busy.items() if worker.until < now}


if __name__ == "__main__":
    main()
