"""Small networks whose true dataflow is known: in-place writes, views, reuse, odd outputs."""

from __future__ import annotations

import itertools

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from readings import edges
from torch import Tensor, nn

from cnnwalk.capture import capture, record
from cnnwalk.graph import Graph


def reaches(graph: Graph, source: str, target: str) -> bool:
    if source == target:
        return True
    return any(reaches(graph, edge.target, target) for edge in graph.edges if edge.source == source)


class Branches(nn.Module):
    """Two 1x1 convolutions, `a` and `b`, for the networks below."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(4, 4, 1)
        self.b = nn.Conv2d(4, 4, 1)
        self.last = nn.Conv2d(4, 2, 1)


class DiscardedAdd(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y.add_(self.b(x))
        F.relu_(y)
        return self.last(y)


class OutArgument(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.empty(1, 4, 8, 8)
        torch.add(self.a(x), self.b(x), out=y)
        return self.last(y)


class AugmentedAdd(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        kept = y
        y += self.b(x)
        return self.last(kept)


class WrittenThroughView(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        flat = y.flatten(1)
        flat += self.b(x).flatten(1)
        return self.last(y)


MODELS = [DiscardedAdd, OutArgument, AugmentedAdd, WrittenThroughView]


@pytest.mark.parametrize("granularity", ["ops", "modules", "layers"])
@pytest.mark.parametrize("build", MODELS)
def test_an_add_in_place_joins_both_branches(
    build, granularity, autograd_structure, graph_structure
):
    model, image = build().eval(), torch.rand(1, 4, 8, 8)
    graph = capture(model, image, granularity=granularity)

    [add] = [layer.id for layer in graph.layers if layer.kind == "add"]
    assert all(reaches(graph, before, add) for before in ("a", "b"))
    assert reaches(graph, add, "last")
    assert not any(reaches(graph, *pair) for pair in itertools.permutations("ab", 2))
    assert graph.warnings == ()
    if build not in {OutArgument, WrittenThroughView}:  # autograd refuses out=, hides view writes
        expected = autograd_structure(model, (image,))
        assert graph_structure(graph, model).nodes == expected.nodes


def test_writes_are_found_inside_inference_mode_too():
    model, image = AugmentedAdd().eval(), torch.rand(1, 4, 8, 8)
    with torch.inference_mode():
        assert capture(model, image * 1) == capture(model, image)


class Slices(Branches):
    def forward(self, x: Tensor) -> Tensor:
        canvas = torch.zeros(1, 4, 8, 8)
        canvas[:, :2] = self.a(x)[:, :2]
        canvas[:, 2:] = self.b(x)[:, 2:]
        return self.last(canvas)


class SlicesTakenBefore(Branches):
    """The views exist before either is written to."""

    def forward(self, x: Tensor) -> Tensor:
        canvas = x.new_zeros(1, 4, 8, 8)
        top, bottom = canvas.split(4, dim=2)
        top.copy_(self.a(x)[:, :, :4])
        bottom.copy_(self.b(x)[:, :, 4:])
        return self.last(canvas)


@pytest.mark.parametrize("build", [Slices, SlicesTakenBefore])
def test_writing_into_slices_joins_what_was_written(build):
    graph = capture(build().eval(), torch.rand(1, 4, 8, 8))
    assert reaches(graph, "a", "last")
    assert reaches(graph, "b", "last")
    assert not reaches(graph, "a", "b")
    assert graph.warnings == ()


class InterleavedHalves(Branches):
    """Halves of the width interleave in memory, but have no element in common."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        left, right = torch.zeros(1, 4, 8, 8).chunk(2, dim=3)
        left += self.a(x)[..., :4]
        right += self.b(x)[..., 4:]
        return self.last(left), right


def test_a_write_does_not_reach_a_view_without_a_common_element():
    graph = capture(InterleavedHalves().eval(), torch.rand(1, 4, 8, 8))
    assert reaches(graph, "a", "last")
    assert not reaches(graph, "b", "last")
    assert reaches(graph, "b", graph.outputs[1])
    assert not reaches(graph, "a", graph.outputs[1])


