"""Pictures of a small network with silent channels, that lacks memory and becomes not finite."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
import torchvision
import trouble
from trouble import DEAD, SHY, control, orders_of

from cnnwalk.featvis import FeatureVisualizationError
from cnnwalk.featvis.attempts import ATTEMPTS
from cnnwalk.featvis.memory import is_out_of_memory
from cnnwalk.featvis.numerics import EXACT
from cnnwalk.featvis.settings import settings_of
from cnnwalk.featvis.tuning import Plan
from cnnwalk.featvis.worker import CancelledError, UnmadeError, Worker
from cnnwalk.networks import InputSpec, Network

LOUD = [0, 1, 4, 5, 6, 7]
CPU_FULL = (
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: "
    "you tried to allocate 1000000 bytes. Error code 12 (Cannot allocate memory)"
)


@pytest.fixture(autouse=True)
def _well_behaved():
    control.meddle = None
    yield
    control.meddle = None


@pytest.fixture
def make_worker(monkeypatch):
    """Return the function that makes a worker of the network for batches of a certain size."""

    def make(batch=8, network=None):
        monkeypatch.setattr("cnnwalk.featvis.worker.plan", lambda *_, **__: Plan(EXACT, batch))
        network = network or trouble.network()
        return Worker(network, trouble.graph_of(network))

    return make


class Steps:
    """A watch that notes which channels formed in each step."""

    def __init__(self):
        self.seen = []

    def __call__(self, moment):
        self.seen.append([order.target.channel for order in moment.orders])


def levels_apart(one, other):
    return np.abs(one.pixels.astype(int) - other.pixels.astype(int)).max()


def test_pictures_raise_their_channels(make_worker):
    worker = make_worker()
    pictures = worker.make(orders_of("first", LOUD, steps=16))
    for picture in pictures:
        assert picture.pixels.shape == (20, 24, 3)
        assert picture.pixels.dtype == np.uint8
        assert picture.silence is None
        assert picture.response.after > 1.2 * picture.response.before
        assert picture.seconds > 0


def test_many_orders_are_made_in_batches_and_returned_in_their_order(make_worker):
    watch = Steps()
    channels = [7, 0, 1, 4, 6, 5, 0]
    orders = orders_of("first", channels, steps=2, seed=5)
    pictures = make_worker(batch=3).make(orders, watch)
    assert watch.seen == [[7, 0, 1]] * 2 + [[4, 6, 5]] * 2 + [[0]] * 2
    alone = make_worker().make(orders_of("first", [6], steps=2, seed=5))
    assert levels_apart(pictures[4], alone[0]) <= 1


def test_the_size_of_a_batch_is_planned_once(monkeypatch):
    network = trouble.network()
    asked = []

    def plan(copies, layer, **options):
        asked.append((layer, options["precision"], copies.device))
        return Plan(EXACT, 5)

    monkeypatch.setattr("cnnwalk.featvis.worker.plan", plan)
    worker = Worker(network, trouble.graph_of(network), precision="float32")
    assert [worker.batch_size("first"), worker.batch_size("first")] == [5, 5]
    assert asked == [("first", "float32", torch.device("cpu"))]


def test_a_channel_silent_behind_its_activation_is_maximized_before_it(make_worker):
    network = trouble.network()
    orders = orders_of("first", [0, SHY, 4], steps=12)
    watch = Steps()
    pictures = make_worker(network=network).make(orders, watch)
    assert [each.silence for each in pictures] == [None, "before_activation", None]
    # Two steps before it is known, then the others from the start, then the silent one.
    assert watch.seen == [[0, SHY, 4]] * 2 + [[0, 4]] * 12 + [[SHY]] * 12
    before, after = (
        _before_relu(network, SHY, pixels)
        for pixels in (np.full((20, 24, 3), 128, np.uint8), pictures[1].pixels)
    )
    assert after > before + 0.5  # of weights in -0.12..0.12
    assert pictures[1].response.after == 0
    undisturbed = make_worker().make(orders_of("first", [0, 4], steps=12))
    assert levels_apart(pictures[0], undisturbed[0]) <= 1
    assert levels_apart(pictures[2], undisturbed[1]) <= 1


def _before_relu(network, channel, pixels):
    with torch.no_grad():
        return network.module[1](network.prepare(pixels))[0, channel].mean().item()


def test_a_channel_silent_before_its_activation_too_is_dead(make_worker):
    pictures = make_worker().make(orders_of("first", [DEAD, 0]))
    assert pictures[0].silence == "dead"
    assert pictures[0].pixels is None
    assert pictures[0].response is None
    assert pictures[1].response.after > 0


def test_a_silent_channel_without_an_activation_is_dead_after_a_few_draws(make_worker):
    network = trouble.network()
    with torch.no_grad():
        network.module.last.weight[1] = 0
    watch = Steps()
    (picture,) = make_worker(network=network).make(orders_of("last", [1]), watch)
    assert picture.silence == "dead"
    assert watch.seen == [[1]] * 2 * ATTEMPTS


def test_a_channel_that_is_silent_with_some_draws_only_gets_others(make_worker):
    seen = []

    def hear(moment):
        seen.append(moment.orders[0].attempt)
        if len(seen) == 3:  # in the second attempt
            control.meddle = None

    control.meddle = lambda x: 0 * x
    (picture,) = make_worker().make(orders_of("last", [1], steps=6), hear)
    assert seen == [0] * 2 + [1] * 6
    assert picture.silence is None
    assert picture.response.after > picture.response.before


def test_silent_ones_of_several_batches_are_made_together(make_worker):
    network = trouble.network()
    with torch.no_grad():
        network.module.first.bias[[5, 6]] = -1000
    watch = Steps()
    worker = make_worker(batch=3, network=network)
    worker.make(orders_of("first", [SHY, 0, 1, 4, 5, 6], steps=4), watch)
    formed = [seen for place, seen in enumerate(watch.seen) if seen not in watch.seen[:place]]
    assert formed == [[SHY, 0, 1], [0, 1, 4], [5, 6], [SHY, 5, 6]]


class Spoil:
    """Makes the inputs of some rows of some passes not a number."""

    def __init__(self, rows_of_passes):
        self.rows_of_passes = rows_of_passes
        self.passes = 0

    def __call__(self, x):
        self.passes += 1
        rows = [row for row in self.rows_of_passes.get(self.passes, ()) if row < len(x)]
        return x.index_fill(0, torch.tensor(rows, dtype=torch.long), torch.nan)


def test_a_picture_that_is_not_finite_is_begun_again_with_other_draws(make_worker):
    worker = make_worker()
    undisturbed = worker.make(orders_of("first", [0, 1, 4]))
    control.meddle = Spoil({2: [1]})
    watch = Steps()
    pictures = worker.make(orders_of("first", [0, 1, 4]), watch)
    assert watch.seen == [[0, 1, 4]] + [[0, 4]] * 5 + [[1]] * 6
    assert [levels_apart(*pair) for pair in zip(pictures, undisturbed, strict=True)][::2] == [0, 0]
    control.meddle = None
    (second,) = worker.make(orders_of("first", [1], attempt=1))
    assert levels_apart(pictures[1], second) == 0
    assert levels_apart(pictures[1], undisturbed[1]) > 10


def test_a_picture_to_which_the_network_says_nothing_finite_is_begun_again(make_worker):
    worker = make_worker()
    worker.make(orders_of("first", [0]))
    # After the six steps mid-grey is asked for, then the picture.
    control.meddle = Spoil({8: [0]})
    (picture,) = worker.make(orders_of("first", [0]))
    control.meddle = None
    (second,) = worker.make(orders_of("first", [0], attempt=1))
    assert levels_apart(picture, second) == 0


def test_one_that_is_never_finite_is_named_and_the_others_are_made(make_worker):
    network = trouble.network()
    with torch.no_grad():
        network.module.first.bias[4] = torch.nan
    worker = make_worker(network=network)
    watch = Steps()
    with pytest.raises(UnmadeError, match=r"^Channel 4 of layer first: .*Take another") as raised:
        worker.make(orders_of("first", [0, 4, 5]), watch)
    made = raised.value.pictures
    assert [picture is not None for picture in made] == [True, False, True]
    (alone,) = make_worker().make(orders_of("first", [5]))
    assert levels_apart(made[2], alone) <= 1
    assert watch.seen == [[0, 5]] * 6


def test_attempts_are_counted(make_worker):
    worker = make_worker()
    worker.make(orders_of("first", [0]))
    control.meddle = spoil = Spoil({number: [0] for number in range(100)})
    with pytest.raises(UnmadeError, match=f"in each of {ATTEMPTS} attempts"):
        worker.make(orders_of("first", [0]))
    assert spoil.passes == ATTEMPTS


ERRORS = {
    "cuda": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    "cpu": RuntimeError(CPU_FULL),
    "python": MemoryError(),
}


def narrow(limit, error):
    def meddle(x):
        if len(x) > limit:
            raise error
        return x

    return meddle


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_a_batch_too_large_for_memory_is_halved_for_good(make_worker, error):
    worker = make_worker(batch=6)
    worker.make(orders_of("first", [0]))
    control.meddle = narrow(2, error)
    watch = Steps()
    pictures = worker.make(orders_of("first", LOUD, steps=2), watch)
    assert watch.seen == [[0]] * 2 + [[1]] * 2 + [[4]] * 2 + [[5]] * 2 + [[6]] * 2 + [[7]] * 2
    assert len(pictures) == 6
    assert worker.batch_size("first") == 1
    control.batches.clear()
    worker.make(orders_of("first", [0, 1], steps=2))
    assert set(control.batches) == {1}


def test_halving_goes_no_further_than_it_must(make_worker):
    worker = make_worker(batch=4)
    worker.make(orders_of("first", [0]))
    control.meddle = narrow(2, MemoryError())
    watch = Steps()
    worker.make(orders_of("first", LOUD, steps=2), watch)
    assert watch.seen == [[0, 1]] * 2 + [[4, 5]] * 2 + [[6, 7]] * 2


def test_memory_for_not_even_one_picture_is_said(make_worker):
    worker = make_worker(batch=2)
    worker.make(orders_of("first", [0]))
    control.meddle = narrow(0, MemoryError())
    with pytest.raises(FeatureVisualizationError, match=r"not enough memory on cpu .* layer first"):
        worker.make(orders_of("first", [0, 1]))
    control.meddle = None
    assert len(worker.make(orders_of("first", [0, 1]))) == 2


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))


def test_a_real_lack_of_memory_is_recognized():
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(raised.value)


def test_a_watch_ends_a_batch_within_a_step(make_worker):
    worker = make_worker()
    worker.make(orders_of("first", [0, 1]))
    control.batches.clear()

    def watch(moment):
        if moment.step == 4:
            raise CancelledError

    with pytest.raises(CancelledError):
        worker.make(orders_of("first", [0, 1]), watch)
    assert control.batches == [2] * 4


def test_the_same_orders_make_the_same_pictures(make_worker):
    worker = make_worker()
    orders = [*orders_of("first", LOUD), *orders_of("first", [0], seed=1)]
    one, same = worker.make(orders), worker.make(orders)
    other = make_worker().make(orders)
    for first, *others in zip(one, same, other, strict=True):
        assert {levels_apart(first, each) for each in others} == {0}
    different = {picture.pixels.tobytes() for picture in one}
    assert len(different) == len(orders)


@pytest.mark.parametrize("precision", ["float32", "auto"])
def test_another_process_with_another_hash_seed_makes_the_same(precision):
    code = "import sys; sys.path.insert(0, sys.argv[1]); from trouble import *; "
    code += "print_hash(sys.argv[2])"
    own = os.environ.get("PYTHONHASHSEED")
    environment = {**os.environ, "PYTHONHASHSEED": "2" if own == "1" else "1"}
    command = [sys.executable, "-c", code, os.path.dirname(__file__), precision]
    found = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert found.stdout.strip() == trouble.hash_of_pictures(precision)


@pytest.mark.parametrize("mode", ["natural", "texture", "maco", "paper"])
@pytest.mark.parametrize(("layer", "steps"), [("layer2.0.conv1", 4), ("conv1", 20)])
def test_what_else_is_in_a_batch_changes_at_most_one_level(make_worker, mode, layer, steps):
    """Where a network rounds otherwise for one image than for three, and where it does not."""
    network = Network("resnet", torchvision.models.resnet18(), InputSpec(height=48, width=48))
    worker = make_worker(network=network)
    settings = settings_of(mode, steps=steps, **({"plain_steps": 1} if mode == "paper" else {}))
    orders = [
        dataclasses.replace(order, settings=settings) for order in orders_of(layer, [3, 17, 40])
    ]
    together = worker.make(orders)
    (alone,) = worker.make(orders[1:2])
    pair = worker.make(orders[:0:-1])
    assert levels_apart(together[1], alone) <= 1
    assert levels_apart(together[2], pair[0]) <= 1


@pytest.mark.parametrize(
    ("orders", "message"),
    [
        (orders_of("nowhere", [0]), "trouble has no layer 'nowhere'"),
        (orders_of("first", [8]), "channels 0 to 7, there is no 8"),
        ([*orders_of("first", [0]), *orders_of("last", [0])], "A batch is of one layer"),
        (orders_of("first", [0]) + orders_of("first", [1], steps=9), "has the same settings"),
        (
            orders_of("first", [0], start=np.zeros((24, 20, 3), np.uint8)),
            r"shape \(24, 20, 3\), but trouble takes \(20, 24, 3\)",
        ),
    ],
)
def test_orders_that_do_not_fit_are_refused(make_worker, orders, message):
    with pytest.raises(FeatureVisualizationError, match=message):
        make_worker().make(orders)


def test_no_orders_make_no_pictures(make_worker):
    assert make_worker().make([]) == []


def test_a_start_image_is_what_the_picture_begins_with(make_worker):
    network = trouble.network()
    start = np.random.default_rng(0).integers(0, 256, (20, 24, 3), np.uint8)
    (picture,) = make_worker(network=network).make(orders_of("first", [0], start=start))
    with torch.no_grad():
        maps = network.module[1:3](network.prepare(start))
    assert picture.response.before == pytest.approx(maps[0, 0].mean().item(), rel=1e-5)
