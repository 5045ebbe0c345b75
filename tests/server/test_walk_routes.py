"""The walk and its networks, as the page reads them."""

from __future__ import annotations

import dataclasses

import numpy as np

import cnnwalk
from cnnwalk.capture import record
from cnnwalk.layout.arrange import arrange
from cnnwalk.server.showing import Showing
from cnnwalk.server.walk import Walk


def test_the_walk_says_what_there_is(server, small):
    info = server.client.get("/api/walk").json()
    assert info["version"] == cnnwalk.__version__
    assert info["instance"] == server.walk.instance
    (network,) = info["networks"]
    spec = small.network.input
    assert network == {
        "id": server.network,
        "name": "small",
        "description": "random weights",
        "input": {
            "channels": 3,
            "height": 32,
            "width": 32,
            "mean": list(spec.mean),
            "std": list(spec.std),
        },
        "classes": 5,
        "warnings": [],
        "collapsed": [],
        "course": "straight",
    }
    (dataset,) = info["datasets"]
    assert dataset["count"] == len(server.walk.datasets[dataset["id"]])
    assert info["first_image"]["name"] == "coffee"


def test_classes_are_named_with_the_layers_whose_channels_they_are(server, serve, small):
    answer = server.client.get(f"/api/networks/{server.network}/classes")
    last = server.client.get(f"/api/networks/{server.network}/hall").json()["graph"]["outputs"]
    assert answer.json() == {"names": ["ant", "bee", "cat", "dog", "elk"], "layers": last}
    assert "immutable" in answer.headers["cache-control"]
    assert server.client.get("/api/networks/unknown/classes").status_code == 404


def test_the_hall_is_the_recorded_graph_as_it_was_arranged(server, small):
    network = small.network
    graph = record(network.module, network.example_input(), name="small").graph("layers")
    hall = server.client.get(f"/api/networks/{server.network}/hall").json()
    expected = graph.to_json()
    assert hall["graph"]["layers"][1]["shape"] == [8, 32, 32]
    assert hall["graph"] == as_json(expected)
    assert hall["arrangement"] == as_json(dataclasses.asdict(arrange(graph)))


def as_json(value):
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value


def test_networks_are_named_by_all_that_the_page_keeps_of_them(serve, small):
    """What a browser keeps for ever must never be taken for that of another hall."""
    showings = [Showing(), Showing("ops"), Showing(course="spiral"), Showing()]
    walks = [Walk([small.network], [], showing=showing) for showing in showings]
    layers, ops, spiral, again = (next(iter(walk.networks)) for walk in walks)
    for walk in walks:
        walk.close()
    assert layers == again
    assert len({layers, ops, spiral}) == 3


def test_statistics_of_weights_are_those_of_numpy(server, small):
    found = server.client.get(f"/api/networks/{server.network}/weights").json()
    weights = small.network.module[0].weight.detach().numpy()
    (statistics,) = (each for each in found["layers"].values() if each["count"] == weights.size)
    assert np.isclose(statistics["mean"], weights.mean(), atol=1e-6)
    assert np.isclose(statistics["std"], weights.std(), rtol=1e-4)
    counts, _ = np.histogram(weights, bins=64)
    assert statistics["histogram"]["counts"] == counts.tolist()


def test_what_never_changes_is_kept_and_not_sent_twice(server):
    for path in (
        f"/api/networks/{server.network}/hall",
        f"/api/networks/{server.network}/weights",
        f"/api/images/{server.image}",
        f"/api/images/{server.image}/thumbnail",
    ):
        first = server.client.get(path)
        assert first.status_code == 200
        assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
        for held in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
            again = server.client.get(path, headers={"If-None-Match": held})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
        other = server.client.get(path, headers={"If-None-Match": '"other"'})
        assert other.content == first.content


def test_what_may_change_is_not_kept(server):
    for path in ("/api/walk", "/api/health", "/api/datasets/samples/draws/1", "/nowhere"):
        assert server.client.get(path).headers["cache-control"] == "no-store"


def test_head_answers_as_get_does_without_a_body(server):
    paths = ["/", "/api/walk", f"/api/networks/{server.network}/hall", server.pass_path]
    paths += [f"/api/images/{server.image}", "/api/images/unknown"]
    for path in paths:
        got = server.client.get(path)
        asked = server.client.head(path)
        assert (asked.status_code, asked.content) == (got.status_code, b"")
        for name in ("content-type", "content-length", "content-security-policy"):
            assert asked.headers.get(name) == got.headers.get(name), (path, name)
        etag = got.headers.get("etag")
        assert asked.headers.get("etag") == etag or path == server.pass_path
        if etag:
            assert server.client.head(path, headers={"If-None-Match": etag}).status_code == 304
    assert server.client.head("/api/images").status_code == 405
    assert server.raw("/api/walk", method="HEAD", authorized=False).status == 401
