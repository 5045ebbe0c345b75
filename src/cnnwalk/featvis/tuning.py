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

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.fold import find_pairs
from cnnwalk.featvis.numerics import EXACT, Numerics, Precision
from cnnwalk.featvis.reach import NetworkCopy, Reach
from cnnwalk.graph import Graph
from cnnwalk.networks import Network

_STEP_SECONDS = 0.25
"""How long a step may take on the CPU: an image that is inserted waits for it."""

_CPU_BYTES = 2**30
"""What a step may take of the CPU's memory, which holds the walk, too."""

_SHARE_OF_FREE = 0.5
"""What a step may take of another device's free memory."""

_TRIED = {"cpu": 1, "cuda": 16}
"""With how many pictures is measured: a graphics card is not busy with a few."""

_ROUNDS = 4
_ENOUGH_SECONDS = 1.0
"""How often each kind of numbers is tried at most, and after what time no more."""

_HOPELESS = 2.0
"""How many times slower than the best at its first try is not tried again."""

_LAYOUT_GAIN = 1.1
_BITS_GAIN = 1.3
"""How much faster another order in memory, and half of the bits, must be to be worth it."""

_remembered: dict[tuple[object, ...], Plan] = {}
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


def plan(  # noqa: PLR0913 - all but the first three by name
    network: Network,
    graph: Graph,
    layer_id: str,
    *,
    precision: Precision,
    device: torch.device,
    largest: int,
) -> Plan:
    """Measure a few steps, and return how a layer's pictures are made; remembered.

    A step on the CPU takes about a quarter of a second at most; on another device a batch is as
    large as its free memory allows.

    Args:
        network: whose pictures.
        graph: of the network.
        layer_id: of a layer of the graph.
        precision: ``float32`` for the network as it is. ``auto`` may fold norms and order memory
            otherwise where that is faster, and take half of the bits where that is much faster.
        device: where they are made.
        largest: the most pictures at a time.

    Raises:
        FeatureVisualizationError: as `NetworkCopy.reach`.
    """
    key = (network.id, graph.operations, layer_id, precision, device, largest)
    with _lock:  # so that no two measure at once
        if key not in _remembered:
            kinds = _kinds(network, graph, device) if precision == "auto" else [EXACT]
            reaches = _reaches(network, graph, device, layer_id, kinds)
            images = _images(network, device, min(largest, _TRIED.get(device.type, 1)))
            _remembered[key] = _measure(reaches, images, largest)
        return _remembered[key]


def _measure(reaches: Mapping[Numerics, Reach], images: Tensor, largest: int) -> Plan:
    on_cpu = images.device.type == "cpu"
    paces = _race(reaches, images)
    chosen = _choose({numerics: pace.effort for numerics, pace in paces.items()})
    at_once = float(largest)
    if on_cpu:
        at_once = min(at_once, _STEP_SECONDS * len(images) / paces[chosen].seconds)
    # Gradients on their way back take about as much again as what is kept for them.
    share = 2 * _bytes_of_one(reaches[chosen], images[:1])
    at_once = min(at_once, _free_bytes(images.device) / max(1, share))
    # A power of two: most of what other work does to the measurement does not show in it.
    return Plan(chosen, 2 ** int(math.log2(max(1.0, at_once))))


def _kinds(network: Network, graph: Graph, device: torch.device) -> list[Numerics]:
    """Return what may be chosen, that with the fewest changes first."""
    folded = bool(find_pairs(network, graph))
    kinds = [Numerics(folded=folded), Numerics(folded=folded, channels_last=True)]
    if network.example_input().dtype == torch.float32 and _computes_with_half(device):
        kinds += [dataclasses.replace(each, dtype="bfloat16") for each in kinds]
    return kinds


def _reaches(
    network: Network, graph: Graph, device: torch.device, layer_id: str, kinds: Sequence[Numerics]
) -> dict[Numerics, Reach]:
    """Return a layer as a function, with each of the kinds of numbers that the network bears.

    Code may ask for values in their usual order (`Tensor.view`) or with all of their bits, and a
    script shows other operations when torch casts in it; the first kind is what has to do.
    """
    first, *others = kinds
    reaches = {first: NetworkCopy(network, graph, device, first).reach(layer_id)}
    for numerics in others:
        with contextlib.suppress(FeatureVisualizationError):
            reaches[numerics] = NetworkCopy(network, graph, device, numerics).reach(layer_id)
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
    started = time.perf_counter()
    best = {numerics: _timed(reach, images) for numerics, reach in reaches.items()}
    for tried in range(1, _ROUNDS):
        for numerics, reach in reaches.items():
            if best[numerics].effort < _HOPELESS * min(pace.effort for pace in best.values()):
                best[numerics] = _Pace(*map(min, best[numerics], _timed(reach, images)))
        if tried > 1 and time.perf_counter() - started > _ENOUGH_SECONDS:
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
    torch.autograd.grad(reach(inputs).sum(), inputs)


def _bytes_of_one(reach: Reach, image: Tensor) -> int:
    """Return how many bytes each further picture makes autograd keep for the way back."""
    one, two = (_saved_bytes(reach, image.repeat(count, 1, 1, 1)) for count in (1, 2))
    return two - one


def _saved_bytes(reach: Reach, images: Tensor) -> int:
    """Return how many bytes autograd keeps for the way back."""
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        maps = reach(images.clone().requires_grad_())
        del maps
    return sum(kept.values())


def _free_bytes(device: torch.device) -> float:
    if device.type != "cuda":
        return _CPU_BYTES
    free, _ = torch.cuda.mem_get_info(device)
    return _SHARE_OF_FREE * free


def _images(network: Network, device: torch.device, count: int) -> Tensor:
    spec = network.input
    shape = (count, spec.channels, spec.height, spec.width)
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(device)
