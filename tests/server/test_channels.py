"""Images of five channels over HTTP, from a dataset of which one item cannot be read."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from cnnwalk.images import ImageError, find_images
from cnnwalk.networks import InputSpec, Network
from cnnwalk.server.listen import listen
from cnnwalk.server.run import RunningWalk
from cnnwalk.server.walk import Walk
from cnnwalk.wire import ProblemHeader, decode_frames


class Bands(torch.utils.data.Dataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        if index == 0:
            raise OSError("tile not on this disk")
        steps = torch.arange(5)[:, None, None] / 10
        return {"image": (steps + index / 10).expand(5, 40, 30), "label": index}


@pytest.fixture
def bands(connect):
    """A network of five channels, one of three, and images of five."""
    torch.manual_seed(0)
    five = nn.Sequential(nn.Conv2d(5, 4, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    networks = [
        Network("five", five, InputSpec(5, 16, 12)),
        Network("three", nn.Conv2d(3, 4, 1), InputSpec(3, 16, 12)),
    ]
    with RunningWalk(Walk(networks, [find_images(Bands())]), listen(port=0)) as running:
        yield connect(running)


def test_every_channel_reaches_the_network(bands):
    first = bands.walk.first_image
    assert (first.channels, first.name, first.label) == (5, "Bands 1", "label 1")
    network = bands.walk.networks[bands.network].network
    values = (torch.arange(1, 6) / 10 - 0.5) / 0.5
    with torch.no_grad():
        expected = network.module[0](values[None, :, None, None])[0, :, 0, 0]
    conv = bands.walk.networks[bands.network].graph.layers[1]
    assert conv.kind == "conv"
    for channel in range(4):
        answer = bands.client.get(f"{bands.pass_path}/layers/{conv.id}/maps/{channel}")
        (frame,) = decode_frames(answer.content)
        found = np.frombuffer(frame.payload, np.float32)
        assert np.allclose(found, expected[channel], atol=1e-6)


def test_people_see_the_first_three_channels(bands):
    shown = Image.open(io.BytesIO(bands.client.get(f"/api/images/{bands.image}").content))
    assert shown.size == (30, 40)
    assert shown.getpixel((3, 3)) == pytest.approx((0.1 * 255, 0.2 * 255, 0.3 * 255), abs=0.6)


def test_noise_has_the_channels_that_the_network_takes(bands):
    info = bands.client.get(f"/api/networks/{bands.network}/noise/uniform/1").json()
    assert (info["channels"], info["width"], info["height"]) == (5, 12, 16)


def test_a_network_of_other_channels_says_what_it_takes(bands):
    _, three = bands.walk.networks
    stream = bands.client.get(f"/api/networks/{three}/passes/{bands.image}").content
    *_, last = decode_frames(stream)
    assert isinstance(last.header, ProblemHeader)
    assert "three cannot take this image. The image has 5 channels" in last.header.detail
    assert "network takes 3" in last.header.detail


def test_an_item_that_raises_is_left_out_and_said(bands):
    (dataset,) = bands.walk.datasets
    page = bands.client.get(f"/api/datasets/{dataset}/draws/1").json()
    assert sorted(image["name"] for image in page["images"]) == [f"Bands {n}" for n in range(1, 5)]
    (reason,) = page["skipped"]
    assert "Bands 0 cannot be read, the dataset raises OSError: tile not on this disk" in reason


def test_images_that_go_into_no_network_are_said_at_the_start():
    networks = [Network("three", nn.Conv2d(3, 4, 1), InputSpec(3, 16, 12))]
    with pytest.raises(ImageError, match=r"Bands have 5 channels, but three takes 3: let the"):
        Walk(networks, [find_images(Bands())])
