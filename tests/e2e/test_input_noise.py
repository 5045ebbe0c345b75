"""Noise on the input by a slider: seen in all networks at once, and gone without a trace."""

import numpy as np
import pytest
import torch

from cnnwalk.images import noisy, samples
from cnnwalk.networks import load_network

# Two networks whose classes hang on the noise, each in its own way.
CODE = """
import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network


def build(name, seed):
    torch.manual_seed(seed)
    layers = [nn.Conv2d(3, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    module = nn.Sequential(*layers, nn.Linear(6, 4))
    with torch.no_grad():
        module[4].weight *= 4
    spec = InputSpec(3, 32, 32, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    return Network(name, module, spec, classes=("ant", "bee", "cat", "dog"))


def left():
    return build("left", 1)


def right():
    return build("right", 2)
"""
NAMES = ("left", "right")
DONE = "cnnwalk.networks.every((one) => one.progress.stage === 'done')"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("networks") / "pair.py"
    path.write_text(CODE)
    return path


@pytest.fixture(scope="module")
def pair(serve, visitors, path):
    with serve("walk", f"{path}:left", f"{path}:right") as walk:
        visit = visitors(1280, 720).open(walk.url)
        visit.until(DONE)
        yield visit
        visit.check(walk.origin)


def settle(visit, sigma):
    at = "(sigma) => cnnwalk.networks.every((one) => (one.inserted.sigma ?? 0) === sigma)"
    visit.until(at, sigma)
    visit.until(DONE)


def said(visit):
    """What each network says, by its name."""
    return {
        one["name"]: [each["probability"] for each in one["predictions"]]
        for one in visit.tell("cnnwalk.networks")
    }


@torch.no_grad()
def expected(path, name, sigma):
    """What plain torch says to the first photograph with that noise, most probable first."""
    network = load_network(f"{path}:{name}")
    image = network.scale(np.asarray(samples().item(0).image))
    prepared = network.prepare(image if sigma == 0 else noisy(image, sigma))
    return sorted(network.module(prepared).softmax(-1)[0].tolist(), reverse=True)


def test_the_slider_reaches_all_networks_and_goes_back(pair, path):
    before = said(pair)
    clean = pair.tell("cnnwalk.networks.map((one) => one.inserted.id)")
    pair.page.keyboard.press("g")
    slider = pair.page.get_by_role("slider", name="Noise on the input")
    pair.until("document.activeElement.type === 'range'")
    for _ in range(20):
        pair.page.keyboard.press("ArrowRight")
    settle(pair, 0.2)
    assert slider.get_attribute("aria-valuetext") == "0.20"
    with_noise = said(pair)
    for name in NAMES:
        assert with_noise[name] == pytest.approx(expected(path, name, 0.2), abs=2e-3)
        assert with_noise[name] != pytest.approx(before[name], abs=0.01)
    rows = pair.page.get_by_role("list", name="All networks").locator("li")
    assert [row.locator("span").first.inner_text() for row in rows.all()] == list(NAMES)
    pair.picture("noise-on-the-input")
    pair.page.keyboard.press("Home")
    settle(pair, 0)
    assert pair.tell("cnnwalk.networks.map((one) => one.inserted.id)") == clean
    assert said(pair) == before
    # The keys walk again, and there is nothing to take back.
    pair.page.keyboard.press("Escape")
    assert pair.tell("document.activeElement.type") != "range"
    assert pair.page.get_by_role("button", name="Image before").count() == 0


def test_a_drag_is_one_step_to_take_back(pair, path):
    card = pair.page.get_by_role("region", name="Inserted image")
    card.hover()
    box = pair.page.get_by_role("slider", name="Noise on the input").bounding_box()
    middle = box["y"] + box["height"] / 2
    pair.page.mouse.move(box["x"] + 9, middle)
    pair.page.mouse.down()
    for share in (0.3, 0.6, 0.9):
        pair.page.mouse.move(box["x"] + share * box["width"], middle, steps=3)
    pair.page.mouse.up()
    sigma = pair.until("Number(document.querySelector('.noise input').value)")
    assert 0.4 < sigma < 0.5
    settle(pair, sigma)
    for name in NAMES:
        assert said(pair)[name] == pytest.approx(expected(path, name, sigma), abs=2e-3)
    pair.page.keyboard.press("Control+z")
    settle(pair, 0)
    pair.page.keyboard.press("Control+Shift+z")
    settle(pair, sigma)
    pair.page.keyboard.press("Control+z")
    settle(pair, 0)
