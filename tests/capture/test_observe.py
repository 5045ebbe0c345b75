"""Observed activations against plain forward hooks and independent computation."""

from __future__ import annotations

import threading

import pytest
import torch
import torchvision
from torch import Tensor, nn

from cnnwalk.capture import CaptureError, capture, observe
from cnnwalk.graph import Graph, Layer


@pytest.fixture(scope="module")
def resnet() -> nn.Module:
    torch.manual_seed(0)
    model = torchvision.models.resnet18(weights=None)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):  # as after training: not the identity
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
    return model.eval()


@pytest.fixture(scope="module")
def image() -> Tensor:
    return torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1)) - 0.5


def observed(model: nn.Module, image: Tensor, graph: Graph) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    observe(model, image, graph, lambda layer, tensor: found.update({layer.id: tensor.clone()}))
    return found


def hooked(model: nn.Module, image: Tensor) -> dict[str, list[Tensor]]:
    """Return every module's outputs by path, one for each call, copied at once."""
    found: dict[str, list[Tensor]] = {}
    handles = [
        module.register_forward_hook(
            lambda module, args, result, path=path: found.setdefault(path, []).append(
                result.clone()
            )
        )
        for path, module in model.named_modules()
    ]
    with torch.no_grad():
        model(image)
    for handle in handles:
        handle.remove()
    return found


def test_ops_are_what_forward_hooks_see(resnet, image):
    graph = capture(resnet, image, granularity="ops")
    seen, expected = observed(resnet, image, graph), hooked(resnet, image)
    calls: dict[str, int] = {}
    for layer in graph.layers:
        if layer.path is not None:
            call = calls.get(layer.path, 0)
            calls[layer.path] = call + 1
            assert torch.equal(seen[layer.id], expected[layer.path][call]), layer.id
    assert sum(calls.values()) == 20 + 20 + 17 + 1 + 1 + 1  # conv, bn, relu, two pools, fc


def test_layers_are_their_last_operation_before_it_is_overwritten(resnet, image):
    graph = capture(resnet, image)
    seen, expected = observed(resnet, image, graph), hooked(resnet, image)

    # relu works in place on the first norm's output, += on the second's.
    assert torch.equal(seen["layer1.0.conv1"], expected["layer1.0.relu"][0])
    assert torch.equal(seen["layer1.0.conv2"], expected["layer1.0.bn2"][0])
    joined = expected["layer1.0.bn2"][0] + expected["maxpool"][0]
    assert (joined < 0).any()
    assert torch.equal(seen["layer1.0:add"], joined.relu())
    assert torch.equal(seen["layer2.0.downsample.0"], expected["layer2.0.downsample.1"][0])
    assert torch.equal(seen["fc"], expected["fc"][0])
    assert torch.equal(seen["input"], image)


@pytest.mark.parametrize("granularity", ["ops", "modules", "layers", "blocks"])
def test_the_order_shapes_and_result(resnet, image, granularity):
    graph = capture(resnet, image, granularity=granularity)
    order: list[tuple[str, tuple[int, ...]]] = []
    result = observe(
        resnet, image, graph, lambda layer, t: order.append((layer.id, tuple(t.shape[1:])))
    )
    assert order == [(layer.id, layer.shape) for layer in graph.layers]
    with torch.no_grad():
        assert torch.equal(result, resnet(image))


def test_tensors_need_no_gradient_and_keep_their_version_counter(resnet, image):
    def check(layer: Layer, tensor: Tensor) -> None:
        assert not tensor.requires_grad
        assert not tensor.is_inference()

    observe(resnet, image, capture(resnet, image), check)


def test_stop_after_ends_the_pass(resnet, image):
    graph = capture(resnet, image)
    order: list[str] = []
    calls: list[int] = []
    handle = resnet.layer2[0].conv2.register_forward_hook(lambda *_: calls.append(1))
    result = observe(
        resnet, image, graph, lambda layer, _: order.append(layer.id), stop_after="layer2.0.conv1"
    )
    handle.remove()
    assert result is None
    assert order[-1] == "layer2.0.conv1"
    assert calls == []
    assert observe(resnet, image, graph, lambda *_: None, stop_after="input") is None
    with pytest.raises(KeyError, match="nowhere"):
        observe(resnet, image, graph, lambda *_: None, stop_after="nowhere")


