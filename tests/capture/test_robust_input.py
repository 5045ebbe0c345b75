"""Example inputs of any nesting, inputs that do not fit, and passes that end early."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from readings import edges
from torch import Tensor, nn

from cnnwalk.capture import CaptureError, capture, observe, record
from cnnwalk.graph import Layer


@dataclasses.dataclass
class Pair:
    left: Tensor
    right: Tensor


class Nested(nn.Module):
    """Takes tensors from everywhere, changes each, and keeps its hands on the containers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, first: Tensor, more: dict[str, object], *, scale: float, late: Tensor):
        pair, [deep] = more.pop("pair"), more["deep"]
        parts = [first, pair.left, pair.right, deep, late]
        for part in parts:
            part.mul_(scale)
        return {"sum": sum(parts), "conv": self.conv(first)}


def test_tensors_are_found_wherever_they_stand():
    images = [torch.rand(1, 3, 4, 4) for _ in range(5)]
    kept = [image.clone() for image in images]
    more = {"pair": Pair(images[1], images[2]), "deep": [images[3]], "flag": True}
    example = (images[0], more)
    named = {"scale": 2.0, "late": images[4]}

    model = Nested()
    graph = capture(model, example, named)
    shown: dict[str, Tensor] = {}

    def keep(layer: Layer, tensor: Tensor) -> None:
        shown[layer.id] = tensor.clone()

    result = observe(model, example, graph, keep, kwargs=named)

    inputs = [graph.layer(identity) for identity in graph.inputs]
    assert [layer.label for layer in inputs] == [
        "input 1",
        "input left",
        "input right",
        "input deep",
        "input late",
    ]
    assert all(
        torch.equal(shown[layer.id], image) for layer, image in zip(inputs, kept, strict=True)
    )
    assert torch.allclose(result["sum"], 2 * sum(kept))
    assert all(torch.equal(image, was) for image, was in zip(images, kept, strict=True))
    assert set(more) == {"pair", "deep", "flag"}
    assert len([layer for layer in graph.layers if layer.kind == "mul"]) == 5


class Images(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, images: list[Tensor]) -> Tensor:
        return self.conv(torch.stack(images))


def test_a_list_is_one_argument_and_its_images_need_no_batch_axis():
    image = torch.rand(3, 8, 6)
    graph = capture(Images(), [image, image * 2])
    assert [layer.shape for layer in graph.layers] == [
        (3, 8, 6),
        (3, 8, 6),
        (2, 3, 8, 6)[1:],
        (4, 8, 6),
    ]
    shown: dict[str, Tensor] = {}
    observe(Images(), [image, image * 2], graph, lambda layer, t: shown.update({layer.id: t}))
    assert torch.equal(shown["input"], image[None])


def test_one_tensor_in_two_places_is_one_input():
    class Same(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            assert x is y
            return x + y

    image = torch.rand(1, 3, 4, 4)
    assert capture(Same(), (image, image)).inputs == ("input",)


class Breaks(nn.Module):
    """Two branches, of which the second raises."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.left = nn.Conv2d(4, 4, 1)
        self.right = nn.Sequential(nn.Conv2d(4, 6, 1), nn.Conv2d(5, 2, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        return self.left(x).relu() + self.right(x)


def test_a_pass_that_raises_gives_the_part_that_ran():
    model, image = Breaks(), torch.rand(1, 3, 8, 8)
    recording = record(model, image)
    graph = recording.graph()

    assert [layer.id for layer in graph.layers] == ["input", "stem", "left", "right.0"]
    assert edges(graph) == {("input", "stem"), ("stem", "left"), ("stem", "right.0")}
    assert graph.outputs == ("left", "right.0")
    [warning] = graph.warnings
    assert "failed at conv2d in right.1 (Conv2d): RuntimeError" in warning
    assert "5 channels" in warning

    shown: list[str] = []
    with pytest.raises(CaptureError, match=r"after layer right\.0.*5 channels"):
        observe(model, image, graph, lambda layer, _: shown.append(layer.id))
    assert shown == [layer.id for layer in graph.layers]


def test_the_place_of_a_failure_is_told_past_the_hooks():
    class Inner(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise KeyError("lost")

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Inner()

        def forward(self, x: Tensor) -> Tensor:
            try:
                self.swallowed(x)
            except RuntimeError:
                return self.inner.forward(x.relu())

        def swallowed(self, x: Tensor) -> None:
            x.view(7, 7, 7)

    assert record(Outer(), torch.rand(1, 3, 4, 4)).failure == "in inner (Inner): KeyError: 'lost'"


class Gives(nn.Module):
    def __init__(self, result: object) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.result = result

    def forward(self, x: Tensor) -> object:
        return self.result


IMAGE = torch.rand(1, 3, 8, 8)


@pytest.mark.parametrize(
    ("model", "example", "message"),
    [
        (Gives(None), IMAGE, "returned None without a tensor"),
        (Gives({"n": 3}), IMAGE, "returned dict without a tensor"),
        (Gives(torch.ones(1)), IMAGE, "Nothing that Gives computes depends on its input"),
        (nn.Conv2d(3, 4, 3), torch.rand(1, 5, 8, 8), "at conv2d in Conv2d.*5 channels"),
        (nn.Linear(3, 4), torch.rand(1, 5), "at linear in Linear"),
        (
            nn.Conv2d(3, 4, 3),
            torch.zeros(1, 3, 8, 8, dtype=torch.uint8),
            "is of type torch.uint8, the network of type torch.float32",
        ),
        (
            nn.Conv2d(3, 4, 3).half(),
            IMAGE,
            "is of type torch.float32, the network of type torch.float16",
        ),
        (nn.Conv2d(3, 4, 3, device="meta"), IMAGE, "is on cpu, the network on meta"),
        (nn.Conv2d(3, 4, 3), IMAGE.to("meta"), "is on meta, the network on cpu"),
        (nn.Conv2d, IMAGE, r"Conv2d is a class: .*Conv2d\(\.\.\.\)"),
        (torch.relu, IMAGE, "give a torch.nn.Module"),
        (nn.Conv2d(3, 4, 3), "cat.jpg", "'cat.jpg' of type str and holds no tensor"),
        (nn.Conv2d(3, 4, 3), (), "holds no tensor"),
        (nn.Conv2d(3, 4, 3), (IMAGE, IMAGE), "TypeError.*positional argument"),
    ],
)
def test_what_cannot_be_recorded_says_why(model, example, message):
    with pytest.raises(CaptureError, match=message):
        capture(model, example)
