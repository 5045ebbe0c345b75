"""A hall that is built anew goes on showing its maps, before the server has sent them again."""

import numpy as np
import pytest

CODE = """
import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network


class Stage(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 3, 3, padding=1)
        self.second = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        return self.second(self.first(x).relu())


def build():
    torch.manual_seed(0)
    return Network("stages", nn.Sequential(Stage(), Stage()), InputSpec(height=14, width=14))
"""


@pytest.fixture
def visit(serve, visitors, tmp_path):
    file = tmp_path / "stages.py"
    file.write_text(CODE)
    with serve("walk", f"{file}:build") as walk:
        visit = visitors(960, 540, sharp=True).open(walk.url)
        yield visit
        visit.check(walk.origin)


def seen(visit, layer):
    """The pixels (H, W, 3) of the page around the middle of a layer's first map."""
    visit.page.mouse.move(5, 300)
    # In software the view is drawn in fewer pixels until it has rested.
    visit.until("document.querySelector('canvas').width === innerWidth")
    spot = visit.tell("layer => cnnwalk.mapSpot(layer, 0)", layer)
    clip = {"x": spot["x"] - 30, "y": spot["y"] - 30, "width": 60, "height": 60}
    return np.asarray(visit.look(clip), float)


def test_the_maps_stay_while_they_come_again(visit):
    visit.page.keyboard.press("/")
    visit.page.get_by_role("combobox", name="Search layers").fill("input")
    visit.page.keyboard.press("Enter")
    visit.frames(3)
    before = seen(visit, "input")
    assert before.std() > 10, "a picture is seen"
    held = []

    def hold(route):
        held.append(route.request.url)

    visit.page.route("**/passes/**", hold)
    visit.page.keyboard.press("o")
    visit.page.get_by_role("button", name="Open 0 levels of blocks").click()
    visit.until("cnnwalk.networks[0].hall.collapsed.length === 2")
    visit.page.keyboard.press("o")
    assert visit.tell("cnnwalk.progress.stage") == "running"
    assert visit.tell("cnnwalk.layers.every((layer) => layer.level === 'none')")
    assert np.abs(seen(visit, "input") - before).mean() < 3
    assert held, "the maps are asked for"
    visit.page.unroute("**/passes/**")  # which lets what is held go on
    visit.until("cnnwalk.progress.stage === 'done'")
    assert np.abs(seen(visit, "input") - before).mean() < 3
