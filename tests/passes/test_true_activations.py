"""Every code that is sent against activations that plain forward hooks saw."""

import asyncio
import collections

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from cnnwalk.capture import capture
from cnnwalk.networks import InputSpec, Network
from cnnwalk.passes import Passes


@pytest.fixture(scope="module")
def resnet18():
    torch.manual_seed(1)
    module = torchvision.models.resnet18()
    # One batch in training mode, so that the statistics of the batch norms are not idle.
    module.train()(torch.randn(4, 3, 96, 96))
    spec = InputSpec(height=96, width=96, resize=96)
    return Network("resnet18", module, spec)


@pytest.fixture(scope="module")
def picture():
    return Image.fromarray(np.random.default_rng(5).integers(0, 256, (96, 96, 3), np.uint8))


@pytest.fixture
def hooked(resnet18, picture):
    """Return what every module of ResNet18 put out, by its path, copied the moment it did."""
    outputs = {}
    handles = [
        module.register_forward_hook(
            lambda _module, _inputs, output, path=path: outputs.update({path: output.clone()})
        )
        for path, module in resnet18.module.named_modules()
    ]
    prepared = resnet18.prepare(picture)
    with torch.no_grad():
        resnet18.module(prepared)
    for handle in handles:
        handle.remove()
    return {**outputs, "input": prepared}


@pytest.fixture
def sent(resnet18, picture, collect):
    """Return the layers of ResNet18, each with its base frame and its detail frame."""
    graph = capture(resnet18.module, resnet18.example_input())
    passes = Passes()
    passes.add(resnet18, graph)
    started = passes.start(resnet18.id, "picture", lambda: picture)
    try:
        *base, _result = asyncio.run(collect(started, "base"))
        detail = asyncio.run(collect(started, "detail", [layer.id for layer in graph.layers]))
    finally:
        passes.close()
    return list(zip(graph.layers, base, detail, strict=True))


def expected(layer, hooked):
    """Return the activation of a ResNet18's layer from the outputs of its modules."""
    if layer.kind == "input":
        return hooked["input"]
    if layer.kind == "conv":
        block, _, name = layer.path.rpartition(".")
        norm = f"{block}.1" if name == "0" else layer.path.replace("conv", "bn")
        return hooked[norm].relu() if "relu" in layer.absorbed else hooked[norm]
    # The sum with its ReLU is what the whole block puts out.
    return hooked[layer.block if layer.kind == "add" else layer.path]


def test_every_byte_of_resnet18_is_within_half_a_step(sent, hooked, layer_values, area_means):
    kinds = collections.Counter(layer.kind for layer, _, _ in sent)
    assert kinds == {"input": 1, "conv": 20, "pool": 2, "add": 8, "linear": 1}
    for layer, small, full in sent:
        values = expected(layer, hooked)[0].double().numpy()
        values = values.reshape(len(values), *(values.shape[1:] or (1, 1)))
        header, scales, (found,) = layer_values(full)
        assert (header.layer, header.level, header.statistics) == (layer.id, "detail", None)
        largest = np.abs(values).max((1, 2))
        np.testing.assert_allclose(scales, np.where(largest == 0, 1, largest), rtol=1e-5)
        steps = 127 if header.encoding == "signed" else 254
        assert (np.abs(found - values) / scales[:, None, None]).max() * steps < 0.6

        header, _, means = layer_values(small)
        assert (header.layer, header.level) == (layer.id, "base")
        assert header.statistics.count == values.size
        assert header.statistics.mean == pytest.approx(values.mean(), rel=1e-3, abs=1e-5)
        if header.encoding == "split":
            values = np.stack([np.maximum(values, 0), np.maximum(-values, 0)])
        steps = 127 if header.encoding == "signed" else 254
        averages = area_means(values, *header.shape[1:])
        assert (np.abs(means - averages) / scales[:, None, None]).max() * steps < 0.6


def test_every_operation_is_read_before_the_next_overwrites_it(make_served, layer_values):
    served = make_served(granularity="ops")
    module = served.module
    x = served.network.prepare(served.image(3))
    with torch.no_grad():
        first = module.conv1(x)
        second = module.conv2(first.relu())
        total = second + first.relu()
        pooled = module.pool(total.relu())
        mean = (pooled * 2).mean((2, 3))
        # Four of these operations work in place, so that one tensor is two layers' activation.
        activations = [x, first, first.relu(), second, total, total.relu(), pooled, pooled * 2]
        activations += [mean, module.head(mean)]

    frames = served.detail(3, [layer.id for layer in served.graph.layers])
    for activation, frame in zip(activations, frames, strict=True):
        header, scales, (found,) = layer_values(frame)
        values = activation[0].double().numpy().reshape(header.shape)
        steps = 127 if header.encoding == "signed" else 254
        assert (np.abs(found - values) / scales[:, None, None]).max() * steps < 0.6
