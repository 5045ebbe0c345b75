"""How things are called on the page."""

from __future__ import annotations

from cnnwalk.study import accuracy
from cnnwalk.study.measures import PicturePlace, Place
from cnnwalk.study.strategies import STRATEGY_NAMES, StrategyName
from cnnwalk.study.trained import NetworkName

NETWORKS: dict[NetworkName, str] = {
    "covidresnet": "CovidResNet",
    "coviddensenet": "CovidDenseNet",
}
ACCURACIES = accuracy.WORDS
"""Columns, in their order."""

ROWS = STRATEGY_NAMES
"""The paper's strategies, and then the controls."""

CONTROLS: frozenset[StrategyName] = frozenset(ROWS[3:])


def place_words(place: Place | PicturePlace) -> str:
    """Return a place in a network in words, such as ``block 2``."""
    if place == "class":
        return "classes"
    return f"block {place}" if place.isdigit() else place
