"""With what numbers, and how many at a time, a layer's pictures are made."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import threading
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from cnnwalk.featvis import keptnumerics
from cnnwalk.featvis.copies import Copies
from cnnwalk.featvis.cost import Cost, cost_of
from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.fold import find_pairs
from cnnwalk.featvis.numerics import EXACT, Numerics, Precision
from cnnwalk.featvis.reach import Reach
from cnnwalk.graph import Graph, maps_shape
from cnnwalk.networks import Network

_STEP_SECONDS = 0.25
"""How long a step may take on a CPU of two cores: an image that is inserted waits for it."""

_CPU_LARGEST = 8
"""Pictures at a time on a CPU at most: more are not faster, and are seen later."""

_CPU_BYTES = 2**30
"""What a step may take of the CPU's memory, which holds the walk, too."""

_SHARE_OF_MEMORY = 0.5
"""What a step may take of another device's memory. Where others use it, too, a worker that finds
no room halves its batch."""

_TRIED = {"cpu": 1, "cuda": 16}
"""With how many pictures is measured: a graphics card is not busy with a few."""

_ROUNDS = 4
_ENOUGH = 0.5
"""How often each kind of numbers is tried at most, and after how much effort no more: not after
what time, so that a busy machine, on which tries differ more, tries as often as a quiet one."""

_HOPELESS = 2.0
"""How many times slower than the best at its first try is not tried again."""

_LAYOUT_GAIN = 1.1
_BITS_GAIN = 1.3
"""How much faster another order in memory, and half of the bits, must be to be worth it."""

_remembered: dict[str, Numerics] = {}
_lock = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Plan:
    """How a layer's pictures are made on a device.

    Attributes:
        numerics: with what numbers.
        batch: how many at a time.
    """

    numerics: Numerics
    batch: int


class _Pace(NamedTuple):
    """What a step takes.

    Attributes:
        seconds: by the clock on the wall.
        effort: by what numbers are compared: on the CPU, seconds that it worked for this process,
            which other processes change less.
    """

    seconds: float
    effort: float


def plan(copies: Copies, layer_id: str, *, precision: Precision, largest: int) -> Plan:
    """Return how a layer's pictures are made.

    The batch follows from what a step costs by its operations, never from a clock: a step on a
    CPU of two cores takes about a quarter of a second at most; on another device a batch is as
    large as its memory allows. Of `auto` the numbers are measured, once for all processes
    (`keptnumerics`).

    Args:
        copies: of the network; afterwards they hold the one with the plan's numbers.
        layer_id: of a layer of the graph.
        precision: ``float32`` for the network as it is. ``auto`` may fold norms and order memory
            otherwise where that is faster, and take half of the bits where that is much faster.
        largest: the most pictures at a time.

    Raises:
        FeatureVisualizationError: as `NetworkCopy.reach`.
    """
    numerics = _fastest(copies, layer_id) if precision == "auto" else EXACT
    image = _images(copies.network, copies.device, 1)
    cost = cost_of(copies.reach(layer_id, numerics), image)
    return Plan(numerics, _batch(cost, copies.device, largest))


def _batch(cost: Cost, device: torch.device, largest: int) -> int:
    at_once = min(float(largest), _bytes_of(device) / max(1, cost.bytes))
    if device.type == "cpu":
        at_once = min(at_once, _CPU_LARGEST, _STEP_SECONDS / max(1e-9, cost.seconds))
    return 1 << int(math.log2(max(1.0, at_once)))


def _fastest(copies: Copies, layer_id: str) -> Numerics:
    """Return the fastest numbers that are worth it: remembered, kept or measured."""
    network, graph, device = copies.network, copies.graph, copies.device
    with _lock:  # so that no two measure at once
        kinds = _kinds(network, graph, device)
        name = keptnumerics.name_of(network, graph, layer_id, device, kinds)
        found = _remembered.get(name) or keptnumerics.recall(name, kinds)
        if found is None:
            found = keptnumerics.keep(name, _measured(copies, layer_id, kinds), kinds)
        _remembered[name] = found
        return found