class Overwritten(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y.copy_(self.b(x))
        return self.last(y)


def test_what_is_overwritten_is_no_predecessor():
    graph = capture(Overwritten().eval(), torch.rand(1, 4, 8, 8))
    assert "a" not in {layer.id for layer in graph.layers}
    assert reaches(graph, "b", "last")


class Remembers(Branches):
    """Passes data through a buffer, read by a view made before recording."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("memory", torch.zeros(1, 4, 8, 8))
        self.view = self.memory[:, :, 2:]

    def forward(self, x: Tensor) -> Tensor:
        self.memory.copy_(self.a(x))
        return self.last(self.view)


def test_data_written_into_a_buffer_is_followed_through_views_of_it():
    graph = capture(Remembers().eval(), torch.rand(1, 4, 8, 8))
    assert reaches(graph, "a", "last")
    assert graph.warnings == ()


class Shifted(Branches):
    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.ones(1, 4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return 1 + (self.a(x) + self.bias) + torch.ones(1)


@pytest.mark.parametrize("granularity", ["ops", "modules", "layers"])
def test_adding_a_constant_or_a_parameter_is_no_join(granularity):
    graph = capture(Shifted().eval(), torch.rand(1, 4, 8, 8), granularity=granularity)
    assert [layer.kind for layer in graph.layers] == ["input", "conv", "other", "other", "other"]
    assert graph.layer("add").weights == ("bias",)


class OnlyShapes(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        mask = torch.zeros_like(self.b(x)) + 1
        return self.last(y * mask)


def test_what_only_lends_its_shape_is_no_predecessor():
    recording = record(OnlyShapes().eval(), torch.rand(1, 4, 8, 8))
    graph = recording.graph()
    assert "b" not in {layer.id for layer in graph.layers}
    assert reaches(graph, "a", "last")
    assert any("convolution" in warning for warning in graph.warnings)


class Reused(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.body = nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.body(self.conv(self.body(self.conv(x))))


def test_each_call_of_a_module_is_a_layer_and_each_call_of_a_group_a_block():
    graph = capture(Reused().eval(), torch.rand(1, 4, 8, 8))
    assert [layer.id for layer in graph.layers] == [
        "input",
        "conv",
        "body.0",
        "conv:1",
        "body.0:1",
    ]
    assert edges(graph) == set(
        itertools.pairwise(["input", "conv", "body.0", "conv:1", "body.0:1"])
    )
    assert [(block.id, block.path) for block in graph.blocks] == [
        ("body", "body"),
        ("body:1", "body"),
    ]
    assert {layer.weights for layer in graph.layers if layer.path == "conv"} == {
        ("conv.weight", "conv.bias")
    }


class SharedWeight(Branches):
    """Views of one weight are used twice: the second use must not depend on the first."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first = F.linear(self.a(x).mean((2, 3)), self.last.weight.flatten(1))
        second = F.linear(self.b(x).mean((2, 3)), self.last.weight.flatten(1))
        return first, second


def test_views_of_a_shared_weight_make_no_edges():
    graph = capture(SharedWeight().eval(), torch.rand(1, 4, 8, 8))
    first, second = graph.outputs
    assert reaches(graph, "a", first)
    assert not reaches(graph, "a", second)
    assert all(graph.layer(output).weights == ("last.weight",) for output in graph.outputs)
    assert all(graph.layer(output).parameters == 8 for output in graph.outputs)
    assert {layer.label for layer in graph.layers if layer.kind == "pool"} == {"avg pool"}


class Chunks(Branches):
    def forward(self, x: Tensor) -> Tensor:
        left, right = self.a(x).chunk(2, dim=1)
        return torch.cat([left, right.sigmoid()], 1)


@pytest.mark.parametrize("granularity", ["ops", "modules", "layers"])
def test_each_part_of_a_split_is_a_layer(granularity):
    graph = capture(Chunks().eval(), torch.rand(1, 4, 8, 8), granularity=granularity)
    assert [layer.id for layer in graph.layers if layer.kind == "split"] == ["chunk-0", "chunk-1"]
    assert [layer.label for layer in graph.layers if layer.kind == "split"] == [
        "chunk 1/2",
        "chunk 2/2",
    ]
    assert edges(graph) == {
        ("input", "a"),
        ("a", "chunk-0"),
        ("a", "chunk-1"),
        ("chunk-1", "sigmoid"),
        ("chunk-0", "cat"),
        ("sigmoid", "cat"),
    }
    assert graph.layer("cat").label == "cat 2+2"


class ExternalWeight(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.kernels = [torch.ones(6, 3, 3, 3)]
        self.hidden = [nn.Conv2d(6, 6, 3, groups=2, dilation=2, bias=False)]

    def forward(self, x: Tensor) -> Tensor:
        return self.hidden[0](F.conv2d(x, self.kernels[0], stride=2))


def test_convolutions_without_registered_weights_are_layers():
    graph = capture(ExternalWeight().eval(), torch.rand(1, 3, 32, 32))
    assert [(layer.id, layer.label, layer.path) for layer in graph.layers] == [
        ("input", "input", None),
        ("conv2d", "3x3 conv, 6, /2", None),
        ("conv2d.1", "3x3 conv, 6, g2, d2", None),
    ]
    assert [layer.parameters for layer in graph.layers] == [0, 0, 0]


class StandardisedWeight(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        mean = self.weight.mean((1, 2, 3), keepdim=True)
        return F.conv2d(x, self.weight - mean, self.bias)


def test_operations_on_parameters_alone_fold_into_their_reader():
    graph = capture(nn.Sequential(StandardisedWeight(3, 5, 3)), torch.rand(1, 3, 8, 8))
    assert [layer.id for layer in graph.layers] == ["input", "0"]
    assert graph.layer("0").weights == ("0.weight", "0.bias")
    assert graph.layer("0").parameters == 5 * 3 * 9 + 5


class Heads(Branches):
    def forward(self, x: Tensor, y: Tensor) -> dict[str, object]:
        a, b = self.a(x), self.b(y)
        self.last(a)  # reaches no output
        return {"maps": [a, {"sum": a + b}], "flat": b.flatten(1), "count": 3}


def test_outputs_in_nested_containers_and_several_inputs():
    graph = capture(Heads().eval(), (torch.rand(1, 4, 8, 8), torch.rand(1, 4, 8, 8)))
    assert graph.inputs == ("input", "input.1")
    assert graph.outputs == ("a", "add", "b")
    assert edges(graph) == {("input", "a"), ("input.1", "b"), ("a", "add"), ("b", "add")}
    assert any("1 of 3 convolutions" in warning for warning in graph.warnings)
