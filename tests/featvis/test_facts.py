"""What is told of a picture."""

import hashlib

import numpy as np
import trouble

from cnnwalk.featvis import Order, Target
from cnnwalk.featvis.facts import facts_of
from cnnwalk.featvis.picture import Picture, Response
from cnnwalk.featvis.settings import settings_of
from cnnwalk.featvis.spectrum import Spectrum
from cnnwalk.version import __version__


def test_every_parameter_and_the_response_are_told():
    network = trouble.network()
    settings = settings_of("paper", steps=9)
    order = Order(Target("first", channel=5, neuron=(3, 4)), settings, seed=7)
    picture = Picture(np.zeros((20, 24, 3), np.uint8), None, Response(0.1, 0.123456789, 0.5, 2), 1)
    facts = facts_of(network, order, picture)
    told = {
        "software": f"cnnwalk {__version__}",
        "network": "trouble",
        "network_id": network.id,
        "layer": "first",
        "channel": "5",
        "neuron": "3, 4",
        "mode": "paper",
        "seed": "7",
        "start": "noise",
        "steps": "9",
        "after": "0.123456789",
        "probability": "0.5",
        "rank": "2",
    }
    assert facts.items() >= told.items()
    assert all(isinstance(value, str) for value in facts.values())
    assert facts.keys() >= vars(settings).keys() - {
        name for name, value in vars(settings).items() if value is None
    }


def test_a_direction_a_quantile_a_start_and_a_dead_target():
    target = Target("last", direction=(1.0, 0.0, -0.5, 0.0), measure="quantile", quantile=0.7)
    order = Order(target, settings_of("natural"), start=np.zeros((20, 24, 3), np.uint8))
    facts = facts_of(trouble.network(), order, Picture(None, "dead", None, 1))
    assert facts["direction"] == "1.0, 0.0, -0.5, 0.0"
    assert (facts["measure"], facts["quantile"], facts["start"]) == ("quantile", "0.7", "image")
    assert facts["silence"] == "dead"
    assert not facts.keys() & {"channel", "after", "neuron"}


def test_a_spectrum_is_told_by_its_hash():
    magnitudes = np.ones((3, 20, 13), np.float32)
    order = Order(Target("last", channel=0), settings_of("maco", spectrum=Spectrum(magnitudes)))
    told = facts_of(trouble.network(), order, Picture(None, "dead", None, 1))["spectrum"]
    assert told.endswith(hashlib.sha256(magnitudes.tobytes()).hexdigest())
