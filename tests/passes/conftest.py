"""Reference computations in numpy, from the description of the frames, and a small network."""

import asyncio
import collections
import contextlib
import threading
import types

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.networks import InputSpec, Network
from cnnwalk.passes import Passes
from cnnwalk.wire import decode_frames


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def decoded():
    """Return the function that gives what codes stand for: (planes, C, h, w), NaN where coded."""

    def decode(encoding, scales, codes):
        assert scales.dtype == np.float32
        assert codes.dtype == np.uint8
        planes = codes[None] if codes.ndim == 3 else codes
        zero, steps, non_finite = (128, 127, 0) if encoding == "signed" else (0, 254, 255)
        values = (planes.astype(np.float64) - zero) / steps
        values *= scales.astype(np.float64)[:, None, None]
        return np.where(planes == non_finite, np.nan, values)

    return decode


@pytest.fixture
def area_means():
    """Return the function that gives the means of float64 (C, H, W) maps in an h x w grid."""

    def along(values, parts):
        # The integral of the map as a step function, read at the edges of the parts.
        length = values.shape[-1]
        integral = np.concatenate([np.zeros_like(values[..., :1]), values.cumsum(-1)], -1)
        edges = np.arange(parts + 1) * length / parts
        below = np.minimum(edges.astype(int), length - 1)
        at_edges = integral[..., below] + (edges - below) * values[..., below]
        return np.diff(at_edges) * parts / length

    def means(maps, height, width):
        return along(along(maps, width).swapaxes(-1, -2), height).swapaxes(-1, -2)

    return means


class Gate(nn.Module):
    """Lets a test hold a forward pass, make it fail, and count how often it came by."""

    def __init__(self):
        super().__init__()
        self.open = threading.Event()
        self.open.set()
        self.reached = threading.Event()
        self.failure = None
        # In an object of its own, since a module's attributes are restored after each pass.
        self._counted = types.SimpleNamespace(calls=0)

    @property
    def calls(self):
        return self._counted.calls

    def forward(self, x):
        self._counted.calls += 1
        self.reached.set()
        assert self.open.wait(60)
        if self.failure is not None:
            raise self.failure
        return x


class Residual(nn.Module):
    """A small classifier that writes into tensors that are layers' activations."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.gate = Gate()
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.after = Gate()
        self.pool = nn.MaxPool2d(4)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.gate(self.relu(self.conv1(x)))
        y = self.conv2(x)
        y += x
        y = self.after(y)
        y.relu_()
        y = self.pool(y)
        y *= 2
        return self.head(y.mean((2, 3)))


class Served:
    """Passes with one small network, and images by number that count how often they are loaded.

    Images of a test's own have names.
    """

    def __init__(self, capacity=2**30, module=None, granularity="layers", network=None):
        torch.manual_seed(0)
        names = ("ant", "bee", "cat", "dog")
        spec = InputSpec(height=32, width=32, resize=32)
        self.network = network or Network("small", module or Residual(), spec, names)
        self.module = self.network.module
        example = self.network.arguments(self.network.example_input())
        self.graph = capture(self.module, example, granularity=granularity)
        self.passes = Passes(capacity)
        self.passes.add(self.network, self.graph)
        self.loads = collections.Counter()
        self._images = {}

    def put(self, name, image):
        self._images[name] = image

    def load(self, number):
        def loaded():
            self.loads[number] += 1
            return self.image(number)

        return loaded

    def image(self, number):
        if number in self._images:
            return self._images[number]
        pixels = np.random.default_rng(number).integers(0, 256, (32, 32, 3), np.uint8)
        return Image.fromarray(pixels)

    def start(self, number):
        return self.passes.start(self.network.id, f"image {number}", self.load(number))

    def values(self, number, layer, channel):
        name = f"image {number}"
        return self.passes.values(self.network.id, name, self.load(number), layer, channel)

    def layer(self, kind, number=0):
        return [layer.id for layer in self.graph.layers if layer.kind == kind][number]

    def base(self, number):
        """Return the frames of a whole base stream."""
        return asyncio.run(collect(self.start(number), "base"))

    def detail(self, number, layers):
        return asyncio.run(collect(self.start(number), "detail", layers))


async def collect(one_pass, level, layers=None):
    async with asyncio.timeout(60), contextlib.aclosing(one_pass.frames(level, layers)) as frames:
        return [frame async for frame in frames]


@pytest.fixture
def make_served():
    """Return the function that makes a `Served`; its passes are closed after the test."""
    made = []

    def make(**options):
        made.append(Served(**options))
        return made[-1]

    yield make
    for served in made:
        for module in served.module.modules():
            if isinstance(module, Gate):
                module.open.set()
        served.passes.close()


@pytest.fixture
def served(make_served):
    return make_served()


@pytest.fixture(name="collect")
def _collect():
    """Return the function that reads a whole stream."""
    return collect


@pytest.fixture
def layer_values(decoded):
    """Return the function that decodes a layer frame: (header, scales, planes of values)."""

    def read(frame):
        ((header, payload),) = decode_frames(frame)
        channels = header.shape[0]
        scales = np.frombuffer(payload[: 4 * channels], "<f4")
        planes = (2,) if header.encoding == "split" else ()
        codes = np.frombuffer(payload[4 * channels :], np.uint8).reshape(*planes, *header.shape)
        return header, scales, decoded(header.encoding, scales, codes)

    return read
