"""The key of a picture changes with all that the picture depends on, and with nothing else."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.capture import capture
from cnnwalk.featvis import Order, Target
from cnnwalk.featvis import key as key_module
from cnnwalk.featvis.key import key_of, keys_of
from cnnwalk.featvis.settings import settings_of
from cnnwalk.featvis.spectrum import Spectrum
from cnnwalk.graph import Probe
from cnnwalk.networks import InputSpec, Network

START = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
ORDER = Order(Target("0", channel=1), settings_of("natural"), seed=3, start=START)


def network_of(width=4, bias=0.0, spec=None):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, width, 3), nn.Sigmoid(), nn.Conv2d(width, 2, 3))
    with torch.no_grad():
        module[0].bias += bias
    return Network("small", module, spec or InputSpec(height=8, width=8))


def key(network=None, graph=None, order=ORDER, precision="auto"):
    network = network or network_of()
    graph = graph or capture(network.module, network.example_input(), name="small")
    return key_of(network, graph, order, precision)


def changed(target=None, settings=None, **order):
    """Return the order with other attributes of itself, its target or its settings."""
    return dataclasses.replace(
        ORDER,
        target=dataclasses.replace(ORDER.target, **(target or {})),
        settings=settings or ORDER.settings,
        **order,
    )


def spectrum(value):
    return Spectrum(np.full((3, 8, 5), value, np.float32))


OTHERS = {
    "layer": changed(target={"layer": "2"}),
    "channel": changed(target={"channel": 0}),
    "direction": changed(target={"channel": None, "direction": (0.0, 1.0, 0.0, 0.0)}),
    "neuron": changed(target={"neuron": (0, 1)}),
    "measure": changed(target={"measure": "centre"}),
    "quantile": changed(target={"measure": "quantile"}),
    "mode": changed(settings=settings_of("texture")),
    "steps": changed(settings=settings_of("natural", steps=65)),
    "seed": changed(seed=4),
    "pixels": changed(start=255 - START),
    "floats": changed(start=START.astype(np.float32) / 255),
    "noise": changed(start=None),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_other_orders_have_other_keys(other):
    assert key(order=other) != key()


def test_other_quantiles_have_other_keys():
    one, other = ({"measure": "quantile", "quantile": share} for share in (0.9, 0.5))
    assert key(order=changed(target=one)) != key(order=changed(target=other))


@pytest.mark.parametrize("mode", ["natural", "texture", "maco", "paper"])
def test_every_parameter_counts(mode):
    plain = settings_of(mode)
    keys = {key(order=changed(settings=plain))}
    fields = dataclasses.fields(plain)
    for field in fields:
        other = settings_of(mode)
        # Past the checks of its range: all that matters is that it is another value.
        object.__setattr__(other, field.name, "another")
        keys.add(key(order=changed(settings=other)))
    assert len(keys) == 1 + len(fields)


def test_a_spectrum_counts_by_its_values():
    one, same, other = (
        key(order=changed(settings=settings_of("maco", spectrum=spectrum(value))))
        for value in (1, 1, 2)
    )
    assert one == same != other


def test_other_networks_have_other_keys():
    networks = [
        network_of(bias=0.1),
        network_of(spec=InputSpec(height=8, width=8, mean=(0.4,))),
        network_of(width=5),
    ]
    assert len({key(network) for network in networks} | {key()}) == 4


def test_what_is_recorded_up_to_the_layer_counts_and_not_what_comes_after():
    network = network_of()
    graph = capture(network.module, network.example_input(), name="small")
    first, *others = graph.layers
    elsewhere = [
        dataclasses.replace(layer, probe=Probe(layer.probe.op + 1)) if layer.id == "0" else layer
        for layer in others
    ]
    moved = dataclasses.replace(graph, layers=(first, *elsewhere))
    end = graph.layer("0").probe.op
    before, after = (
        dataclasses.replace(graph, operations=_with_another(graph.operations, place))
        for place in (end, end + 1)
    )
    assert len({key(network, each) for each in (graph, moved, before)}) == 3
    assert key(network, after) == key(network, graph)


def _with_another(operations, place):
    return (*operations[:place], "another", *operations[place + 1 :])


def test_the_precision_and_the_release_of_torch_count(monkeypatch):
    keys = {key(), key(precision="float32")}
    for release in ("2.99.1", "2.98.0"):
        monkeypatch.setattr(torch, "__version__", release)
        keys.add(key())
    assert len(keys) == 4
    monkeypatch.setattr(torch, "__version__", "2.98.7+cpu")
    assert key() in keys


def test_the_algorithm_counts(monkeypatch):
    before = key()
    monkeypatch.setattr("cnnwalk.featvis.key.ALGORITHM", 999)
    assert key() != before


def test_the_attempt_and_types_of_equal_numbers_do_not_count():
    assert key(order=changed(attempt=2)) == key()
    assert key(order=changed(seed=np.int64(3))) == key()
    assert key(order=changed(start=np.asfortranarray(START))) == key()
    whole = changed(settings=settings_of("natural", noise=0))
    assert key(order=whole) == key(order=changed(settings=settings_of("natural", noise=0.0)))


def test_a_value_that_has_no_plain_form_is_refused_rather_than_left_out():
    settings = settings_of("natural")
    object.__setattr__(settings, "steps", object())
    with pytest.raises(TypeError, match="object cannot be a part of a picture's key"):
        key(order=changed(settings=settings))


def test_many_keys_are_those_of_each_and_what_they_share_is_hashed_once(monkeypatch):
    network = network_of()
    graph = capture(network.module, network.example_input(), name="small")
    alike = [changed(target={"channel": channel}) for channel in range(4)]
    orders = [*alike, *OTHERS.values(), *alike]
    expected = [key_of(network, graph, order, "auto") for order in orders]
    hashed = []
    plain = key_module._plain
    monkeypatch.setattr(key_module, "_plain", lambda told: hashed.append(told) or plain(told))
    assert keys_of(network, graph, orders, "auto") == expected
    recorded = [each for each in hashed if isinstance(each, tuple) and graph.operations[0] in each]
    assert len(recorded) == 2  # for two layers
    assert sum(each is START for each in hashed) < len(orders) / 2


def test_another_process_with_another_hash_seed_finds_the_same():
    code = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("test_key", {__file__!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.key())
"""
    own = os.environ.get("PYTHONHASHSEED")
    environment = {**os.environ, "PYTHONHASHSEED": "2" if own == "1" else "1"}
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert found.stdout.strip() == key()
