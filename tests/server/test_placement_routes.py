"""Where panels were put: kept beyond the walk, for each view, and never lost to another window."""

from __future__ import annotations

import json
import math
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network

MOVED = {"x": 1.5, "y": 0.25, "z": -2, "yaw": 0.5, "scale": 2}
UNMOVED = {"x": 0, "y": 0, "z": 0, "yaw": 0, "scale": 1}


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """Nothing that another test has kept is found."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "cnnwalk" / "placements"


def url(server, query=""):
    return f"/api/networks/{server.network}/placements{query}"


def layers(server, query=""):
    return [
        layer["id"]
        for layer in server.client.get(server.hall_path + query).json()["graph"]["layers"]
    ]


def put(server, placements, revision=0, query=""):
    body = {"revision": revision, "placements": placements}
    return server.client.put(url(server, query), json=body)


def plain(seed):
    torch.manual_seed(seed)
    return Network(
        "plain",
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()),
        InputSpec(height=16, width=16, resize=16),
    )


def test_the_next_page_and_the_next_walk_find_the_panels_where_they_were_put(serve, connect):
    first = connect(serve(plain(0)))
    conv = layers(first)[1]
    assert first.client.get(url(first)).json() == {"revision": 0, "placements": {}}
    kept = put(first, {conv: MOVED}).json()
    assert kept == {"revision": 1, "placements": {conv: MOVED}}
    assert first.client.get(url(first)).json() == kept
    first.running.close()
    # Other weights, the same layers: whoever trains on finds their panels again.
    later = connect(serve(plain(1)))
    assert later.network != first.network
    assert later.client.get(url(later)).json() == kept


def test_who_changes_an_older_revision_is_told_so_and_nothing_is_overwritten(server):
    first, second = layers(server)[1:3]
    put(server, {first: MOVED})
    late = put(server, {second: MOVED}, revision=0)
    assert late.status_code == 409
    assert "revision 1 is kept" in late.json()["detail"]
    assert server.client.get(url(server)).json()["placements"] == {first: MOVED}
    assert put(server, {first: MOVED, second: MOVED}, revision=1).json()["revision"] == 2


def test_of_many_that_write_at_once_each_revision_is_taken_from_one_alone(server):
    conv = layers(server)[1]

    def write(number):
        return put(server, {conv: MOVED | {"x": number}})

    with ThreadPoolExecutor(8) as threads:
        codes = [answer.status_code for answer in threads.map(write, range(16))]
    assert sorted(codes) == [200] + 15 * [409]
    assert server.client.get(url(server)).json()["revision"] == 1


class Blocks(nn.Sequential):
    def __init__(self):
        super().__init__()
        for name in ("early", "late"):
            block = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1))
            self.add_module(name, block)


@pytest.fixture
def blocks(serve, connect):
    torch.manual_seed(0)
    spec = InputSpec(height=16, width=16, resize=16)
    return connect(serve(Network("blocks", Blocks(), spec), Network("blocks", Blocks(), spec)))


def test_every_view_and_every_network_has_its_own(blocks):
    layer = layers(blocks, "?collapsed=early")[-1]
    put(blocks, {layer: MOVED}, query="?collapsed=early")
    for query in ("", "?course=spiral", "?collapsed=early&course=spiral", "?collapsed=late"):
        assert blocks.client.get(url(blocks, query)).json()["placements"] == {}, query
    twin = list(blocks.walk.networks)[1]
    path = f"/api/networks/{twin}/placements?collapsed=early"
    assert blocks.client.get(path).json()["placements"] == {}
    assert blocks.client.get(url(blocks, "?collapsed=early")).json()["placements"] == {layer: MOVED}
    # A view has one name, however it is asked for.
    both = put(blocks, {layer: UNMOVED}, query="?collapsed=late&collapsed=early").json()
    assert blocks.client.get(url(blocks, "?collapsed=early&collapsed=late")).json() == both


def test_layers_that_a_view_does_not_have_are_left_out(blocks):
    inside = layers(blocks)[1]
    assert inside not in layers(blocks, "?collapsed=early")
    kept = put(blocks, {inside: MOVED, "nobody": MOVED}, query="?collapsed=early").json()
    assert kept == {"revision": 1, "placements": {}}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"scale": 0.01}, "scale"),
        ({"scale": 21}, "scale"),
        ({"scale": math.nan}, "scale"),
        ({"x": math.inf}, "x"),
        ({"z": 1e9}, "z"),
        ({"yaw": 7}, "yaw"),
        ({"y": "up"}, "y"),
        ({"roll": 1}, "roll"),
    ],
)
def test_what_is_no_placement_is_refused_in_words(server, changed, told):
    conv = layers(server)[1]
    body = json.dumps({"revision": 0, "placements": {conv: MOVED | changed}})
    answer = server.client.put(url(server), content=body)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert server.client.get(url(server)).json()["revision"] == 0


def test_other_mistakes_are_refused_in_words(server):
    for body in ("", "[]", "{", '{"revision": -1, "placements": {}}', '{"placements": {}}'):
        assert server.client.put(url(server), content=body).status_code == 422, body
    assert server.client.put(url(server, "?collapsed=no"), content="{}").status_code == 404
    assert server.client.get("/api/networks/no/placements").status_code == 404
    large = server.client.put(url(server), content=b" " * (5 * 2**20))
    assert large.status_code == 413
    assert server.is_alive()


def test_a_damaged_file_is_set_aside_with_a_word_and_nothing_else_happens(server, folder, caplog):
    conv = layers(server)[1]
    put(server, {conv: MOVED})
    [file] = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for damage in (b"", b"\xff\xfe", b"[1]", b'{"revision": 1', b'{"revision":1,"placements":3}'):
        file.write_bytes(damage)
        caplog.clear()
        assert server.client.get(url(server)).json() == {"revision": 0, "placements": {}}
        assert file.name in caplog.text
        aside = file.with_name(file.name + ".broken")
        assert aside.read_bytes() == damage
        assert put(server, {conv: MOVED}).json()["revision"] == 1


def test_a_folder_that_is_a_file_keeps_it_as_long_as_the_walk(server, folder, caplog):
    conv = layers(server)[1]
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    kept = put(server, {conv: MOVED}).json()
    assert kept["revision"] == 1
    assert server.client.get(url(server)).json() == kept
    assert put(server, {conv: UNMOVED}, revision=1).json()["revision"] == 2
    assert "only until this walk ends" in caplog.text


def test_there_are_never_more_than_so_many_files(blocks, folder, monkeypatch):
    monkeypatch.setattr("cnnwalk.server.placements._MOST_FILES", 2)
    views = ["", "?course=spiral", "?collapsed=early"]
    for age, query in enumerate(views):
        put(blocks, {}, query=query)
        for file in folder.iterdir():  # as if a day lay between each
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 86400))
        assert len(list(folder.iterdir())) == min(2, age + 1)
    revisions = [blocks.client.get(url(blocks, query)).json()["revision"] for query in views]
    assert revisions == [0, 1, 1]
