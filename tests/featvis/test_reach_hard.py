"""Layers of networks that are hard to follow, against what capture sees and finite differences."""

from __future__ import annotations

import hard
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from reaching import CPU, copied, images, random_weights, relative, seen
from torch import nn

from cnnwalk.capture import capture, observe
from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.reach import NetworkCopy
from cnnwalk.networks import InputSpec, Network

HARD = {model.name: model for model in hard.MODELS}
NAMES = (
    "DiscardedAdd",
    "SkipChangedByInplaceRelu",
    "AddIntoSlice",
    "InputChangedInPlace",
    "CalledTwice",
    "Recursive",
    "WeightStandardised",
    "Parametrised",
    "FeaturesTakenByHooks",
    "NamedTupleOfViews",
    "DataclassOutput",
    "InDataParallel",
    "compiled",
    "HooksThatReplace",
    "HooksBypassed",
    "ScriptedFunction",
    "scripted_child",
    "traced_child",
    "Functions",
    "SelfAttention",
    "Shuffled",
    "PickyConvolution",
    "ComplexConvolution",
)
WITHOUT_GRADIENT = {
    ("InputChangedInPlace", "add"),  # torch needs the input as it was
    ("InputChangedInPlace", "last"),
}


@pytest.mark.filterwarnings("ignore")  # torch's own, about scripts
@pytest.mark.parametrize("name", NAMES)
def test_layers_of_networks_that_are_hard_to_follow(name):
    torch.manual_seed(0)
    module = HARD[name].build().double()
    image = HARD[name].example_input.double()
    net = Network(name, module, InputSpec(*image.shape[1:], mean=(0.0,), std=(1.0,)))
    graph = capture(module, image, granularity="ops")
    copy = NetworkCopy(net, graph, CPU)
    direction = torch.randn(image.shape, generator=torch.Generator().manual_seed(3))

    def value(inputs, layer, weights):
        found = []
        keep = lambda each, tensor: found.append(tensor.clone()) if each is layer else None  # noqa: E731
        observe(module, inputs, graph, keep, on_parting=lambda _: None)
        values = found[0][0]
        values = values.abs() if values.is_complex() else values
        return float((values.reshape(weights.shape).double() * weights).sum())

    for layer in graph.layers:
        if (name, layer.id) in WITHOUT_GRADIENT:
            with pytest.raises(FeatureVisualizationError, match="No gradient gets from layer"):
                copy.reach(layer.id)
            continue
        inputs = image.clone().requires_grad_()
        maps, gradient = seen(copy.reach(layer.id), inputs)
        weights = random_weights(maps.shape)[0].double()
        assert (maps[0] * weights).sum() == pytest.approx(value(image, layer, weights), rel=1e-4)
        step = 1e-6
        ahead, behind = (value(image + way * direction, layer, weights) for way in (step, -step))
        slope = float((gradient * direction).sum())
        assert slope == pytest.approx((ahead - behind) / 2 / step, rel=1e-3, abs=1e-3), layer.id


class Swish(torch.autograd.Function):
    """An activation that keeps nothing but its input, as several networks have it."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        return gradient * (x.sigmoid() + x * x.sigmoid() * (1 - x.sigmoid()))


class WithSwish(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        return self.last(Swish.apply(self.a(x)))


def test_a_function_with_a_gradient_of_its_own_is_reached_as_a_whole():
    torch.manual_seed(0)
    module = WithSwish().eval()
    copy, _ = copied(module, "ops", side=12)
    inputs = images(side=12)
    maps, gradient = seen(copy.reach("mul"), inputs)
    expected = F.silu(module.a(inputs))
    weights = random_weights(maps.shape)
    (expected_gradient,) = torch.autograd.grad((expected * weights).sum(), inputs)
    assert torch.allclose(maps, expected, atol=1e-6)
    assert relative(gradient, expected_gradient) <= 1e-6
    with pytest.raises(FeatureVisualizationError, match="No gradient gets from layer sigmoid"):
        copy.reach("sigmoid")
