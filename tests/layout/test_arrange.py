"""Arrangements of hand-made graphs against geometry computed here from the panels alone."""

from __future__ import annotations

import dataclasses
import itertools
import math
import pickle
import random
import subprocess
import sys
from collections.abc import Callable

import pytest

from cnnwalk.graph import Graph
from cnnwalk.layout import PLATE_WIDTH, TITLE_HEIGHT, arrange

Build = Callable[[str], object]
Named = Callable[[str], Graph]
Check = Callable[[Graph], None]


def random_graph(build: Build, seed: int) -> Graph:
    """A network without any structure that a layout could rely on."""
    choose = random.Random(seed)  # noqa: S311
    b = build(f"random {seed}")
    ids = [b.layer("input", shape=(3, 64, 64))]
    for _ in range(choose.randint(5, 60)):
        kind = choose.choice(["conv", "conv", "add", "cat", "pool", "mul"])
        count = 2 if kind in ("add", "cat", "mul") else choose.choice([1, 1, 1, 1, 0])
        sources = choose.sample(ids[-12:], min(count, len(ids[-12:])))
        shape = (choose.choice([1, 8, 64, 500, 2048]), *[choose.choice([1, 7, 56])] * 2)
        ids.append(b.layer(kind, *sources, shape=shape, parameters=choose.randint(0, 1000)))
    return b.graph(*choose.sample(ids, min(2, len(ids))))


def test_networks_keep_the_rules(graph: Graph, check_arrangement: Check):
    check_arrangement(graph)


@pytest.mark.parametrize("seed", range(60))
def test_graphs_without_structure_keep_the_rules(build: Build, check_arrangement: Check, seed: int):
    check_arrangement(random_graph(build, seed))


def test_nothing_crosses(graph: Graph, crossings: Callable[[Graph], list[object]]):
    assert crossings(graph) == []


def test_joins_stand_on_the_trunk(graph: Graph):
    x = {panel.layer: panel.x for panel in arrange(graph).panels}
    joins = [layer.id for layer in graph.layers if layer.kind in ("add", "cat", "mul")]
    assert {x[i] for i in (*graph.inputs, *graph.outputs, *joins)} == {0.0}


def test_chain_is_straight(named_graph: Named):
    result = arrange(named_graph("chain"))
    assert {panel.x for panel in result.panels} == {0.0}
    assert all(len(route.points) == 2 for route in result.routes)
    gaps = [a.z - b.z for a, b in itertools.pairwise(result.panels)]
    assert all(2.2 <= gap <= 3.0 for gap in gaps)


def test_branches_stand_side_by_side(named_graph: Named):
    result = arrange(named_graph("inception"))
    rows: dict[float, list[float]] = {}
    for panel in result.panels:
        rows.setdefault(panel.z, []).append(panel.x)
    widest = max(rows.values(), key=len)
    assert len(widest) == len(set(widest)) == 4
    assert sum(x > 0 for x in widest) == 2
    assert sum(x < 0 for x in widest) == 1


def test_every_panel_is_seen_whole_from_behind_the_row_before(build: Build):
    b = build("tall")
    x = b.layer("input")
    for channels, side in ((8, 7), (480, 14), (2048, 7), (64, 112)):
        x = b.layer("conv", x, shape=(channels, side, side))
    panels = arrange(b.graph()).panels
    for before, panel in itertools.pairwise(panels):
        room = before.z - panel.z
        seen = 2 * room * math.tan(math.radians(56 / 2))
        assert seen > panel.rows * panel.cell_height + TITLE_HEIGHT
        assert seen * 16 / 9 > panel.columns * panel.cell_width + PLATE_WIDTH


def test_rows_are_deeper_where_lines_move_far(build: Build):
    b = build("wide")
    x = b.layer("conv", b.layer("input"), shape=(8, 7, 7))
    branches = [b.layer("conv", x, shape=(8, 7, 7)) for _ in range(9)]
    b.layer("cat", *branches, shape=(8, 7, 7))
    result = arrange(b.graph())
    rows = sorted({panel.z for panel in result.panels}, reverse=True)
    straight, fanning_out, coming_together = (a - b for a, b in itertools.pairwise(rows))
    assert fanning_out > straight + 0.5
    assert coming_together == pytest.approx(fanning_out)