def _measured(copies: Copies, layer_id: str, kinds: Sequence[Numerics]) -> Numerics:
    reaches = _reaches(copies, layer_id, kinds)
    images = _images(copies.network, copies.device, _TRIED.get(copies.device.type, 1))
    paces = _race(reaches, images)
    return _choose({numerics: pace.effort for numerics, pace in paces.items()})


def _kinds(network: Network, graph: Graph, device: torch.device) -> list[Numerics]:
    """Return what may be chosen, that with the fewest changes first."""
    folded = bool(find_pairs(network, graph))
    kinds = [Numerics(folded=folded), Numerics(folded=folded, channels_last=True)]
    if network.example_input().dtype == torch.float32 and _computes_with_half(device):
        kinds += [dataclasses.replace(each, dtype="bfloat16") for each in kinds]
    return kinds


def _reaches(copies: Copies, layer_id: str, kinds: Sequence[Numerics]) -> dict[Numerics, Reach]:
    """Return a layer as a function, with each of the kinds of numbers that the network bears.

    Code may ask for values in their usual order (`Tensor.view`) or with all of their bits, and a
    script shows other operations when torch casts in it; the first kind is what has to do.
    """
    first, *others = kinds
    reaches = {first: copies.reach(layer_id, first)}
    for numerics in others:
        with contextlib.suppress(FeatureVisualizationError):
            reaches[numerics] = copies.reach(layer_id, numerics)
    return reaches


def _computes_with_half(device: torch.device) -> bool:
    """Say whether a device has instructions for bfloat16: without, it is many times slower."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu" or not hasattr(torch.cpu, "get_capabilities"):
        return False  # it cannot be told, as with torch's older versions
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def _choose(seconds: Mapping[Numerics, float]) -> Numerics:
    """Return the numbers to take; slower ones where faster ones gain little."""

    def cost(numerics: Numerics) -> float:
        layout = _LAYOUT_GAIN if numerics.channels_last else 1.0
        bits = _BITS_GAIN if numerics.dtype == "bfloat16" else 1.0
        return seconds[numerics] * layout * bits

    return min(seconds, key=cost)


def _race(reaches: Mapping[Numerics, Reach], images: Tensor) -> dict[Numerics, _Pace]:
    """Return how fast a step of all images is at best, of tries in turns."""
    best = {numerics: _timed(reach, images) for numerics, reach in reaches.items()}
    spent = sum(pace.effort for pace in best.values())
    for tried in range(1, _ROUNDS):
        for numerics, reach in reaches.items():
            if best[numerics].effort < _HOPELESS * min(pace.effort for pace in best.values()):
                pace = _timed(reach, images)
                spent += pace.effort
                best[numerics] = _Pace(*map(min, best[numerics], pace))
        if tried > 1 and spent > _ENOUGH:
            break
    return best


def _timed(reach: Reach, images: Tensor) -> _Pace:
    began, used = time.perf_counter(), time.process_time()
    _step(reach, images)
    if images.is_cuda:
        torch.cuda.synchronize(images.device)
    seconds = time.perf_counter() - began
    return _Pace(seconds, seconds if images.is_cuda else time.process_time() - used)


def _step(reach: Reach, images: Tensor) -> None:
    inputs = images.clone().requires_grad_()
    channels, _, _ = maps_shape(reach.layer.shape)
    wanted = [row % channels for row in range(len(images))]
    torch.autograd.grad(reach.own(inputs, wanted).sum(), inputs)


def _bytes_of(device: torch.device) -> float:
    """Return how much memory a step may take."""
    if device.type != "cuda":
        return _CPU_BYTES
    _, total = torch.cuda.mem_get_info(device)
    return _SHARE_OF_MEMORY * total


def _images(network: Network, device: torch.device, count: int) -> Tensor:
    spec = network.input
    shape = (count, spec.channels, spec.height, spec.width)
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(device)
