"""Jobs of a small network, whose real ascents a test can hold between two steps."""

import asyncio
import contextlib
import threading

import pytest
import torch
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.jobs import Jobs, Request
from cnnwalk.featvis.worker import Worker
from cnnwalk.networks import InputSpec, Network
from cnnwalk.quiet import Quiet

STEPS = 6
BATCH = 2
DEAD, SHY = 3, 4
"""Channels of layer ``first``: silent before the ReLU, too, and behind it alone."""


class Script:
    """What the ascents do: all steps by (layer, channels, number), and where they are held."""

    def __init__(self):
        self.steps = []
        self.failure = None
        self._changed = threading.Condition()
        self._allowed = None
        self._told = 0

    def hold(self, after=0):
        """Hold ascents once they have made this many steps more."""
        with self._changed:
            self._allowed = len(self.steps) + after
            self._changed.notify_all()

    def let_go(self):
        with self._changed:
            self._allowed = None
            self._changed.notify_all()

    def wait_for_steps(self, count):
        """Wait until the jobs have been told of so many steps."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._told >= count, 60)

    def wait_for_step_of(self, layer):
        """Wait until a step for a layer has been made."""
        with self._changed:
            assert self._changed.wait_for(lambda: layer in {step[0] for step in self.steps}, 60)

    def note(self, layer, channels, step):
        with self._changed:
            self.steps.append((layer, channels, step))
            self._changed.notify_all()
            if self.failure is not None:
                raise self.failure

    def wait(self):
        with self._changed:
            self._told += 1
            self._changed.notify_all()
            open_now = self._changed.wait_for(
                lambda: self._allowed is None or len(self.steps) < self._allowed, 60
            )
            assert open_now

    def first_steps(self):
        """Return (layer, channels) of each batch, in the order in which they were begun."""
        return [(layer, channels) for layer, channels, step in self.steps if step == 1]


class WatchedQuiet(Quiet):
    """Lets a test know that somebody waits for quiet."""

    def __init__(self):
        super().__init__()
        self.waited = threading.Event()

    def wait(self, given_up):
        def asked():
            self.waited.set()
            return given_up()

        super().wait(asked)


class HeldWorker(Worker):
    """A worker with small batches, whose steps go by the script."""

    script = None
    batch = BATCH

    def batch_size(self, layer_id):
        super().batch_size(layer_id)
        return self.batch

    def make(self, orders, watch):
        def held(moment):
            channels = tuple(order.target.channel for order in moment.orders)
            self.script.note(moment.orders[0].target.layer, channels, moment.step)
            watch(moment)
            self.script.wait()

        return super().make(orders, held)


class Visitor:
    """Somebody who asks for pictures of the network, and waits for them.

    Attributes:
        jobs: of which it asks.
        quiet: that of the jobs.
        script: what the ascents do.
    """

    def __init__(self, folder, network, capacity=2**30, hands=1, add=True):
        self.network = network
        self.graph = capture(network.module, network.example_input())
        self.quiet = WatchedQuiet()
        self.script = script = Script()
        self.worker = type("ScriptedWorker", (HeldWorker,), {"script": script})
        self.told = []
        self.cache = PictureCache(folder / "cache", capacity, tell=self.told.append)
        self.folder = folder / "state"
        self.jobs = Jobs(
            self.cache,
            self.folder,
            quiet=self.quiet,
            precision="float32",
            devices=(None,) * hands,
            make_maker=self.worker,
        )
        if add:
            self.jobs.add("net", network, self.graph)

    def ask(self, layer="first", channels=None, **others):
        request = {"mode": "natural", "parameters": {"steps": STEPS}} | others
        return self.jobs.ask(Request(network="net", layer=layer, channels=channels, **request))

    def wait(self, job, until=lambda state: state.state in {"done", "failed", "cancelled"}):
        """Return the first state of a job that is as wanted."""

        async def follow():
            async with asyncio.timeout(60), contextlib.aclosing(self.jobs.listen()) as states:
                async for state in states:
                    if state.id == job and until(state):
                        return state
            raise AssertionError("the jobs were closed")

        return asyncio.run(follow())

    def make(self, *asked, **others):
        """Ask, and wait until it is done."""
        return self.wait(self.ask(*asked, **others).id)

    def wait_until_closed(self):
        desk = self.jobs._desk
        with desk.lock:
            assert desk.lock.wait_for(lambda: desk.closed, 60)

    def pixels(self, state):
        return {channel: self.jobs.picture(state.id, channel).pixels for channel in state.done}


def small_network():
    torch.manual_seed(0)
    module = nn.Sequential()
    first = nn.Conv2d(3, 6, 3, padding=1)
    with torch.no_grad():
        first.weight[DEAD] = 0
        first.bias[DEAD] = -1
        first.bias[SHY] = -1000
    module.add_module("first", first)
    module.add_module("relu", nn.ReLU())
    module.add_module("second", nn.Conv2d(6, 10, 3, padding=1))
    module.add_module("pool", nn.AdaptiveAvgPool2d(1))
    module.add_module("flat", nn.Flatten())
    module.add_module("last", nn.Linear(10, 4))
    return Network("small", module, InputSpec(height=16, width=20), tuple("abcd"))


class Detached(nn.Module):
    def forward(self, x):
        return x.detach()


class Wild(nn.Conv2d):
    """Has a channel 1 that is infinite, for all inputs."""

    def forward(self, x):
        return super().forward(x) + torch.tensor([0, torch.inf, 0, 0, 0, 0])[:, None, None]


@pytest.fixture
def cut_network():
    """Return the network with no way for a gradient from its last layer."""
    network = small_network()
    network.module[4] = nn.Sequential(network.module[4], Detached())
    return network


@pytest.fixture
def wild_network():
    """Return the network with a channel of its first layer that is infinite."""
    network = small_network()
    network.module[0].__class__ = Wild
    return network


@pytest.fixture
def make_visitor(tmp_path):
    """Return the function that makes a `Visitor`; all have the same folders."""
    made = []

    def make(network=None, **options):
        made.append(Visitor(tmp_path, network or small_network(), **options))
        return made[-1]

    yield make
    for visitor in made:
        visitor.script.let_go()
        visitor.jobs.close()


@pytest.fixture
def visitor(make_visitor):
    return make_visitor()