def test_what_is_used_late_stands_late(build: Build):
    b = build("late")
    constant = b.layer("other")
    image = b.layer("input")
    x = b.chain(image, ["conv"] * 6)
    join = b.layer("add", x, constant)
    result = arrange(b.graph(join))
    z = {panel.layer: panel.z for panel in result.panels}
    assert z[constant] == z[x]


def test_downsample_stands_beside_the_trunk(named_graph: Named):
    graph = named_graph("residual")
    x = {panel.layer: panel.x for panel in arrange(graph).panels}
    (downsample,) = [layer.id for layer in graph.layers if layer.parameters == 10]
    assert [layer for layer, at in x.items() if at != 0] == [downsample]


def test_squeeze_and_excitation_leaves_the_maps_on_the_trunk(named_graph: Named):
    graph = named_graph("squeeze")
    x = {panel.layer: panel.x for panel in arrange(graph).panels}
    aside = [layer for layer in graph.layers if x[layer.id] != 0]
    assert {layer.shape[1:] for layer in aside} == {(1, 1)}
    assert len(aside) == 6


def test_parallel_lanes_are_apart(named_graph: Named):
    graph = named_graph("unet")
    result = arrange(graph)
    z = {panel.layer: panel.z for panel in result.panels}
    skips = [route for route in result.routes if route.label == "skip"]
    assert len(skips) == 4
    lanes = sorted(max(x for x, _ in route.points) for route in skips)
    assert all(b - a >= 0.35 - 1e-3 for a, b in itertools.pairwise(lanes))
    spans = [(z[r.source] - z[r.target], max(x for x, _ in r.points)) for r in skips]
    assert [x for _, x in sorted(spans)] == lanes, "longer lanes run outside shorter ones"


def test_extended_cat_is_drawn_from_the_earlier_cat(named_graph: Named):
    graph = named_graph("dense")
    into: dict[str, list[tuple[str, str | None]]] = {}
    for route in arrange(graph).routes:
        into.setdefault(route.target, []).append((route.source, route.label))
    cats = [layer.id for layer in graph.layers if layer.kind == "cat"]
    assert len(into[cats[0]]) == 2
    for before, cat in itertools.pairwise(cats):
        new = [edge.source for edge in graph.edges if edge.target == cat][-1]
        assert sorted(into[cat]) == sorted([(before, "skip"), (new, "cat +32")])


def test_cat_in_another_order_is_drawn_as_it_is(build: Build):
    b = build("orders")
    x = b.layer("input")
    one, two, three = b.layer("conv", x), b.layer("conv", x), b.layer("conv", x)
    first = b.layer("cat", one, two)
    swapped = b.layer("cat", two, one, three)
    last = b.layer("add", first, swapped)
    routes = arrange(b.graph(last)).routes
    assert {r.source for r in routes if r.target == swapped} == {one, two, three}


def test_a_collapsed_block_that_ends_in_a_cat_is_no_cat_itself(build: Build):
    b = build("collapsed")
    x = b.layer("input")
    one, two, three = b.layer("conv", x), b.layer("conv", x), b.layer("conv", x)
    first = b.layer("cat", one, two)
    block = b.layer("cat", one, two, three, label="Block, 5 layers")
    graph = b.graph(b.layer("add", first, block))
    layers = tuple(
        dataclasses.replace(layer, collapsed="block") if layer.id == block else layer
        for layer in graph.layers
    )
    routes = arrange(dataclasses.replace(graph, layers=layers)).routes
    into = [route for route in routes if route.target == block]
    assert {route.source for route in into} == {one, two, three}
    assert {route.label for route in into} == {"Block, 5 layers"}


def test_labels_say_what_happens_on_the_way(named_graph: Named):
    graph = named_graph("residual")
    result = arrange(graph)
    kinds = {layer.id: layer.kind for layer in graph.layers}
    for route in result.routes:
        into_join = kinds[route.target] == "add"
        assert route.label == ("skip" if route.label == "skip" else kinds[route.target])
        assert into_join or route.label != "skip"
    assert sum(route.label == "skip" for route in result.routes) == 2
    assert sum(route.label == "add" for route in result.routes) == 4


