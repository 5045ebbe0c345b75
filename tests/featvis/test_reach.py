"""Maps and gradients of a layer against plain forward passes with hooks, and finite differences."""

from __future__ import annotations

import gc
import threading
import types
import weakref

import hard
import pytest
import timm
import torch
import torch.nn.functional as F  # noqa: N812
import torchvision
from torch import nn

from cnnwalk.capture import capture, observe
from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.numerics import Numerics
from cnnwalk.featvis.reach import NetworkCopy
from cnnwalk.graph import maps_shape
from cnnwalk.networks import InputSpec, Network

CPU = torch.device("cpu")


def network(module, side=64, channels=3, task=None):
    spec = InputSpec(channels, side, side, mean=(0.0,), std=(1.0,))
    return Network(type(module).__name__, module, spec, task=task)


def copied(module, granularity="layers", numerics=None, **spec):
    """Return a copy of a network and the graph of its layers."""
    net = network(module, **spec)
    example = net.arguments(net.example_input())
    graph = capture(module, example, granularity=granularity)
    return NetworkCopy(net, graph, CPU, numerics or Numerics()), graph


def images(count=2, side=64, channels=3):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, channels, side, side, generator=generator).requires_grad_()


def random_weights(shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(2))


def seen(reach, inputs):
    """Return a layer's maps, and the gradient of a weighted sum of them."""
    maps = reach(inputs)
    (gradient,) = torch.autograd.grad((maps * random_weights(maps.shape)).sum(), inputs)
    return maps.detach(), gradient


def hooked(module, path, call, inputs):
    """Return the same of what a module's call returns in a plain pass through everything."""
    found = []
    handle = module.get_submodule(path).register_forward_hook(
        lambda _module, _args, output: found.append(output.clone())  # before it is overwritten
    )
    module(inputs)
    handle.remove()
    maps = found[call].reshape(len(inputs), *maps_shape(found[call].shape[1:]))
    (gradient,) = torch.autograd.grad((maps * random_weights(maps.shape)).sum(), inputs)
    return maps.detach(), gradient


def relative(found, expected):
    return float((found - expected).norm() / expected.norm())


def spread(module):
    """Give norms statistics as after training, so that they are not the identity."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.running_mean, -0.2, 0.2)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
            nn.init.uniform_(part.weight, 0.5, 1.5)
    return module.eval()


def resnet():
    return torchvision.models.resnet18()


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


class Counted(nn.Module):
    """Three steps that count how often they run."""

    runs: types.SimpleNamespace

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3)
        self.b = nn.Conv2d(4, 4, 3)

    def forward(self, x):
        y = F.relu(self.a(x))
        RUNS.append("a")
        y = self.b(y).neg()
        RUNS.append("b")
        return y * 2


RUNS = []


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


@pytest.mark.parametrize("layer", ["layer1.0.conv2", "fc", "input", "maxpool"])
def test_a_layer_without_activation_function_has_nothing_before_it(layer):
    copy, _ = copied(spread(resnet()))
    assert not copy.reach(layer).has_activation
    with pytest.raises(FeatureVisualizationError, match="does not end in an activation function"):
        copy.reach(layer, before_activation=True)


class Listed(nn.Module):
    """Takes a list of images, as detection networks do."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, images):
        return self.last(self.conv(torch.stack([image / 2 for image in images])).relu())


class OfOne(nn.Module):
    """Works for a batch of one alone."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Linear(4, 3)

    def forward(self, x):
        return self.last(self.conv(x).mean((2, 3)).view(1, 4))


class Mixing(nn.Module):
    """What an image gives depends on the others of its batch."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        y = self.conv(x)
        return self.last(y - y.mean(0, keepdim=True) * 0.5)


class Windows(nn.Module):
    """Computes with four windows of each image, which are a batch of their own."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        rows = torch.stack([half for row in x.chunk(2, 2) for half in row.chunk(2, 3)], 1)
        y = self.conv(rows.flatten(0, 1)).relu()
        return self.last(y)


def observed(module, image, graph, layer):
    """Return the first row of a layer's activation, as capture sees it of one image (1, ...)."""
    found = []
    observe(
        module,
        [image[0]] if isinstance(module, Listed) else image,
        graph,
        lambda each, tensor: found.append(tensor[:1].clone()) if each is layer else None,
    )
    return found[0]


@pytest.mark.parametrize("build", [Listed, OfOne, Mixing, Windows])
def test_a_picture_does_not_depend_on_others_of_its_batch(build):
    torch.manual_seed(0)
    module = build().eval()
    copy, graph = copied(module, side=12, task="detection" if build is Listed else None)
    inputs = images(3, side=12)
    for layer in graph.layers:
        reach = copy.reach(layer.id)
        maps = reach(inputs)
        assert maps.shape == (3, *maps_shape(layer.shape))
        alone = [observed(module, image, graph, layer) for image in inputs.detach()[:, None]]
        assert torch.allclose(maps, torch.cat(alone).reshape(maps.shape), atol=1e-5)
        (gradient,) = torch.autograd.grad(maps[1].sum(), inputs)
        assert gradient[1].any()
        assert not gradient[0].any()
        assert not gradient[2].any()


