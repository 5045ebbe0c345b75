"""Capture one network of the zoo and compare it with the oracle."""

from __future__ import annotations

import dataclasses
import time
import warnings
from collections.abc import Callable

import torch
from hard import MODELS
from hard.case import Hard
from hard.truth import unlike_autograd, untrue
from oracle import KINDS, autograd_structure, graph_structure, tensors_of, unlike, unsound
from torch import Tensor

from _zoo_limits import LIMITS, NONE
from _zoo_sets import Subject, build
from cnnwalk.capture import record
from cnnwalk.graph import Granularity

GRANULARITIES: tuple[Granularity, ...] = ("ops", "modules", "layers")


@dataclasses.dataclass
class Verdict:
    """What came out for one network.

    Attributes:
        faults: what is wrong with its graph, empty if nothing is.
        outputs: tensors that the network returns.
        forward: CPU seconds of the bare forward pass.
        capture: CPU seconds of recording and graph together.
        seconds: wall time of everything, building included.
    """

    set: str
    name: str
    faults: list[str]
    side: int = 0
    convolutions: int = 0
    joins: int = 0
    layers: int = 0
    outputs: int = 0
    forward: float = 0.0
    capture: float = 0.0
    seconds: float = 0.0

    @property
    def ratio(self) -> float:
        return self.capture / self.forward if self.forward else 0.0


def judge(of: str, name: str) -> Verdict:
    """Return the verdict on one network; whatever it raises is a fault."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    verdict = Verdict(of, name, [])
    start = time.perf_counter()
    try:
        if of == "hard":
            _judge_hard(next(hard for hard in MODELS if hard.name == name), verdict)
        else:
            _judge(build(of, name), verdict)
    except Exception as error:
        verdict.faults.append(f"{type(error).__name__}: {error}"[:300])
    verdict.seconds = time.perf_counter() - start
    return verdict


def _judge(subject: Subject, verdict: Verdict) -> None:
    model, image = subject.model, subject.example_input
    verdict.side = subject.side
    recording = record(model, image)
    graphs = {name: recording.graph(name) for name in GRANULARITIES}
    layers = graphs["layers"]
    verdict.layers = len(layers.layers)
    limit = LIMITS.get(verdict.name, NONE)
    kinds = frozenset(KINDS) - limit.left_out
    expected = autograd_structure(model, image, kinds=kinds)
    expected.convolutions -= limit.aside
    verdict.convolutions = expected.convolutions
    verdict.joins = expected.count("add") + expected.count("cat")
    for granularity, graph in graphs.items():
        faults = unsound(graph)
        found = graph_structure(graph, model, expected.weights, kinds=kinds)
        if verdict.set == "detection":
            faults += _unlike_detector(found.convolutions, expected.convolutions)
        else:
            faults += unlike(found, expected)
        verdict.faults += [f"{granularity}: {fault}" for fault in faults]
    verdict.faults += [
        f"warns: {warning}" for warning in layers.warnings if not warning.startswith(limit.says)
    ]
    with torch.no_grad():
        outputs = tensors_of(model(*_arguments(image)))
    verdict.outputs = len(outputs)
    verdict.faults += _unconnected(outputs, len(graphs["ops"].outputs))
    verdict.forward, verdict.capture = _times(
        lambda: model(*_arguments(image)), lambda: record(model, image).graph("layers")
    )


def _judge_hard(hard: Hard, verdict: Verdict) -> None:
    torch.manual_seed(0)
    model = hard.build()
    recording = record(model, hard.example_input, hard.kwargs)
    verdict.convolutions, verdict.joins = hard.convolutions, hard.adds + hard.cats
    verdict.outputs = hard.outputs
    verdict.layers = len(recording.graph("layers").layers)
    for granularity in GRANULARITIES:
        graph = recording.graph(granularity)
        faults = [*untrue(hard, graph), *unlike_autograd(hard, model, graph)]
        verdict.faults += [f"{granularity}: {fault}" for fault in faults]


def _arguments(example_input: object) -> tuple[object, ...]:
    return example_input if isinstance(example_input, tuple) else (example_input,)


def _unlike_detector(found: int, ran: int) -> list[str]:
    """Autograd ends where boxes are chosen by index, so of detectors only this is compared."""
    return [] if found == ran else [f"{found} convolutions, {ran} ran"]


def _unconnected(outputs: list[Tensor], connected: int) -> list[str]:
    faults = [f"{connected} of {len(outputs)} outputs connected"] * (connected != len(outputs))
    empty = sum(tensor.numel() == 0 for tensor in outputs)
    return [*faults, *[f"{empty} outputs are empty: nothing was detected"] * bool(empty)]


def _times(forward: Callable[[], object], capture: Callable[[], object]) -> tuple[float, float]:
    """Return the CPU seconds of both: the least of two, taken in turns."""
    taken: dict[Callable[[], object], list[float]] = {forward: [], capture: []}
    for _ in range(2):
        for work, seconds in taken.items():
            start = time.process_time()
            with torch.no_grad():
                work()
            seconds.append(time.process_time() - start)
    return min(taken[forward]), min(taken[capture])