def test_long_labels_are_shortened_where_a_part_ends(build: Build):
    b = build("long")
    x = b.layer("input")
    y = b.layer("conv", x, edge_label="reshape, permute, reshape, reshape, transpose")
    z = b.layer("conv", y, edge_label="averyveryverylongoperation")
    labels = [r.label for r in arrange(b.graph(z)).routes]
    assert labels == ["reshape, permute …", "averyveryverylongopera …"]


def test_edges_into_a_cat_say_so_in_a_word(build: Build):
    b = build("cat")
    x = b.layer("input")
    y = b.layer("cat", *(b.layer("conv", x) for _ in range(4)), label="cat 64+96+128+32")
    labels = [r.label for r in arrange(b.graph(y)).routes if r.target == y]
    assert labels == ["cat"] * 4


def test_an_edges_own_label_comes_first(build: Build):
    b = build("labelled")
    x = b.layer("input")
    y = b.layer("conv", x, edge_label="reshape")
    assert [r.label for r in arrange(b.graph(y)).routes] == ["reshape"]


def test_labels_do_not_lie_on_each_other_or_under_panels(graph: Graph):
    result = arrange(graph)
    for one, other in itertools.combinations(result.routes, 2):
        (x0, z0), (x1, z1) = one.label_at, other.label_at
        apart = abs(x0 - x1) > 0.2 or abs(z0 - z1) > 0.3
        assert apart, (one, other)
    for route in result.routes:
        x, z = route.label_at
        row = [panel for panel in result.panels if abs(panel.z - z) < 0.3]
        under = [p for p in row if abs(p.x - x) < p.columns * p.cell_width / 2]
        assert under == []


def test_labels_of_lanes_side_by_side_lie_apart(build: Build):
    b = build("two skips from one layer")
    x = b.layer("conv", b.layer("input"))
    y = b.layer("add", x, b.chain(x, ["conv", "conv"]))
    y = b.layer("add", x, b.chain(y, ["conv", "conv"]))
    skips = [r.label_at for r in arrange(b.graph(y)).routes if r.label == "skip"]
    (x0, z0), (x1, z1) = skips[:2]
    letters = 0.1 * len("skip")
    assert abs(x0 - x1) >= letters or abs(z0 - z1) >= 0.35


def test_labels_of_the_trunk_lie_in_the_middle_between_panels(named_graph: Named):
    result = arrange(named_graph("chain"))
    for route, (a, b) in zip(result.routes, itertools.pairwise(result.panels), strict=True):
        assert route.label_at == (0.0, pytest.approx((a.z + b.z) / 2))


def test_result_is_the_same_in_every_process(graph: Graph):
    script = (
        "import pickle, sys; from cnnwalk.layout import arrange;"
        "print(repr(arrange(pickle.load(sys.stdin.buffer))))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=pickle.dumps(graph),
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in ("1", "2")
    }
    assert printed == {repr(arrange(graph)) + "\n"}


def test_input_frame_stands_before_the_first_panel(build: Build):
    b = build("wide input")
    image = b.layer("input", shape=(3, 100, 200))
    other = b.layer("input", shape=(3, 64, 64))
    result = arrange(b.graph(b.layer("cat", image, other)))
    frame, panel = result.input_frame, result.panels[0]
    assert (frame.width, frame.height) == (1.5, 0.75)
    assert frame.x == panel.x
    assert frame.z > panel.z + 2
    assert frame.y - frame.height / 2 == pytest.approx(0.55)
    assert frame.z == max(frame.z, *(p.z for p in result.panels))


def test_layers_without_edges_have_their_place(build: Build, check_arrangement: Check):
    b = build("loose ends")
    x = b.layer("input")
    b.layer("conv")
    b.layer("conv", x)
    b.layer("other")
    check_arrangement(b.graph())


def test_a_graph_without_layers_is_refused(build: Build):
    empty = Graph("nothing", "layers", (), (), (), (), (), ())
    with pytest.raises(ValueError, match="nothing has no layers"):
        arrange(empty)


def test_an_edge_backwards_is_refused(build: Build):
    b = build("backwards")
    b.layer("input")
    b.layer("conv", "n2")
    b.layer("conv", "n1")
    with pytest.raises(ValueError, match="n2 -> n1 of backwards does not point forward"):
        arrange(b.graph())
