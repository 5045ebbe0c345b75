"""How the learning rate falls during training."""

from __future__ import annotations

_STEPS = ((96, 0.001), (92, 0.003), (88, 0.01), (84, 0.03), (80, 0.1), (60, 0.3))
"""From which percentage of the epochs on which share of the rate holds, the last first."""


def share_of_rate(epoch: int, epochs: int) -> float:
    """Return the share of the first learning rate that holds in an epoch.

    The whole rate for 60 % of the epochs, then .3; in the second half of the rest .1, .03, .01,
    .003 and .001 in turn, which is where the paper ends. Source: `config_train_resnet018_cifar.py`
    in Criscraft/pytorch_classification.

    Args:
        epoch: in 0..epochs - 1.
        epochs: of the whole training.
    """
    return next((share for percent, share in _STEPS if epoch * 100 >= percent * epochs), 1.0)
