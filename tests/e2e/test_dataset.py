"""A dataset of a user's own: five channels, an item that raises, a label without a name."""

import numpy as np
import pytest
import torch

from cnnwalk.networks import load_network

CODE = """
import torch
from torch import nn
from torch.utils.data import Dataset

import cnnwalk


class Bands(Dataset):
    classes = ("low", "middle")

    def __len__(self):
        return 6

    def __getitem__(self, index):
        if index == 3:
            raise OSError("tile 3 is not on this disk")
        values = torch.rand(5, 16, 16, generator=torch.Generator().manual_seed(index))
        return {"image": values, "label": index % 3}


def build():
    torch.manual_seed(0)
    layers = [nn.Conv2d(5, 4, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return cnnwalk.Network("bands", nn.Sequential(*layers), cnnwalk.InputSpec(5, 16, 16))
"""


@pytest.fixture(scope="module")
def bands(serve, visitors, tmp_path_factory):
    path = tmp_path_factory.mktemp("dataset") / "bands.py"
    path.write_text(CODE)
    with serve("walk", f"{path}:build", "--images", f"{path}:Bands") as walk:
        visit = visitors(960, 540).open(walk.url)
        yield visit, load_network(f"{path}:build")
        visit.check(walk.origin)


def test_the_page_says_which_images_are_left_out_and_why(bands):
    visit, _ = bands
    # The notice of the arrival may have gone by now.
    visit.click("cnnwalk.datasetSpot('Draw again')")
    notice = visit.until("document.querySelector('.notice.error')?.textContent")
    assert "One image was left out. Bands 3 cannot be read" in notice
    assert "OSError: tile 3 is not on this disk" in notice
    images = visit.until("cnnwalk.draw?.images")
    assert sorted(image["name"] for image in images) == [f"Bands {n}" for n in (0, 1, 2, 4, 5)]
    labels = {image["name"]: image["label"] for image in images}
    assert labels["Bands 1"] == "middle"
    assert labels["Bands 2"] == "label 2"


def test_every_channel_of_the_inserted_image_is_in_the_hall(bands):
    visit, network = bands
    values = torch.rand(5, 16, 16, generator=torch.Generator().manual_seed(0))
    assert "16 × 16, 5 channels" in visit.page.locator(".status").text_content()
    with torch.no_grad():
        prepared = ((values - 0.5) / 0.5)[None]
        rectified = network.module[:2](prepared)[0]
    visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")
    for layer, maps in (("input", prepared[0]), ("0", rectified)):
        parts = torch.stack([maps.clamp(min=0), maps.clamp(max=0).abs()])
        means = torch.nn.functional.avg_pool2d(parts, 2) / maps.abs().max()
        expected = (means * 255).flatten(2).permute(1, 2, 0).numpy()
        drawn = [visit.texels(layer, channel, "base") for channel in range(len(maps))]
        assert np.abs(drawn - expected).max() <= 255 / 127
