"""Real architectures against the oracle: convolutions, concatenations, adds, outputs."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import timm
import torch
import torchvision
from torch import Tensor, nn

from cnnwalk.capture import Recording, record
from cnnwalk.collapse import blocks_at, collapse, main_blocks
from cnnwalk.graph import KINDS, Graph

# name: (input side in px, convolutions, concatenations, add joins), counted in the papers' figures
# and torchvision's sources; the oracle compares where they lead.
NETWORKS = {
    "tf_efficientnet_lite0": (64, 49, 0, 9),
    "alexnet": (64, 5, 0, 0),
    "vgg16": (32, 13, 0, 0),
    "squeezenet1_1": (64, 26, 8, 0),
    "googlenet": (64, 57, 9, 0),
    "inception_v3": (80, 94, 15, 0),
    "inception_v3 with transform_input": (80, 94, 16, 0),
    "resnet18": (64, 20, 0, 8),
    "resnet50": (64, 53, 0, 16),
    "densenet121": (64, 120, 62, 0),
    "mobilenet_v3_large": (64, 62, 0, 10),
    "efficientnet_b0": (64, 81, 0, 9),
}

RETURN_THEIR_INPUT = (nn.Identity, torchvision.ops.StochasticDepth)
"""Modules that call no torch function in evaluation mode."""


@dataclasses.dataclass
class Case:
    name: str
    model: nn.Module
    image: Tensor
    recording: Recording


def build(name: str) -> nn.Module:
    """Return the architecture with constant weights; memory is not even touched for most."""
    options: dict[str, Any] = {}
    name, _, option = name.partition(" with ")
    if name in {"googlenet", "inception_v3"}:
        options = {"init_weights": False, "transform_input": bool(option)}
    with torch.device("meta"):
        if name.startswith("tf_"):
            model = timm.create_model(name)
        else:
            model = torchvision.models.get_model(name, weights=None, **options)
    model = model.to_empty(device="cpu").eval()
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            tensor.fill_(1) if tensor.dtype.is_floating_point else tensor.zero_()
    return model


@pytest.fixture(scope="module", params=NETWORKS)
def case(request) -> Case:
    model = build(request.param)
    side = NETWORKS[request.param][0]
    image = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    return Case(request.param, model, image, record(model, image))


@pytest.mark.parametrize("granularity", ["ops", "modules", "layers"])
def test_the_graph_is_autograds(case, granularity, autograd_structure, graph_structure):
    _, convolutions, concatenations, adds = NETWORKS[case.name]
    expected = autograd_structure(case.model, (case.image,))
    graph = case.recording.graph(granularity)
    found = graph_structure(graph, case.model)

    assert (found.count("conv"), found.count("cat"), found.count("add")) == (
        convolutions,
        concatenations,
        adds,
    )
    assert found.convolutions == expected.convolutions
    assert found.nodes == expected.nodes
    assert found.outputs == expected.outputs
    assert graph.warnings == ()


@pytest.mark.parametrize("granularity", ["ops", "modules", "layers"])
def test_the_graph_is_sound(case, granularity):
    graph = case.recording.graph(granularity)
    ids = [layer.id for layer in graph.layers]
    position = {identity: number for number, identity in enumerate(ids)}
    blocks = {block.id: block for block in graph.blocks}

    assert len(position) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9._:-]+", identity) for identity in [*ids, *blocks])
    assert all(position[edge.source] < position[edge.target] for edge in graph.edges)
    assert len({(edge.source, edge.target) for edge in graph.edges}) == len(graph.edges)
    targets = {edge.target for edge in graph.edges}
    sources = {edge.source for edge in graph.edges}
    assert set(ids) - targets == set(graph.inputs)
    assert set(ids) - sources == set(graph.outputs)
    assert all(layer.kind in KINDS for layer in graph.layers)
    held = {layer.block for layer in graph.layers if layer.block}
    around = set(held)
    while around:
        around = {parent for name in around if (parent := blocks[name].parent) is not None}
        held |= around
    assert held == set(blocks)
    modules = dict(case.model.named_modules())
    assert all(block.label == type(modules[block.path]).__name__ for block in graph.blocks)


@pytest.mark.parametrize("granularity", ["ops", "modules", "layers"])
def test_every_parameter_that_runs_belongs_to_a_layer(case, granularity):
    graph = case.recording.graph(granularity)
    sizes = {name: parameter.numel() for name, parameter in case.model.named_parameters()}
    named = {name for layer in graph.layers for name in layer.weights}

    unused = {name for name in sizes if name.startswith(("AuxLogits", "aux1", "aux2"))}
    assert named == sizes.keys() - unused
    assert sum(layer.parameters for layer in graph.layers) == sum(sizes[name] for name in named)


def test_recording_twice_gives_the_same_graph(case):
    assert record(case.model, case.image).graph() == case.recording.graph()


def test_ops_hides_nothing(case):
    graph = case.recording.graph("ops")
    ran = {layer.path for layer in graph.layers}
    hooked: list[str] = []
    handles = [
        module.register_forward_hook(lambda *_, path=path: hooked.append(path))
        for path, module in case.model.named_modules()
        if not list(module.children()) and not isinstance(module, RETURN_THEIR_INPUT)
    ]
    with torch.no_grad():
        case.model(case.image)
    for handle in handles:
        handle.remove()
    assert set(hooked) <= ran


def _reachable(adjacent: np.ndarray) -> np.ndarray:
    """Return which node leads to which, itself included."""
    reached = adjacent | np.eye(len(adjacent), dtype=bool)
    while not np.array_equal(further := reached @ reached, reached):
        reached = further
    return reached


def _adjacent(graph: Graph) -> np.ndarray:
    place = {layer.id: number for number, layer in enumerate(graph.layers)}
    adjacent = np.zeros((len(place), len(place)), dtype=bool)
    for edge in graph.edges:
        adjacent[place[edge.source], place[edge.target]] = True
    return adjacent


def _choices(graph: Graph) -> Iterator[tuple[str, ...]]:
    yield main_blocks(graph)
    yield from (blocks_at(graph, depth) for depth in range(4))
    chance = np.random.default_rng(0)
    names = [block.id for block in graph.blocks]
    for _ in range(3):
        yield tuple(str(name) for name in chance.permutation(names)[: len(names) // 3])


def test_a_collapsed_graph_is_the_graph_without_what_vanished(case):
    graph = case.recording.graph("layers")
    adjacent = _adjacent(graph)
    place = {layer.id: number for number, layer in enumerate(graph.layers)}
    for blocks in _choices(graph):
        collapsed = collapse(graph, blocks)
        kept = [place[layer.id] for layer in collapsed.layers]
        gone = [number for number in place.values() if number not in set(kept)]
        # Through what vanished, a vertex of the collapsed graph leads to another one.
        through = _reachable(adjacent[np.ix_(gone, gone)])
        past = adjacent[np.ix_(kept, gone)] @ through @ adjacent[np.ix_(gone, kept)]

        assert kept == sorted(kept)
        assert np.array_equal(_adjacent(collapsed), adjacent[np.ix_(kept, kept)] | past)
        assert not np.any(np.tril(_adjacent(collapsed))), "points backward"
        assert collapsed.inputs == graph.inputs
        assert collapsed.outputs == graph.outputs
        shown = [(layer.probe, layer.shape) for layer in collapsed.layers]
        assert shown == [(graph.layers[n].probe, graph.layers[n].shape) for n in kept]
        total = sum(layer.parameters for layer in graph.layers)
        assert sum(layer.parameters for layer in collapsed.layers) == total


def test_collapsed_to_depth_0_one_layer_stands_for_each_block_at_the_top(case):
    graph = case.recording.graph("layers")
    collapsed = collapse(graph, blocks_at(graph, 0))
    parents = {block.id: block.parent for block in graph.blocks}

    def top(block):
        return block if parents[block] is None else top(parents[block])

    held = Counter(top(layer.block) for layer in graph.layers if layer.block)
    expected = sum(layer.block is None for layer in graph.layers) + len(held)
    assert len(collapsed.layers) == expected
    shown = {layer.collapsed for layer in collapsed.layers} - {None}
    assert shown == {block for block, count in held.items() if count > 1}
