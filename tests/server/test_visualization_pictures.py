"""The pictures of feature visualizations over HTTP: as images, as cells of a grid, as files."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from visualizing import CLASSES, DEAD, FIRST, LAST, SILENT, ask_id, events, finish, get

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


def read(answer):
    """Return a grid, of shape (H, W, 4)."""
    assert answer.headers["content-type"] == "image/webp"
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


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


def test_deleted_pictures_are_gone_and_those_in_use_stay(server):
    job = finish(server, FIRST, channels=[0])
    image = get(server, f"{job}/channels/0").json()["image"]["id"]
    assert server.client.delete(f"{job}/pictures").status_code == 200
    assert server.client.get(f"{job}/channels/0").status_code == 404
    assert get(server, f"/api/images/{image}").headers["content-type"] == "image/png"


def test_pictures_can_begin_with_an_image_of_the_walk(server):
    noise = finish(server, FIRST, channels=[0])
    begun = finish(server, FIRST, channels=[0], start=server.image)
    assert noise != begun
    states = {state["id"]: state for state in get(server, "/api/visualizations").json()}
    assert states[begun.rpartition("/")[2]]["start"] == server.image
    pngs = [get(server, f"{job}/channels/0/png").content for job in (noise, begun)]
    assert pngs[0] != pngs[1]


def test_an_image_without_anything_on_it_will_do_to_begin_with(server):
    black = np.zeros((32, 32, 3), np.uint8)
    image = server.walk.images.add(black, origin="upload", name="black", label=None)
    for mode in ("natural", "texture", "maco", "paper"):
        job = finish(server, FIRST, steps=3, channels=[0], start=image.id, mode=mode)
        facts = get(server, f"{job}/channels/0").json()
        assert facts["before"] == pytest.approx(mean_of_map(server, image.id, FIRST, 0), rel=1e-4)
        assert np.isfinite(facts["after"])


def test_an_image_of_another_size_is_fitted_like_one_that_is_inserted(server):
    pixels = np.random.default_rng(0).integers(0, 256, (90, 50, 3), np.uint8)
    image = server.walk.images.add(pixels, origin="upload", name="tall", label=None)
    job = finish(server, FIRST, steps=1, channels=[0], start=image.id)
    before = get(server, f"{job}/channels/0").json()["before"]
    assert before == pytest.approx(mean_of_map(server, image.id, FIRST, 0), rel=1e-3)


def test_every_layer_can_be_asked_for(server):
    for layer in get(server, server.hall_path).json()["graph"]["layers"]:
        job = finish(server, layer["id"], steps=1, channels=[0])
        facts = get(server, f"{job}/channels/0").json()
        assert facts["image"] is not None, layer


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
