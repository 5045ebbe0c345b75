"""Noise on an image over HTTP: the same each time, as strong as asked for, and bounded."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cnnwalk.images import samples
from cnnwalk.server.walk import Walk
from cnnwalk.wire import ResultHeader, decode_frames

GRAY = 128


def noisy(server, image, sigma):
    return server.client.get(f"/api/images/{image}/noisy", params={"sigma": sigma})


def pixels_of(server, image):
    png = server.client.get(f"/api/images/{image}").content
    return np.asarray(Image.open(io.BytesIO(png))).astype(float)


def bring(server, picture, width, height):
    """Bring a picture of one gray, and return its id."""
    sent = picture(width, height, colour=(GRAY, GRAY, GRAY))
    return server.client.post("/api/images?name=gray.png", content=sent).json()["id"]


def result_of(server, image):
    stream = server.client.get(f"/api/networks/{server.network}/passes/{image}").content
    header = list(decode_frames(stream))[-1].header
    assert isinstance(header, ResultHeader)
    return header


def test_it_is_named_by_its_pixels_and_can_be_inserted(server):
    clean = server.walk.first_image
    first = noisy(server, clean.id, 0.2).json()
    assert noisy(server, clean.id, 0.2).json() == first
    other = noisy(server, clean.id, 0.21).json()
    assert len({clean.id, first["id"], other["id"]}) == 3
    assert first["name"] == f"{clean.name} with noise 0.2"
    assert first["label"] == clean.label
    assert result_of(server, first["id"]).predictions != result_of(server, clean.id).predictions


@pytest.mark.parametrize("size", [(400, 300), (32, 32), (9, 7)], ids=["larger", "same", "smaller"])
def test_it_arrives_at_the_network_as_strong_as_asked_for(server, picture, size):
    image = bring(server, picture, *size)
    made = noisy(server, image, 0.1).json()
    stored = server.walk.images.get(made["id"])
    (spec,) = (served.network.input for served in server.walk.networks.values())
    (network,) = (served.network for served in server.walk.networks.values())
    arrives = network.prepare(stored.image())[0].numpy() * np.reshape(spec.std, (3, 1, 1))
    arrives += np.reshape(spec.mean, (3, 1, 1)) - GRAY / 255
    assert arrives.std() == pytest.approx(0.1, rel=0.05)
    assert made["width"] / made["height"] == pytest.approx(size[0] / size[1], rel=0.05)


def test_weak_noise_changes_no_pixel_by_more_than_its_draws(server):
    """No scaling in between makes another picture of it."""
    clean = server.walk.images.get(server.image)
    (network,) = (served.network for served in server.walk.networks.values())
    made = noisy(server, server.image, 0.002).json()
    before = network.scale(clean.image()).astype(float)
    assert np.abs(pixels_of(server, made["id"]) - before).max() <= 5 * 255 * 0.002 + 1


@pytest.mark.parametrize("sigma", ["0", "-1", "1.01", "nan", "inf", "much", ""])
def test_other_sigmas_are_refused(server, sigma):
    answer = noisy(server, server.image, sigma)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "sigma" in answer.json()["detail"]
    assert server.is_alive()


def test_an_unknown_image_is_named(server):
    answer = noisy(server, "0" * 32, 0.1)
    assert answer.status_code == 404
    assert "0" * 32 in answer.json()["detail"]


def test_a_slider_that_goes_on_and_on_does_not_fill_the_memory(server, picture, monkeypatch):
    images = server.walk.images
    monkeypatch.setattr(images, "_capacity", 200_000)
    clean = bring(server, picture, 100, 100)
    made = [noisy(server, clean, (1 + step) / 100).json()["id"] for step in range(60)]
    assert images.size_bytes <= 200_000
    assert len(set(made)) == 60
    # Its pixels were dropped, and are made again.
    assert result_of(server, made[0])


def test_without_its_image_it_cannot_be_made_again(server, picture):
    images = server.walk.images
    clean = bring(server, picture, 50, 50)
    made = noisy(server, clean, 0.1).json()["id"]
    images.get(made)._kept.pixels = None
    del images._entries[clean]
    answer = server.client.get(f"/api/images/{made}")
    assert answer.status_code == 422
    assert "gray.png is no longer held" in answer.json()["detail"]


def test_the_finest_of_several_networks_gets_the_noise_that_was_asked_for(serve, connect, picture):
    from torch import nn

    from cnnwalk.networks import InputSpec, Network

    networks = [
        Network(name, nn.Conv2d(3, 2, 3), InputSpec(height=side, width=side))
        for name, side in (("coarse", 24), ("fine", 64))
    ]
    server = connect(serve(*networks))
    made = noisy(server, bring(server, picture, 200, 200), 0.1).json()
    assert (made["width"], made["height"]) == (64, 64)
    stored = server.walk.images.get(made["id"]).image()
    deviations = [network.fit(stored).std() / 255 for network in networks]
    assert deviations[1] == pytest.approx(0.1, rel=0.05)
    assert 0.02 < deviations[0] < 0.08


@pytest.mark.parametrize("together", [False, True])
def test_the_walk_says_whether_an_image_goes_into_all(small, together):
    walk = Walk([small.network], [samples()], together=together)
    try:
        assert walk.info().together is together
    finally:
        walk.close()
