"""What cannot be asked for, what is not there, and what goes wrong with feature visualizations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from visualizing import FIRST, LAST, ask, ask_id, events, finish, get, is_done

from cnnwalk.networks import InputSpec, Network


@pytest.fixture
def server(visualizing):
    """The walk of a small network whose ascents can be held."""
    return visualizing()


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ({"layer": "nowhere"}, 404, "There is no layer 'nowhere'"),
        ({"channels": [8]}, 422, "has channels 0 to 7, there is no 8"),
        ({"channels": []}, 422, "name at least one"),
        ({"channels": [-1]}, 422, "channels"),
        ({"mode": "dream"}, 422, "mode"),
        ({"steps": 0}, 422, "The number of steps is 0: give 1 to 10000"),
        ({"steps": "many"}, 422, "steps"),
        ({"seed": -1}, 422, "seed"),
        ({"start": "0" * 32}, 404, "There is no image"),
        ({"measure": "quantile", "quantile": 2}, 422, "give a share from 0 to 1"),
        ({"neuron": [32, 0]}, 422, "32 rows and 32 columns, there is no neuron at row 32"),
        ({"speed": "fast"}, 422, "speed"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence(server, gate, asked, status, sentence):
    answer = ask(server, **asked)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]
    assert get(server, "/api/visualizations").json() == []
    assert gate.count == 0


def test_a_start_image_of_other_channels_is_refused(server):
    pixels = np.zeros((32, 32, 5), np.uint8)
    image = server.walk.images.add(pixels, origin="dataset", name="five", label=None)
    answer = ask(server, start=image.id)
    assert answer.status_code == 422
    assert "5 channels" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "pause"),
        ("POST", "resume"),
        ("DELETE", ""),
        ("DELETE", "pictures"),
        ("GET", "previews/1"),
        ("GET", "pictures?channel=0"),
        ("GET", "channels/0"),
        ("GET", "channels/0/png"),
        ("GET", "sheet"),
    ],
)
def test_jobs_that_are_not_there_are_problems(server, method, path):
    answer = server.client.request(method, f"/api/visualizations/none/{path}".rstrip("/"))
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("There is no feature visualization 'none'")


def test_pictures_that_are_not_there_are_problems(server):
    job = finish(server, FIRST, channels=[0])
    for path, sentence in {
        "channels/1": "it is not finished",
        "channels/8": "layer '1' has 0 to 7",
        "channels/1/png": "it is not finished",
        "previews/7": "There is no preview '7'",
        "pictures?channel=8": "layer '1' has 0 to 7",
    }.items():
        answer = server.client.get(f"{job}/{path}")
        assert answer.status_code == 404, path
        assert sentence in answer.json()["detail"]
    for query in ("", "?channel=-1", "?channel=0&cell=7", "?channel=0&cell=257"):
        assert server.client.get(f"{job}/pictures{query}").status_code == 422
    many = "&".join(f"channel={n}" for n in range(257))
    assert server.client.get(f"{job}/pictures?{many}").status_code == 422


def test_a_job_that_has_ended_is_not_cancelled_or_paused(server):
    job = finish(server, LAST, steps=1, channels=[0])
    for method, path in (("DELETE", job), ("POST", f"{job}/pause"), ("POST", f"{job}/resume")):
        answer = server.client.request(method, path)
        assert answer.status_code == 409
        assert "has ended (done)" in answer.json()["detail"]
    assert get(server, f"{job}/channels/0").json()["channel"] == 0


def cached_files(tmp_path):
    return [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_damaged_picture_is_made_again_when_it_is_asked_for(server, gate, tmp_path):
    job = finish(server, FIRST, channels=[0])
    original = get(server, f"{job}/channels/0/png").content
    (file,) = cached_files(tmp_path)
    file.write_bytes(file.read_bytes()[:100])
    assert server.client.get(f"{job}/channels/0").status_code == 404
    taken = gate.count
    finish(server, FIRST, channels=[0])
    assert gate.count > taken
    assert get(server, f"{job}/channels/0/png").content == original


def test_pictures_are_shown_also_where_the_disk_takes_none(server, tmp_path, caplog):
    (tmp_path / "cache").write_text("a file where a folder should be")
    job = finish(server, FIRST, channels=[0])
    assert get(server, f"{job}/channels/0").json()["image"] is not None
    (state,) = get(server, "/api/visualizations").json()
    assert state["state"] == "done"
    assert "cannot be kept on disk" in state["problem"]
    assert "cannot be kept in" in caplog.text


class Detached(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 2 * x.detach()


def test_a_layer_from_which_no_gradient_comes_fails_in_words(serve, connect, visualizing):
    module = nn.Sequential(nn.Conv2d(3, 4, 3), Detached(), nn.Conv2d(4, 2, 3))
    server = connect(serve(Network("detached", module, InputSpec(height=16, width=16))))
    with events(server.client) as stream:
        job = ask_id(server, "2")
        state = stream.until(job, lambda state: state["state"] in {"done", "failed"})
        assert state["state"] == "failed"
        assert "2" in state["problem"]
        assert "gradient" in state["problem"]
        # What lies before it has pictures.
        stream.until(ask_id(server, "0"), is_done)
    assert server.is_alive()
