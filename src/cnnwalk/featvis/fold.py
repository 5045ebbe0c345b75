"""Work norms into the convolutions before them.

In evaluation mode a batch norm is a factor and a term for each channel, which the weights of the
convolution before it can take in: the same mathematics, and the norm costs nothing any more.
"""

from __future__ import annotations

import bisect
import dataclasses
import threading
import weakref
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.fusion import fuse_conv_bn_weights

from cnnwalk.capture import CaptureError, Recording, observe, record
from cnnwalk.capture.operation import Operation
from cnnwalk.featvis.copying import frozen_copy
from cnnwalk.graph import Graph, Layer, Probe
from cnnwalk.networks import Network

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_NOTHING_ELSE = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
"""Norms that do nothing but normalize."""

_SAMPLE = 4096
_TOLERANCE = 1e-3
"""By what share of its length a layer's activation may change. Rounding changes it by 1e-6."""

_Known = dict[tuple[str, ...], "tuple[Pair, ...]"]
_known: weakref.WeakKeyDictionary[Network, _Known] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


class Pair(NamedTuple):
    """A convolution and the norm that alone reads what it makes.

    Attributes:
        conv: dotted path of the convolution.
        norm: of the norm.
        conv_op: number of the convolution's operation, as in `Probe.op`.
        norm_op: of the norm's.
    """

    conv: str
    norm: str
    conv_op: int
    norm_op: int


def find_pairs(network: Network, graph: Graph) -> tuple[Pair, ...]:
    """Return what can be folded; none where that would change what the network computes.

    A copy is folded and run, to see that all layers keep their activations. Remembered.

    Args:
        network: in evaluation mode; its own module is not touched.
        graph: of the network.
    """
    with _lock:
        known = _known.setdefault(network, {})
        if graph.operations not in known:
            known[graph.operations] = _find_pairs(network, graph)
        return known[graph.operations]


def fold(module: nn.Module, pairs: Collection[Pair]) -> None:
    """Work the norms of `pairs` into their convolutions, in the module itself.

    Of a norm that ends in an activation function (timm's) that stays.
    """
    for pair in pairs:
        conv, norm = module.get_submodule(pair.conv), module.get_submodule(pair.norm)
        if not isinstance(conv, _CONVOLUTIONS) or not isinstance(norm, _BatchNorm):
            raise TypeError(f"{pair.conv} and {pair.norm} are no convolution and its norm.")
        if norm.running_mean is None or norm.running_var is None:
            raise TypeError(f"{pair.norm} keeps no statistics.")
        conv.weight, conv.bias = fuse_conv_bn_weights(
            conv.weight,
            conv.bias,
            norm.running_mean,
            norm.running_var,
            norm.eps,
            norm.weight,
            norm.bias,
        )
        conv.requires_grad_(False)
        parent, _, name = pair.norm.rpartition(".")
        setattr(module.get_submodule(parent), name, _rest(norm))


def without_norms(graph: Graph, pairs: Collection[Pair]) -> Graph:
    """Return the graph of the network after `fold`: without the operations of the norms.

    A layer that was read at a norm is read at its convolution.
    """
    gone = sorted(pair.norm_op for pair in pairs)
    conv_of = {pair.norm_op: pair.conv_op for pair in pairs}
    paths = {pair.conv_op: pair.conv for pair in pairs}

    def moved(probe: Probe) -> Probe:
        op = conv_of.get(probe.op, probe.op)
        return Probe(op - bisect.bisect_left(gone, op), probe.output)

    return dataclasses.replace(
        graph,
        layers=tuple(
            dataclasses.replace(layer, probe=moved(layer.probe)) for layer in graph.layers
        ),
        operations=tuple(
            _with_bias(signature, paths[op]) if op in paths else signature
            for op, signature in enumerate(graph.operations)
            if op not in conv_of
        ),
    )


def _with_bias(signature: str, conv: str) -> str:
    """Return the signature of a convolution that has a bias now, if it had none before."""
    bias = f"{conv}.bias"
    return signature if bias in signature else f"{signature[:-1]}, {bias})"


