"""One batch's steps, with pictures and a layer that are written down here."""

import numpy as np
import pytest
import torch

from cnnwalk.featvis import Order, Target
from cnnwalk.featvis.ascent import LISTENING, ascend
from cnnwalk.featvis.objective import values as values_of
from cnnwalk.featvis.settings import settings_of

STEPS = 8


class Plain:
    """Pictures of plain pixels (N, 1, 1, 2) that step along their gradient."""

    def __init__(self, values):
        self.values = torch.tensor(values, dtype=torch.float32)[:, None, None, :]
        self.steps = 0

    def step(self, see):
        self.steps += 1
        inputs = self.values.clone().requires_grad_()
        responses = see(inputs)
        (gradient,) = torch.autograd.grad(responses.sum(), inputs)
        self.values = self.values + 0.001 * gradient
        return responses.detach()

    def pictures(self):
        return self.values


class Careful(Plain):
    """Pictures that leave out a step that is not finite."""

    def step(self, see):
        before = self.values
        responses = super().step(see)
        self.values = torch.where(self.values.isfinite(), self.values, before)
        return responses


def orders_of(count, steps=STEPS):
    settings = settings_of("natural", steps=steps)
    return [Order(Target("layer", channel=0), settings, seed=seed) for seed in range(count)]


def run(forming, reach, count, watch=lambda _: None, steps=STEPS):
    orders = orders_of(count, steps)
    targets = [order.target for order in orders]
    return ascend(orders, forming, lambda inputs: values_of(reach(inputs), targets), watch)


def sums(inputs):
    """Return one map for each picture: the sum of its two pixels."""
    return inputs.sum(3, keepdim=True)


def test_pictures_climb_and_are_rounded_to_bytes():
    outcomes = run(Plain([[0.0, 0.5], [0.9, 1.5], [-3.0, 100.4 / 255]]), sums, 3)
    # 8 steps of 0.001 each, times 255, are 2.04.
    assert [outcomes[place].tolist() for place in range(3)] == [
        [[[2], [130]]],
        [[[232], [255]]],
        [[[0], [102]]],
    ]
    assert outcomes[0].dtype == np.uint8


def test_each_step_is_watched():
    moments = []

    def watch(moment):
        moments.append((moment.step, moment.steps, len(moment.orders), moment.values.tolist()))
        assert moment.pictures().shape == (2, 1, 2, 1)

    run(Plain([[0.0, 0.5], [0.25, 0.25]]), sums, 2, watch)
    assert [moment[:3] for moment in moments] == [(n, STEPS, 2) for n in range(1, STEPS + 1)]
    # What was seen in a step is what there was before it.
    for number, (*_, values) in enumerate(moments):
        assert values == pytest.approx([0.5 + 0.002 * number] * 2)


def test_what_a_watch_raises_ends_the_batch_at_once():
    forming = Plain([[0.0, 0.5]])

    def watch(moment):
        if moment.step == 3:
            raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        run(forming, sums, 1, watch)
    assert forming.steps == 3


def test_a_batch_with_silent_ones_ends_when_that_is_sure():
    forming = Plain([[0.0, 0.5], [0.1, 0.2], [0.3, 0.4]])
    loud = torch.tensor([1.0, 0.0, 1.0])[:, None, None, None]
    steps = []
    outcomes = run(forming, lambda x: sums(x) * loud, 3, lambda moment: steps.append(moment.step))
    assert outcomes == {1: "silent"}
    assert forming.steps == LISTENING
    assert steps == [1, 2]


@pytest.mark.parametrize("step", range(1, LISTENING + 1))
def test_one_gradient_in_the_first_steps_is_enough(step):
    forming = Plain([[0.0, 0.5], [0.1, 0.2]])

    def reach(inputs):
        return sums(inputs) * (forming.steps == step)

    outcomes = run(forming, reach, 2)
    assert [type(outcome) for outcome in outcomes.values()] == [np.ndarray] * 2


@pytest.mark.parametrize("steps", [1, 2])
def test_silence_is_heard_in_fewer_steps_too(steps):
    assert run(Plain([[0.0, 0.5]]), lambda x: sums(x) * 0, 1, steps=steps) == {0: "silent"}


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_a_value_that_is_not_finite_leaves_the_others_unharmed(bad):
    forming = Plain([[0.0, 0.5], [0.1, 0.2]])
    watched = []

    def reach(inputs):
        maps = sums(inputs)
        spoilt = torch.tensor([False, forming.steps == 5])[:, None, None, None]
        return torch.where(spoilt, bad, maps)

    def watch(moment):
        watched.append(len(moment.orders))
        assert moment.values.isfinite().all()
        assert len(moment.values) == len(moment.pictures()) == len(moment.orders)

    outcomes = run(forming, reach, 2, watch)
    assert outcomes[1] == "not_finite"
    assert outcomes[0].tolist() == [[[2], [130]]]
    assert watched == [2, 2, 2, 2, 1, 1, 1, 1]


def test_a_gradient_that_is_not_finite_is_noticed_though_all_values_are():
    forming = Careful([[0.0, 0.5], [-0.5, 0.5]])

    def reach(inputs):
        # The second's is the root of 0, which has an infinite gradient.
        return sums(inputs).sqrt() if forming.steps == 1 else sums(inputs)

    outcomes = run(forming, reach, 2)
    assert outcomes[1] == "not_finite"
    assert isinstance(outcomes[0], np.ndarray)


def test_a_picture_that_is_not_finite_is_none():
    forming = Plain([[0.0, 0.5], [0.1, 0.2]])
    forming.pictures = lambda: torch.tensor([[0.5, 0.5], [0.5, torch.nan]])[:, None, None, :]
    outcomes = run(forming, sums, 2)
    assert outcomes[1] == "not_finite"
    assert outcomes[0].tolist() == [[[128], [128]]]


def test_a_batch_that_is_all_lost_ends():
    forming = Plain([[0.0, 0.5], [0.1, 0.2]])
    outcomes = run(forming, lambda x: sums(x) + torch.inf, 2)
    assert outcomes == {0: "not_finite", 1: "not_finite"}
    assert forming.steps == 1
