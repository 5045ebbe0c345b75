"""How things are called on the page."""

from __future__ import annotations

from cnnwalk.study.measures import PicturePlace, Place
from cnnwalk.study.strategies import StrategyName
from cnnwalk.study.trained import NetworkName

NETWORKS: dict[NetworkName, str] = {
    "covidresnet": "CovidResNet",
    "coviddensenet": "CovidDenseNet",
}
ACCURACIES = {
    "train": "train",
    "train_true": "train, true labels",
    "validation": "validation",
    "test": "test",
    "balanced": "test, balanced",
    "test_noise": "test with noise",
}
"""Columns, in their order."""

ROWS: tuple[StrategyName, ...] = (
    "augmentation",
    "shuffled-labels",
    "noisy-copies",
    "plain",
    "augmentation-without-noise",
    "noise-only",
)
"""The paper's strategies, and then the controls."""

CONTROLS: frozenset[StrategyName] = frozenset(ROWS[3:])


def place_words(place: Place | PicturePlace) -> str:
    """Return a place in a network in words, such as ``block 2``."""
    if place == "class":
        return "classes"
    return f"block {place}" if place.isdigit() else place
