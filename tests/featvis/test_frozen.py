"""The copy that a layer is reached in: it is its own, and does not change."""

from __future__ import annotations

import gc
import threading
import types
import weakref

import pytest
import torch
from reaching import Counted, copied, hooked, images, relative, resnet, seen, spread
from torch import nn

from cnnwalk.featvis.numerics import Numerics


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