def test_a_layer_that_takes_batches_is_reached_in_one_pass():
    copy, _ = copied(Counted(), side=16)
    reach = copy.reach("b")
    RUNS.clear()
    reach(images(8, side=16))
    assert RUNS == ["a"]


class Remembering(nn.Module):
    """Writes to a buffer, a list and a counter in each pass, and reads them in the next."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(4))
        self.kept = []
        self.passes = 0
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        y = self.conv(x)
        self.mean.mul_(0.5).add_(y.mean((0, 2, 3)))
        y = y - self.mean[:, None, None] + self.passes + sum(each.mean() for each in self.kept)
        self.kept.append(y)
        self.passes += 1
        return self.last(y)


def test_a_network_that_remembers_passes_does_not_drift():
    torch.manual_seed(0)
    module = Remembering().eval()
    copy, _ = copied(module, side=12)
    reach, inputs = copy.reach("last"), images(1, side=12)
    first = seen(reach, inputs)
    again = seen(reach, inputs)
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not module.mean.any()
    assert module.kept == []
    assert module.passes == 0


def test_the_walks_module_is_never_touched():
    module = spread(resnet())
    copy, _ = copied(module)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    calls = []
    module.layer1.register_forward_hook(lambda *_: calls.append(1))
    seen(copy.reach("layer1.1:add"), images())
    assert calls == []
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())
    assert all(parameter.requires_grad for parameter in module.parameters())
    with torch.no_grad():
        module.conv1.weight.zero_()
    assert copy.reach("conv1", before_activation=True)(images()).std() > 0.1


def test_hooks_of_the_network_work_on_the_copy():
    module = Counted()
    kept = {}
    module.a.register_forward_hook(lambda _module, _args, output: kept.update(a=output))
    module.b.register_forward_pre_hook(lambda _module, args: (args[0] + kept["a"],))
    copy, _ = copied(module, side=16)
    kept.clear()
    inputs = images(side=16)
    maps = copy.reach("b")(inputs)
    assert kept == {}
    after = module.a(inputs)
    assert torch.allclose(maps, module.b(after.relu()), atol=1e-5)


def test_what_cannot_be_copied_is_shared():
    class Locked(Counted):
        def __init__(self):
            super().__init__()
            self.lock = threading.Lock()
            self.settings = types.SimpleNamespace(event=threading.Event())

        def forward(self, x):
            with self.lock:
                self.settings.event.set()
                return super().forward(x)

    module = Locked()
    copy, _ = copied(module, side=16)
    assert copy.reach("b")(images(side=16)).shape == (2, 4, 12, 12)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_networks_of_other_types_have_gradients(dtype):
    torch.manual_seed(0)
    module = Counted().to(dtype).eval()
    copy, _ = copied(module, side=16)
    inputs = images(side=16)
    maps, gradient = seen(copy.reach("b"), inputs)
    assert maps.dtype == gradient.dtype == torch.float32
    expected, expected_gradient = hooked(module.float(), "b", 0, inputs)
    assert relative(maps, expected) < 0.1
    assert relative(gradient, expected_gradient) < 0.1


def test_half_of_the_bits_are_nearly_the_same():
    torch.manual_seed(0)
    module = spread(resnet())
    copy, _ = copied(module, numerics=Numerics(dtype="bfloat16"))
    inputs = images()
    maps, gradient = seen(copy.reach("layer2.1:add"), inputs)
    expected, expected_gradient = hooked(module, "layer2.1.relu", 1, inputs)
    assert 0 < relative(maps, expected) < 0.05
    assert 0 < relative(gradient, expected_gradient) < 0.5


def test_without_gradients_only_the_maps_are_computed():
    copy, _ = copied(Counted(), side=16)
    with torch.no_grad():
        maps = copy.reach("b")(images(side=16))
    assert not maps.requires_grad
    assert torch.is_grad_enabled()


def test_a_pass_leaves_no_memory_behind():
    copy, _ = copied(spread(resnet()))
    for reach in (copy.reach("layer2.0:add"), copy.reach("layer2.0:add", before_activation=True)):
        gc.collect()
        gc.disable()
        try:
            inputs = images()
            maps = reach(inputs)
            gone = weakref.ref(maps)
            del maps
            assert gone() is None
            assert torch.autograd.grad(reach(inputs).sum(), inputs)
        finally:
            gc.enable()


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