def _find_pairs(network: Network, graph: Graph) -> tuple[Pair, ...]:
    example = network.example_input()
    noise = torch.randn(example.shape, generator=torch.Generator().manual_seed(0)).to(example)
    arguments = network.arguments(noise)
    module = frozen_copy(network.module, example.device)
    try:
        recording = record(module, arguments)
        if tuple(each.signature for each in recording.operations) != graph.operations:
            return ()
        pairs = tuple(_pairs(recording, module))
        before = _samples(module, arguments, graph)
        fold(module, pairs)
        after = _samples(module, arguments, without_norms(graph, pairs))
    except CaptureError:  # it takes other ways when it is folded, or with each image
        return ()
    inside = {pair.conv_op for pair in pairs}
    compared = [layer.id for layer in graph.layers if layer.probe.op not in inside]
    return pairs if all(_alike(before[each], after[each]) for each in compared) else ()


def _pairs(recording: Recording, module: nn.Module) -> Sequence[Pair]:
    """Return the convolutions that go to a norm and to nothing else, each called once."""
    operations = recording.operations
    readers: dict[int, list[Operation]] = {}
    for operation in operations:
        for value in operation.inputs:
            readers.setdefault(value.operation, []).append(operation)
    kept = {value.operation for values in recording.outputs for value in values}
    calls = Counter(call.path for call in recording.calls)
    used = Counter(name for operation in operations for name in operation.parameters)
    pairs = []
    for conv in operations:
        following = readers.get(conv.index, [])
        if len(following) != 1 or conv.index in kept:
            continue
        paths = [_path(recording, each) for each in (conv, following[0])]
        once = all(calls[path] == 1 for path in paths)
        pair = Pair(paths[0] or "", paths[1] or "", conv.index, following[0].index)
        if once and used[f"{pair.conv}.weight"] == 1 and _fits(conv, following[0], pair, module):
            pairs.append(pair)
    return pairs


def _path(recording: Recording, operation: Operation) -> str | None:
    return None if operation.call is None else recording.calls[operation.call].path


def _fits(conv: Operation, norm: Operation, pair: Pair, module: nn.Module) -> bool:
    if not pair.conv or not pair.norm or norm.function != "batch_norm":
        return False
    first, second = module.get_submodule(pair.conv), module.get_submodule(pair.norm)
    if not isinstance(first, _CONVOLUTIONS) or not isinstance(second, _BatchNorm):
        return False
    # A weight that is computed in the pass (weight standardisation) is no parameter it reads.
    reads_weight = conv.kind == "conv" and f"{pair.conv}.weight" in conv.parameters
    hooks = any(vars(part)["_forward_hooks"] for part in (first, second))
    return reads_weight and not hooks and second.running_mean is not None and _known_norm(second)


def _known_norm(norm: _BatchNorm) -> bool:
    own = (getattr(norm, name, None) for name in ("drop", "act"))
    return type(norm) in _NOTHING_ELSE or all(isinstance(part, nn.Module) for part in own)


def _rest(norm: _BatchNorm) -> nn.Module:
    """Return what a norm does after it has normalized."""
    if type(norm) in _NOTHING_ELSE:
        return nn.Identity()
    return nn.Sequential(norm.get_submodule("drop"), norm.get_submodule("act"))


def _samples(module: nn.Module, arguments: tuple[object, ...], graph: Graph) -> dict[str, Tensor]:
    """Return values out of each layer's activation, by the layer's id."""
    found: dict[str, Tensor] = {}

    def keep(layer: Layer, activation: Tensor) -> None:
        values = activation.detach().flatten()
        found[layer.id] = values[:: 1 + len(values) // _SAMPLE].clone()

    observe(module, arguments, graph, keep)
    return found


def _alike(before: Tensor, after: Tensor) -> bool:
    difference = before.to(torch.complex128) - after.to(torch.complex128)
    return bool(difference.norm() <= _TOLERANCE * before.to(torch.complex128).norm())