class Refused(Exception):  # noqa: N818
    pass


def test_what_the_callback_raises_ends_the_pass_and_propagates(resnet, image):
    graph = capture(resnet, image)

    def refuse(layer: Layer, _: Tensor) -> None:
        if layer.id == "layer1.0.conv1":
            raise Refused

    with pytest.raises(Refused):
        observe(resnet, image, graph, refuse)


def test_a_network_that_swallows_exceptions_does_not_swallow_the_callbacks():
    class Careless(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 1)

        def forward(self, x: Tensor) -> Tensor:
            try:
                return self.conv(x)
            except Exception:
                return x

    def refuse(layer: Layer, _: Tensor) -> None:
        if layer.id == "conv":
            raise Refused

    model, image = Careless(), torch.rand(1, 3, 4, 4)
    with pytest.raises(Refused):
        observe(model, image, capture(model, image), refuse)


class Chooses(nn.Module):
    """Two convolutions of one shape; which one runs depends on the image."""

    def __init__(self) -> None:
        super().__init__()
        self.bright = nn.Conv2d(3, 4, 1)
        self.dark = nn.Conv2d(3, 4, 1)
        self.extra = False
        self.short = False

    def forward(self, x: Tensor) -> Tensor:
        y = (self.bright if x.mean() > 0 else self.dark)(x)
        if self.extra:
            y = y + 1
        return y if self.short else y.relu()


def test_another_path_is_an_error():
    model, image = Chooses(), torch.ones(1, 3, 4, 4)
    graph = capture(model, image)
    with pytest.raises(CaptureError, match=r"another path.*dark\.weight.*bright\.weight"):
        observe(model, -image, graph, lambda *_: None)
    model.extra = True
    with pytest.raises(CaptureError, match=r"another path.*add.*relu"):
        observe(model, image, graph, lambda *_: None)
    model.extra, model.short = False, True
    with pytest.raises(CaptureError, match=r"another path.*the end of the pass.*relu"):
        observe(model, image, graph, lambda *_: None)


class KeepsItsMask(nn.Module):
    """Computes a constant in its first pass only."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.mask: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        if self.mask is None:
            self.mask = torch.arange(4.0).view(1, 4, 1, 1) * 2
        return y * self.mask


def test_constants_that_a_network_keeps_may_be_missing_later():
    model, image = KeepsItsMask(), torch.rand(1, 3, 4, 4)
    graph = capture(model, image)
    seen = observed(model, image, graph)
    assert list(seen) == ["input", "conv", "mul"]
    assert torch.equal(seen["mul"], seen["conv"] * torch.tensor([0.0, 2, 4, 6]).view(1, 4, 1, 1))


def test_a_failing_pass_names_the_last_layer(resnet, image):
    graph = capture(resnet, image)
    handle = resnet.layer1[1].conv1.register_forward_pre_hook(lambda *_: 1 / 0)
    try:
        with pytest.raises(CaptureError, match=r"after layer layer1\.0:add.*division"):
            observe(resnet, image, graph, lambda *_: None)
    finally:
        handle.remove()  # the other tests share the network


def test_two_threads_do_not_see_each_other(resnet):
    images = [torch.rand(1, 3, 64, 64), torch.rand(1, 3, 32, 32)]
    graphs = [capture(resnet, image) for image in images]
    expected = [observed(resnet, *pair) for pair in zip(images, graphs, strict=True)]
    found: list[dict[str, Tensor]] = [{}, {}]
    barrier = threading.Barrier(2, timeout=30)

    def run(number: int) -> None:
        def keep(layer: Layer, tensor: Tensor) -> None:
            barrier.wait()  # the two passes go in lockstep
            found[number][layer.id] = tensor.clone()

        observe(resnet, images[number], graphs[number], keep)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(2):
        assert found[number].keys() == expected[number].keys()
        assert all(torch.equal(found[number][key], expected[number][key]) for key in found[number])
