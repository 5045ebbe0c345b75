"""Pictures on a Ray cluster of two workers on this machine, one of which is killed."""

import os
import textwrap

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis import FeatureVisualizationError, Order, Target
from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.cluster import RayPool
from cnnwalk.featvis.making import make_pictures
from cnnwalk.featvis.pool import LocalPool
from cnnwalk.featvis.settings import settings_of
from cnnwalk.networks import InputSpec, Network, load_network

pytestmark = [
    # Ray warns of its own future, and leaves what its processes wrote to be collected.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SOURCE = textwrap.dedent(
    """
    import os, signal
    from pathlib import Path
    import torch
    from torch import nn

    class Mortal(nn.Module):
        '''Kills the process that it is in, once, when the file `armed` is there.'''

        def __init__(self, folder):
            super().__init__()
            torch.manual_seed(0)
            self.folder = str(folder)
            self.conv = nn.Conv2d(3, 8, 5)

        def forward(self, x):
            if os.getpid() != int(Path(self.folder, "parent").read_text()) and self.disarms():
                os.kill(os.getpid(), signal.SIGKILL)
            return torch.relu(self.conv(x))

        def disarms(self):
            try:  # of two that come at once, one moves the file
                Path(self.folder, "armed").rename(Path(self.folder, f"killed {os.getpid()}"))
            except FileNotFoundError:
                return False
            return True
    """
)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A network whose code stands in a file that no other process can import."""
    folder = tmp_path_factory.mktemp("mortal")
    (folder / "parent").write_text(str(os.getpid()))
    (folder / "net.py").write_text(SOURCE + f"\ndef build():\n    return Mortal({str(folder)!r})\n")
    return load_network(f"{folder / 'net.py'}:build", input_size=(24, 24)), folder


@pytest.fixture(scope="module")
def graph(network):
    return capture(network[0].module, network[0].example_input())


@pytest.fixture(scope="module")
def pool(network, graph):
    with RayPool(network[0], graph, precision="float32", size=2) as made:
        yield made


def orders(count=8):
    settings = settings_of("natural", steps=3)
    return [Order(Target("conv", channel), settings, seed=5) for channel in range(count)]


def test_the_same_code_runs_there(pool, network, graph):
    assert pool.size == 2
    with LocalPool(network[0], graph, ["cpu"], precision="float32") as local:
        expected = make_pictures(orders(), local, None)
    found = make_pictures(orders(), pool, None)
    for there, here in zip(found, expected, strict=True):
        difference = there.pixels.astype(int) - here.pixels.astype(int)
        assert np.abs(difference).max() <= 1  # batches of another size
        assert there.response.after == pytest.approx(here.response.after, rel=1e-3)


def test_a_killed_worker_loses_nothing(pool, network, tmp_path):
    _, folder = network
    cache = PictureCache(tmp_path)
    pool.batch_size("conv")  # the first forward passes are behind it
    (folder / "armed").touch()
    found = make_pictures(orders(), pool, cache)
    killed = list(folder.glob("killed *"))
    assert len(killed) == 1
    assert int(killed[0].name.split()[1]) != os.getpid()
    assert [picture.pixels.shape for picture in found] == [(24, 24, 3)] * 8
    unhurt = make_pictures(orders(), pool, None)
    for again, picture in zip(unhurt, found, strict=True):
        np.testing.assert_array_equal(again.pixels, picture.pixels)


def test_what_cannot_be_made_is_said_as_here(pool):
    wrong = Order(Target("conv", 8), settings_of("natural", steps=3))
    with pytest.raises(FeatureVisualizationError, match="channels 0 to 7, there is no 8"):
        make_pictures([wrong], pool, None)
    with pytest.raises(FeatureVisualizationError, match="no layer 'away'"):
        pool.batch_size("away")


def test_a_network_that_cannot_travel(pool):
    module = nn.Conv2d(3, 4, 3)
    module.hold = (torch.zeros(1) for _ in range(1))  # a generator cannot be pickled
    network = Network("Stuck", module, InputSpec(3, 8, 8))
    with pytest.raises(FeatureVisualizationError, match="Stuck cannot be sent"):
        RayPool(network, pool.graph)
