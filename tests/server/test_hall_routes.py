"""Halls as they are asked for: with blocks collapsed, on a course; counted against the graph."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnwalk.capture import record
from cnnwalk.networks import InputSpec, Network
from cnnwalk.server.halls import Halls, View, view_of
from cnnwalk.server.served import told_apart
from cnnwalk.server.showing import Showing
from cnnwalk.server.walk import Walk


class Residual(nn.Module):
    """Three layers: two convolutions and their sum with what came in."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU())
        self.second = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x):
        return x + self.second(self.first(x))


class Stages(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.early = nn.Sequential(Residual(), Residual())
        self.late = nn.Sequential(Residual(), Residual())
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))

    def forward(self, x):
        return self.head(self.late(self.early(self.stem(x))))


def stages(name="stages"):
    torch.manual_seed(0)
    return Network(name, Stages(), InputSpec(height=16, width=16, resize=16))


@pytest.fixture
def server(serve, connect):
    return connect(serve(stages()))


@pytest.fixture(scope="module")
def graph():
    network = stages()
    return record(network.module, network.example_input(), name=network.name).graph()


def inside(graph, block):
    """The layers in a block, found by the paths of their modules."""
    return {layer.id for layer in graph.layers if (layer.block or "").split(".")[0] == block}


def test_a_collapsed_block_is_one_panel_that_shows_its_output(server, graph):
    hall = server.client.get(server.hall_path, params={"collapsed": "early"}).json()
    assert hall["collapsed"] == ["early"]
    layers = {layer["id"]: layer for layer in hall["graph"]["layers"]}
    assert [panel["layer"] for panel in hall["arrangement"]["panels"]] == list(layers)
    gone = {layer.id for layer in graph.layers} - set(layers)
    assert len(inside(graph, "early")) == 6
    assert gone < inside(graph, "early")
    (standing,) = inside(graph, "early") - gone
    whole = graph.layer(standing)
    assert whole.kind == "add"
    assert layers[standing]["collapsed"] == "early"
    assert layers[standing]["shape"] == list(whole.shape)
    assert layers[standing]["parameters"] == 4 * (9 * 4 * 4 + 4)
    assert {block["id"] for block in hall["graph"]["blocks"]} == {b.id for b in graph.blocks}
    assert set(hall["layers_in"]) == {block.id for block in graph.blocks}
    assert [hall["layers_in"][block] for block in ("early", "early.1")] == [6, 3]


def test_several_blocks_and_blocks_in_blocks_are_collapsed(server, graph):
    asked = {"collapsed": ["late.1", "early", "early.0", "late.0"]}
    hall = server.client.get(server.hall_path, params=asked).json()
    assert hall["collapsed"] == ["early", "late.0", "late.1"]
    assert len(hall["arrangement"]["panels"]) == len(graph.layers) - 5 - 2 - 2


@pytest.mark.parametrize(("depth", "panels"), [(0, -5 - 5 - 1), (1, -4 * 2), (2, 0), (99, 0)])
def test_blocks_are_open_to_the_depth_that_is_asked(server, graph, depth, panels):
    hall = server.client.get(server.hall_path, params={"depth": depth}).json()
    assert len(hall["arrangement"]["panels"]) == len(graph.layers) + panels
    assert len(hall["graph"]["layers"]) == len(graph.layers) + panels


def test_the_course_is_the_one_that_is_asked(server):
    straight, spiral = (
        server.client.get(server.hall_path, params={"course": course}).json()
        for course in ("straight", "spiral")
    )
    assert (straight["course"], spiral["course"]) == ("straight", "spiral")
    assert straight["graph"] == spiral["graph"]
    assert {panel["yaw"] for panel in straight["arrangement"]["panels"]} == {0}
    assert len({panel["yaw"] for panel in spiral["arrangement"]["panels"]}) > 1


def test_what_looks_the_same_has_one_tag_and_what_differs_another(server):
    def tag(query):
        return server.client.head(f"{server.hall_path}{query}").headers["etag"]

    whole = tag("")
    assert tag("?depth=99") == tag("?course=straight") == whole
    early = tag("?collapsed=early")
    assert tag("?collapsed=early.1&collapsed=early&collapsed=early.0") == early
    outer = tag("?collapsed=late&collapsed=early&collapsed=head")
    assert tag("?depth=0") == outer
    assert len({whole, early, outer, tag("?course=spiral"), tag("?collapsed=late")}) == 5
    again = server.client.get(
        f"{server.hall_path}?collapsed=early", headers={"If-None-Match": early}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("collapsed=attic", 404, "There is no block 'attic'; stages has 11 others."),
        ("collapsed=early&collapsed=", 404, "There is no block ''"),
        ("collapsed=early&depth=1", 422, "Both depth=1 and collapsed='early' say which"),
        ("depth=-1", 422, "query depth: Input should be greater than or equal to 0 (got '-1')"),
        ("depth=all", 422, "query depth"),
        ("course=zigzag", 422, "query course: Input should be 'straight' or 'spiral'"),
    ],
)
def test_a_view_that_there_is_not_is_a_problem(server, query, status, sentence):
    answer = server.client.get(f"{server.hall_path}?{query}")
    assert answer.status_code == answer.json()["status"] == status
    assert sentence in answer.json()["detail"]
    assert "etag" not in answer.headers


def test_passes_have_the_layers_of_collapsed_blocks_under_the_same_names(server, graph):
    """So that the page has the maps of a collapsed block, and of an expanded one, at once."""
    hall = server.client.get(server.hall_path, params={"depth": 0}).json()
    shown = [layer["id"] for layer in hall["graph"]["layers"]]
    query = [("level", "detail"), *(("layers", layer) for layer in shown)]
    assert server.client.get(server.pass_path, params=query).status_code == 200
    assert set(shown) < {layer.id for layer in graph.layers}


def test_on_arrival_the_blocks_are_collapsed_that_the_user_wants(serve, connect):
    def arrival(**showing):
        server = connect(serve(stages(), showing=Showing(**showing)))
        (network,) = server.client.get("/api/walk").json()["networks"]
        return network["collapsed"], network["course"]

    assert arrival() == ([], "straight")
    assert arrival(depth=0, course="spiral") == (["early", "late", "head"], "spiral")
    residuals = ["early.0", "early.1", "late.0", "late.1"]
    assert arrival(granularity="blocks")[0][:4] == residuals
    assert arrival(granularity="blocks", depth=0)[0] == ["early", "late", "head"]


def test_halls_are_kept_within_their_bytes(graph):
    views = [View(), View(("early",)), View(("late",)), view_of(graph, depth=0)]
    sizes = [len(Halls().read("n", graph, view)) for view in views]
    room = sizes[0] + sizes[1]
    halls = Halls(capacity_bytes=room)
    for view in views * 3:
        halls.read("n", graph, view)
        assert 0 < halls.size <= room
    first = halls.read("n", graph, views[0])
    assert halls.read("n", graph, views[0]) is first
    assert halls.read("m", graph, views[0]) is not first


def test_networks_of_one_name_are_told_apart():
    given = [stages(name) for name in ("a", "b", "a", "a (2)", "a")]
    assert [each.name for each in told_apart(given)] == ["a", "b", "a (2)", "a (2) (2)", "a (3)"]
    assert [each.name for each in given] == ["a", "b", "a", "a (2)", "a"]


def test_the_same_network_twice_is_two_networks_of_the_walk():
    network = stages()
    walk = Walk([network, network], [])
    walk.close()
    assert [served.network.name for served in walk.networks.values()] == ["stages", "stages (2)"]
    assert [served.graph.name for served in walk.networks.values()] == ["stages", "stages (2)"]
