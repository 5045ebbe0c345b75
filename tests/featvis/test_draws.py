import dataclasses

import pytest
import torch

from cnnwalk.featvis import Order, Target
from cnnwalk.featvis.forming.draws import Draws
from cnnwalk.featvis.settings import FourierSettings

CPU = torch.device("cpu")
ORDER = Order(Target("conv", channel=3), FourierSettings(), seed=5)


def test_an_image_has_the_same_draws_alone_and_among_others():
    other = dataclasses.replace(ORDER, target=Target("conv", channel=4))
    alone, among = Draws([ORDER], CPU), Draws([other, ORDER], CPU)
    for drawn in ("uniform(-2, 3, 4)", "normal(2, 2)", "integers(1, 9, 5)", "chance(0.5, 8)"):
        [one] = eval(f"alone.{drawn}", {"alone": alone})  # noqa: S307
        two = eval(f"among.{drawn}", {"among": among})  # noqa: S307
        assert torch.equal(one, two[1])
        assert not torch.equal(two[0], two[1])


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 6},
        {"attempt": 1},
        {"target": Target("conv", channel=2)},
        {"target": Target("other", channel=3)},
        {"target": Target("conv", channel=3, neuron=(0, 0))},
    ],
)
def test_seed_target_and_attempt_give_other_draws(change):
    other = dataclasses.replace(ORDER, **change)
    assert not torch.equal(Draws([ORDER], CPU).normal(4), Draws([other], CPU).normal(4))


def test_draws_keep_to_their_ends_and_chances():
    draws = Draws([ORDER], CPU)
    assert set(draws.integers(-1, 1, 200).flatten().tolist()) == {-1, 0, 1}
    even = draws.uniform(-2, 3, 4000)
    assert even.min() >= -2
    assert even.max() <= 3
    assert even.mean().item() == pytest.approx(0.5, abs=0.1)
    assert draws.chance(0.25, 4000).float().mean().item() == pytest.approx(0.25, abs=0.03)
