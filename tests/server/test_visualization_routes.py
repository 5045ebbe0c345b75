"""Feature visualization over HTTP: real jobs of a small network, followed by their events."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from visualizing import (
    CLASSES,
    DEAD,
    FIRST,
    LAST,
    SECOND,
    SILENT,
    ask,
    ask_id,
    events,
    finish,
    get,
    is_done,
)

from cnnwalk.wire import ResultHeader, decode_frames


@pytest.fixture
def server(visualizing):
    """The walk of a small network whose ascents can be held."""
    return visualizing()


def mean_of_map(server, image, layer, channel):
    """Return the mean of a feature map, by the route of true values."""
    path = f"/api/networks/{server.network}/passes/{image}/layers/{layer}/maps/{channel}"
    ((_, payload),) = decode_frames(get(server, path).content)
    return float(np.frombuffer(payload, "<f4").mean())


def test_a_picture_can_be_inserted_and_excites_its_channel(server):
    job = finish(server, FIRST, steps=12, channels=[0])
    facts = get(server, f"{job}/channels/0").json()
    image = facts["image"]
    assert image["origin"] == "visualization"
    (state,) = get(server, "/api/visualizations").json()
    assert image["name"] == f"{FIRST} · 0 · {state['mode']}"
    assert (facts["silence"], facts["class_name"], facts["rank"]) == (None, None, None)
    assert facts["after"] > facts["before"]
    assert facts["after"] == pytest.approx(mean_of_map(server, image["id"], FIRST, 0), rel=1e-4)
    png = np.asarray(Image.open(io.BytesIO(get(server, f"/api/images/{image['id']}").content)))
    exported = np.asarray(Image.open(io.BytesIO(get(server, f"{job}/channels/0/png").content)))
    assert (png == exported).all()


def test_the_picture_of_a_class_says_what_the_network_says_to_it(server):
    job = finish(server, LAST, steps=24, channels=[1])
    facts = get(server, f"{job}/channels/1").json()
    assert facts["class_name"] == facts["image"]["label"] == CLASSES[1]
    path = f"/api/networks/{server.network}/passes/{facts['image']['id']}"
    *_, result = [frame.header for frame in decode_frames(get(server, path).content)]
    assert isinstance(result, ResultHeader)
    place = [each.index for each in result.predictions].index(1)
    assert facts["rank"] == place + 1
    assert facts["probability"] == pytest.approx(result.predictions[place].probability, rel=1e-4)


def test_silent_channels_are_marked_and_dead_ones_have_no_picture(server):
    job = finish(server, FIRST, channels=[0, DEAD, SILENT])
    (state,) = get(server, "/api/visualizations").json()
    assert state["done"] == [0, DEAD, SILENT]
    assert state["dead"] == [DEAD]
    assert state["before_activation"] == [SILENT]
    dead = get(server, f"{job}/channels/{DEAD}").json()
    assert (dead["silence"], dead["image"], dead["after"]) == ("dead", None, None)
    assert get(server, f"{job}/channels/{SILENT}").json()["silence"] == "before_activation"
    answer = server.client.get(f"{job}/channels/{DEAD}/png")
    assert answer.status_code == 404
    assert f"layer {FIRST} is silent there" in answer.json()["detail"]
    grid = read(get(server, f"{job}/pictures", channel=[0, DEAD, SILENT], cell=32))
    assert [grid[:, x : x + 32, 3].min() for x in (0, 32, 64)] == [255, 0, 255]


def read(answer):
    """Return a grid, of shape (H, W, 4)."""
    assert answer.headers["content-type"] == "image/webp"
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def test_finished_pictures_stand_in_the_asked_order_and_stay_in_the_browser(server):
    job = finish(server, FIRST, channels=[0, 5])
    answer = get(server, f"{job}/pictures", channel=[5, 0], cell=32)
    assert "immutable" in answer.headers["cache-control"]
    grid = read(answer)[..., :3]
    for place, channel in enumerate([5, 0]):
        png = Image.open(io.BytesIO(get(server, f"{job}/channels/{channel}/png").content))
        assert (grid[:, place * 32 : place * 32 + 32] == np.asarray(png)).all()
    partial = get(server, f"{job}/pictures", channel=[0, 7], cell=32)
    assert partial.headers["cache-control"] == "no-store"
    assert not read(partial)[:, 32:].any()
    etag = {"If-None-Match": answer.headers["etag"]}
    again = server.client.get(answer.request.url, headers=etag)
    assert again.status_code == 304


def test_the_same_asked_twice_is_one_computation(server, gate):
    gate.close()
    first = ask_id(server, channels=[0, 1])
    gate.wait_until_held()
    assert ask_id(server, channels=[1, 0]) == first
    with events(server.client) as stream:
        gate.open()
        stream.until(first, is_done)
    taken = gate.count
    assert ask_id(server, channels=[0, 1]) == first
    (state,) = get(server, "/api/visualizations").json()
    assert state["state"] == "done"
    assert gate.count == taken


def test_an_image_is_inserted_while_pictures_form(server, gate):
    gate.close()
    job = ask_id(server)
    gate.wait_until_held()  # an ascent is in the middle of a step, and stays there
    *_, result = decode_frames(get(server, server.pass_path).content)
    assert isinstance(result.header, ResultHeader)
    (state,) = get(server, "/api/visualizations").json()
    assert (state["id"], state["state"], state["done"]) == (job, "running", [])


def test_previews_show_what_forms(server, gate):
    with events(server.client) as stream:
        job = ask_id(server, steps=10_000, channels=[2, 0])
        state = stream.until(job, lambda state: state["revision"] > 0)
        path = f"/api/visualizations/{job}"
        assert state["forming"] == [2, 0]
        # Held, so that the newest preview stays the newest.
        gate.close()
        gate.wait_until_held()
        (state,) = get(server, "/api/visualizations").json()
        preview = get(server, f"{path}/previews/{state['revision']}?cell=16")
        assert "immutable" in preview.headers["cache-control"]
        assert read(preview).shape == (16, 32, 4)
        answer = server.client.get(f"{path}/previews/{state['revision'] + 1}")
        assert answer.status_code == 404
        assert server.client.delete(path).status_code == 200


def test_cancelling_takes_no_more_than_the_step_that_is_being_taken(server, gate):
    with events(server.client) as stream:
        finish(server, LAST, steps=1, channels=[0, 1])  # all is measured, and nothing else counts
        job = ask_id(server, LAST, steps=10_000, channels=[0])
        stream.until(job, lambda state: state["step"] > 1)
        gate.close()
        gate.wait_until_held()
        taken = gate.count
        cancelled = server.client.delete(f"/api/visualizations/{job}")
        assert cancelled.json()["state"] == "cancelled"
        gate.open()
        # Made by the same thread, in one step: it comes after all that was left of the first.
        other = ask_id(server, LAST, steps=1, channels=[1], seed=1)
        stream.until(other, is_done)
    assert gate.count == taken + 1
    (state,) = [each for each in get(server, "/api/visualizations").json() if each["id"] == job]
    assert (state["state"], state["done"], state["forming"]) == ("cancelled", [], [])


def test_a_job_that_has_ended_is_not_cancelled_or_paused(server):
    job = finish(server, LAST, steps=1, channels=[0])
    for method, path in (("DELETE", job), ("POST", f"{job}/pause"), ("POST", f"{job}/resume")):
        answer = server.client.request(method, path)
        assert answer.status_code == 409
        assert "has ended (done)" in answer.json()["detail"]
    assert get(server, f"{job}/channels/0").json()["channel"] == 0


def test_a_paused_job_goes_on_when_it_is_resumed(server, gate):
    with events(server.client) as stream:
        job = ask_id(server, steps=10_000, channels=[0, 1])
        path = f"/api/visualizations/{job}"
        stream.until(job, lambda state: state["step"] > 1)
        assert server.client.post(f"{path}/pause").json()["id"] == job
        stream.until(job, lambda state: state["state"] == "paused")
        resumed = server.client.post(f"{path}/resume")
        assert resumed.status_code == 200
        stream.until(job, lambda state: state["state"] == "running")
        server.client.delete(path)
        assert server.client.post(f"{path}/resume").status_code == 409


def test_channels_that_are_looked_at_come_first(server, gate):
    gate.close()
    with events(server.client) as stream:
        blocking = ask_id(server, LAST, steps=1, channels=[0])
        gate.wait_until_held()
        job = ask_id(server, SECOND, steps=1)
        seen = server.client.post(f"/api/visualizations/{job}/see", json={"channels": [39, 38]})
        assert seen.status_code == 200
        gate.open()
        stream.until(blocking, is_done)
        state = stream.until(job, lambda state: bool(state["forming"] or state["done"]))
        assert {39, 38} <= {*state["forming"], *state["done"]}
        stream.until(job, is_done)


def test_deleted_pictures_are_gone_and_those_in_use_stay(server):
    job = finish(server, FIRST, channels=[0])
    image = get(server, f"{job}/channels/0").json()["image"]["id"]
    assert server.client.delete(f"{job}/pictures").status_code == 200
    assert server.client.get(f"{job}/channels/0").status_code == 404
    assert get(server, f"/api/images/{image}").headers["content-type"] == "image/png"


def test_pictures_that_are_there_are_made_anew_when_that_is_asked_for(server, gate):
    finish(server, FIRST, channels=[0])
    taken = gate.count
    with events(server.client) as stream:
        job = ask_id(server, channels=[0], anew=True)
        stream.until(job, lambda state: state["state"] != "done" or gate.count > taken)
        stream.until(job, is_done)
    assert gate.count > taken


def test_pictures_can_begin_with_an_image_of_the_walk(server):
    noise = finish(server, FIRST, channels=[0])
    begun = finish(server, FIRST, channels=[0], start=server.image)
    assert noise != begun
    states = {state["id"]: state for state in get(server, "/api/visualizations").json()}
    assert states[begun.rpartition("/")[2]]["start"] == server.image
    pngs = [get(server, f"{job}/channels/0/png").content for job in (noise, begun)]
    assert pngs[0] != pngs[1]


def test_an_estimate_counts_what_need_not_be_made(server):
    path = f"/api/networks/{server.network}/visualizations/estimate"
    finish(server, FIRST, channels=[0, 1], steps=None)
    estimate = get(server, path, layer=[FIRST, LAST]).json()
    assert estimate["channels"] == {FIRST: 8, LAST: 5}
    assert estimate["cached"] == {FIRST: 2, LAST: 0}
    assert all(seconds > 0 for seconds in estimate["seconds"].values())
    assert estimate["total"] == pytest.approx(sum(estimate["seconds"].values()))
    assert server.client.get(path, params={"layer": "nowhere"}).status_code == 404
    assert server.client.get(path).status_code == 422


def test_files_are_saved_under_safe_names_and_say_how_they_were_made(server):
    job = finish(server, FIRST, channels=[0, DEAD])
    answer = get(server, f"{job}/channels/0/png")
    name = 'attachment; filename="small_1_channel_00000.png"'
    assert answer.headers["content-disposition"] == name
    text = Image.open(io.BytesIO(answer.content)).text
    assert (text["layer"], text["channel"], text["seed"], text["steps"]) == (FIRST, "0", "0", "4")
    answer = get(server, f"{job}/sheet")
    name = 'attachment; filename="small_1_contact_sheet.png"'
    assert answer.headers["content-disposition"] == name
    sheet = Image.open(io.BytesIO(answer.content))
    assert sheet.format == "PNG"


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
