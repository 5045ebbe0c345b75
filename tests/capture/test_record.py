"""Recording leaves the model as it was, and says what it cannot follow."""

from __future__ import annotations

import threading
import warnings

import pytest
import torch
from torch import Tensor, nn

from cnnwalk.capture import CaptureError, capture, observe, record


class Counting(nn.Module):
    """Has every kind of state: modes, buffers that a forward pass writes, randomness."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout()
        self.register_buffer("calls", torch.zeros(()))
        self.register_buffer("replaced", torch.zeros(2))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.replaced = torch.rand(2)
        x.mul_(2)
        return self.drop(self.norm(self.conv(x)))


def test_the_model_and_the_input_stay_as_they_were():
    model = Counting().train()
    model.norm.eval()
    image = torch.rand(2, 3, 8, 8)
    kept_image = image.clone()
    kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    modes = {name: module.training for name, module in model.named_modules()}
    random_state = torch.get_rng_state()

    graph = record(model, image).graph()
    observe(model, image, graph, lambda layer, tensor: None)

    assert {name: module.training for name, module in model.named_modules()} == modes
    assert all(torch.equal(tensor, kept[name]) for name, tensor in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), random_state)
    assert torch.equal(image, kept_image)
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert torch.is_grad_enabled()


def test_the_state_is_restored_after_a_failure_too():
    class Fails(Counting):
        def forward(self, x: Tensor) -> Tensor:
            super().forward(x)
            raise ValueError("no 7 here")

    model = Fails().train()
    recording = record(model, torch.rand(1, 3, 8, 8))
    assert recording.failure == "in Fails: ValueError: no 7 here"
    assert model.training
    assert model.calls == 0


def test_an_input_that_does_not_fit_is_a_capture_error():
    with pytest.raises(CaptureError, match="channels"):
        record(nn.Conv2d(3, 4, 3), torch.rand(1, 5, 8, 8))


def test_a_network_without_a_tensor_in_its_output_is_an_error():
    class Shape(nn.Module):
        def forward(self, x: Tensor) -> int:
            return len(x)

    with pytest.raises(CaptureError, match="returned int"):
        record(Shape(), torch.rand(1, 3, 8, 8))


def test_an_unknown_granularity_names_the_known_ones():
    recording = record(nn.Conv2d(3, 4, 3), torch.rand(1, 3, 8, 8))
    with pytest.raises(ValueError, match=r"'pixels'.*ops, modules, layers"):
        recording.graph("pixels")


def test_data_that_leaves_torch_is_a_warning():
    class ThroughNumpy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, x: Tensor) -> Tensor:
            return torch.from_numpy(self.conv(x).numpy() * 2)

    graph = capture(ThroughNumpy(), torch.rand(1, 3, 8, 8))
    assert any("numpy()" in warning for warning in graph.warnings)
    assert any("No output is connected" in warning for warning in graph.warnings)
    assert [layer.id for layer in graph.layers][:2] == ["input", "conv"]


@torch.overrides.wrap_torch_function(lambda x, weight: (x, weight))
def conv_twice(x: Tensor, weight: Tensor) -> Tensor:
    return torch.conv2d(torch.conv2d(x, weight), weight)


class Composite(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        return conv_twice(self.conv(x), self.conv.weight)


def test_convolutions_inside_one_operation_are_a_warning():
    graph = capture(Composite(), torch.rand(1, 3, 8, 8))
    assert [(layer.id, layer.kind) for layer in graph.layers] == [
        ("input", "input"),
        ("conv", "conv"),
        ("conv_twice", "other"),
    ]
    [warning] = graph.warnings
    assert "2 of 3 convolutions" in warning


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor) -> Tensor:
        return torch.conv2d(torch.conv2d(x, weight), weight)


class Custom(Composite):
    def forward(self, x: Tensor) -> Tensor:
        return Twice.apply(self.conv(x), self.conv.weight)


def test_the_inside_of_a_custom_function_is_recorded():
    graph = capture(Custom(), torch.rand(1, 3, 8, 8))
    assert [layer.kind for layer in graph.layers] == ["input", "conv", "conv", "conv"]
    assert len(graph.edges) == 3
    assert graph.warnings == ()


def test_scripted_parts_are_recorded_and_said():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        inner = torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval())
    model = nn.Sequential(inner, nn.Conv2d(4, 2, 1)).eval()
    image = torch.rand(1, 3, 8, 8)

    graph = capture(model, image, granularity="ops")

    assert [layer.kind for layer in graph.layers] == ["input", "conv", "activation", "conv"]
    assert len(graph.edges) == 3
    assert any("scripted" in warning for warning in graph.warnings)
    seen: dict[str, Tensor] = {}
    result = observe(model, image, graph, lambda layer, t: seen.update({layer.id: t.clone()}))
    with torch.no_grad():
        hidden = inner(image)
        assert torch.equal(result, model(image))
    assert torch.equal(seen[graph.layers[2].id], hidden)


def test_wrappers_are_looked_through():
    model = nn.Sequential(nn.Conv2d(3, 4, 3))
    image = torch.rand(1, 3, 8, 8)
    assert capture(nn.DataParallel(model), image, name="net") == capture(model, image, name="net")


class Waits(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inside, self.leave = threading.Event(), threading.Event()

    def forward(self, x: Tensor) -> Tensor:
        self.inside.set()
        assert self.leave.wait(30)
        return x * 2


class BesideAnotherThread(nn.Module):
    """While its own operation runs, another thread is inside one of its modules."""

    def __init__(self) -> None:
        super().__init__()
        self.other = Waits()

    def forward(self, x: Tensor) -> Tensor:
        thread = threading.Thread(target=self.other, args=(x,))
        thread.start()
        assert self.other.inside.wait(30)
        y = x.relu()
        self.other.leave.set()
        thread.join()
        return y


def test_another_threads_modules_and_operations_are_not_recorded():
    graph = capture(BesideAnotherThread(), torch.rand(1, 3, 8, 8))
    assert [layer.id for layer in graph.layers] == ["input", "relu"]
