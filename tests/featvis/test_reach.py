"""Maps and gradients of a layer against plain forward passes with hooks."""

from __future__ import annotations

import pytest
import timm
import torch
import torchvision
from reaching import (
    RUNS,
    Counted,
    copied,
    hooked,
    images,
    random_weights,
    relative,
    resnet,
    seen,
    spread,
)
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.reach import NetworkCopy
from cnnwalk.networks import InputSpec, Network


def googlenet():
    return torchvision.models.googlenet(aux_logits=False, init_weights=False)


def densenet():
    return torchvision.models.DenseNet(8, (2, 3, 2), 16)


def efficientnet():
    return timm.create_model("tf_efficientnet_lite0", pretrained=False)


def transformer():
    return timm.create_model("vit_tiny_patch16_224", img_size=64, depth=2, pretrained=False)


@pytest.mark.parametrize("build", [resnet, googlenet, densenet, efficientnet, transformer])
def test_a_layer_and_its_gradient_are_those_of_a_plain_pass(build):
    torch.manual_seed(0)
    module = spread(build())
    copy, graph = copied(module, "modules")
    inputs = images()
    calls = {}
    layers = []
    for layer in graph.layers:
        if layer.path is not None and ":" not in layer.id:  # else it is a part of the call
            layers.append((layer, calls.get(layer.path, 0)))
            calls[layer.path] = layers[-1][1] + 1
    for layer, call in layers[:: max(1, len(layers) // 7)]:
        maps, gradient = seen(copy.reach(layer.id), inputs)
        expected_maps, expected_gradient = hooked(module, layer.path, call, inputs)
        assert relative(maps, expected_maps) <= 1e-6, layer.id
        assert relative(gradient, expected_gradient) <= 1e-6, layer.id


def test_layers_end_behind_their_norm_and_activation():
    torch.manual_seed(0)
    module = spread(resnet())
    copy, _ = copied(module)
    inputs = images()
    # relu works in place: on the first norm's output, and on the sum of a block.
    for layer, path, call in [
        ("layer1.0.conv1", "layer1.0.relu", 0),
        ("layer1.0.conv2", "layer1.0.bn2", 0),
        ("layer1.0:add", "layer1.0.relu", 1),
        ("layer2.0.downsample.0", "layer2.0.downsample.1", 0),
        ("fc", "fc", 0),
    ]:
        maps, gradient = seen(copy.reach(layer), inputs)
        expected_maps, expected_gradient = hooked(module, path, call, inputs)
        assert torch.equal(maps, expected_maps), layer
        assert torch.equal(gradient, expected_gradient), layer


def test_the_input_is_a_layer_like_others():
    copy, _ = copied(spread(resnet()))
    inputs = images()
    maps, gradient = seen(copy.reach("input"), inputs)
    assert torch.equal(maps, inputs)
    assert torch.equal(gradient, random_weights(maps.shape))


@pytest.mark.parametrize(("layer", "runs"), [("a", 0), ("neg", 1), ("b", 1)])
def test_nothing_behind_the_layer_is_computed(layer, runs):
    copy, _ = copied(Counted(), side=16, granularity="ops")
    reach = copy.reach(layer)
    RUNS.clear()
    reach(images(side=16))
    assert len(RUNS) == runs
    assert "b" not in RUNS


def test_before_the_activation_is_what_goes_into_it():
    torch.manual_seed(0)
    module = spread(resnet())
    copy, _ = copied(module)
    inputs = images()
    for layer, path in [("conv1", "bn1"), ("layer1.0.conv1", "layer1.0.bn1")]:
        assert copy.reach(layer).has_activation
        maps, gradient = seen(copy.reach(layer, before_activation=True), inputs)
        expected_maps, expected_gradient = hooked(module, path, 0, inputs)
        assert (maps < 0).any()
        assert torch.equal(maps, expected_maps)
        assert torch.equal(gradient, expected_gradient)


@pytest.mark.parametrize("layer", ["layer1.0.conv2", "fc", "input"])
def test_a_layer_without_activation_function_has_nothing_before_it(layer):
    copy, _ = copied(spread(resnet()))
    assert not copy.reach(layer).has_activation
    with pytest.raises(FeatureVisualizationError, match="does not end in an activation function"):
        copy.reach(layer, before_activation=True)


class Broken(nn.Module):
    def __init__(self, step):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)
        self.step = step

    def forward(self, x):
        return self.last(self.step(self.conv(x)))


@torch.library.custom_op("cnnwalk_reach::double", mutates_args=())
def _double(x: torch.Tensor) -> torch.Tensor:
    return x * 2


def _without_gradients(x):
    with torch.no_grad():
        return x * 2


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (lambda x: x.detach() * 2, "behind detach()"),
        (lambda x: (x > 0).float(), "behind gt()"),
        (_without_gradients, "behind mul()"),
        (_double, "no autograd formula was registered"),
    ],
)
def test_a_layer_behind_what_cannot_be_differentiated_is_refused(step, says):
    copy, _ = copied(Broken(step).eval(), side=12)
    assert copy.reach("conv")(images(side=12)).requires_grad
    with pytest.raises(FeatureVisualizationError, match="No gradient gets from layer last") as told:
        copy.reach("last")
    assert says in str(told.value)
    assert torch.is_grad_enabled()
    with torch.no_grad():
        assert copy.reach("last")(images(side=12)).shape[1] == 2


def test_an_unknown_layer_is_named_with_the_one_that_was_meant():
    copy, _ = copied(spread(resnet()))
    with pytest.raises(
        FeatureVisualizationError, match=r"no layer 'layer1.0.conv9' \(did you mean"
    ):
        copy.reach("layer1.0.conv9")


class Moody(nn.Module):
    """Fails, or runs out of memory, when it is told to."""

    error = None

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        if type(self).error is not None:
            raise type(self).error
        return self.last(self.conv(x).relu())


def test_a_failure_of_the_network_says_where(monkeypatch):
    copy, _ = copied(Moody().eval(), side=12)
    reach = copy.reach("last")
    monkeypatch.setattr(Moody, "error", IndexError("too far"))
    with pytest.raises(FeatureVisualizationError, match=r"on its way to layer last.*IndexError"):
        reach(images(side=12))
    monkeypatch.setattr(Moody, "error", None)
    with pytest.raises(FeatureVisualizationError, match=r"on its way to layer conv.*channels"):
        copy.reach("conv")(images(side=12, channels=5))


@pytest.mark.parametrize("kind", [torch.OutOfMemoryError, MemoryError])
def test_running_out_of_memory_is_not_dressed_up(monkeypatch, kind):
    copy, _ = copied(Moody().eval(), side=12)
    reach = copy.reach("last")
    monkeypatch.setattr(Moody, "error", kind("no more"))
    with pytest.raises(kind):
        reach(images(side=12))
    with pytest.raises(kind):
        copy.reach("last")


def test_a_pooling_layer_is_reached_before_the_activation_that_it_pools():
    torch.manual_seed(0)
    conv = nn.Conv2d(3, 4, 3).double()
    module = nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(7), nn.Conv2d(4, 2, 1).double())
    net = Network("pooled", module, InputSpec(3, 16, 16))
    graph = capture(module, net.example_input())
    copy = NetworkCopy(net, graph, torch.device("cpu"))
    given = torch.randn(2, 3, 16, 16, dtype=torch.double)
    found = copy.reach("2", before_activation=True)
    expected = conv(given).reshape(2, 4, 2, 7, 2, 7).mean((3, 5))
    torch.testing.assert_close(found(given), expected.float())
    assert copy.reach("2").has_activation
    assert not copy.reach("3").has_activation
