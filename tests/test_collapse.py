"""Collapsed blocks on graphs written by hand: what stands for them, and what leads where."""

from __future__ import annotations

import dataclasses

import pytest

from cnnwalk.collapse import blocks_at, collapse, main_blocks
from cnnwalk.graph import Block, Edge, Graph, Layer, Mark, Probe


def graph(
    layers: str, edges: str, blocks: str = "", outputs: str = "", marks: tuple[Mark, ...] = ()
) -> Graph:
    """Return a graph from a notation.

    Args:
        layers: names in order of execution, ``name@block`` for one in a block.
        edges: ``source>target`` or ``source>target=label``.
        blocks: ``id/Class``, outer before inner; a block lies in the one before the last dot.
        outputs: names; the last layer if empty.
        marks: landmarks.
    """
    made = []
    for number, entry in enumerate(layers.split()):
        name, _, block = entry.partition("@")
        made.append(
            Layer(
                id=name,
                kind="conv" if number else "input",
                label=f"layer {name}",
                path=name,
                shape=(number + 1, 2, 2),
                block=block or None,
                parameters=10**number,
                absorbed=("relu",),
                weights=(f"{name}.weight",),
                probe=Probe(number - 1),
                position=(float(number), 0.0),
            )
        )
    links = []
    for entry in edges.split():
        ends, _, label = entry.partition("=")
        source, target = ends.split(">")
        links.append(Edge(source, target, label or None))
    groups = []
    for entry in blocks.split():
        identity, _, label = entry.partition("/")
        parent = identity.rpartition(".")[0]
        groups.append(Block(identity, identity, label or "Block", parent or None))
    return Graph(
        name="net",
        granularity="layers",
        inputs=(made[0].id,),
        outputs=tuple(outputs.split()) or (made[-1].id,),
        layers=tuple(made),
        edges=tuple(links),
        blocks=tuple(groups),
        warnings=("a warning",),
        marks=marks,
        operations=("conv2d()",),
    )


def links(found: Graph) -> list[str]:
    return [
        f"{edge.source}>{edge.target}" + (f"={edge.label}" if edge.label else "")
        for edge in found.edges
    ]


def ids(found: Graph) -> list[str]:
    return [layer.id for layer in found.layers]


RESIDUAL = graph(
    "in stem a@b c@b sum@b head",
    "in>stem stem>a a>c=dropout c>sum stem>sum=flatten sum>head=relu",
    "b/Residual",
)


def test_a_block_becomes_the_layer_that_leaves_it():
    found = collapse(RESIDUAL, ["b"])

    assert ids(found) == ["in", "stem", "sum", "head"]
    assert links(found) == ["in>stem", "stem>sum=flatten", "sum>head=relu"]
    assert found.layer("sum") == dataclasses.replace(
        RESIDUAL.layer("sum"),
        label="Residual, 3 layers",
        path="b",
        block=None,
        parameters=11100,
        absorbed=(),
        weights=(),
        position=None,
        collapsed="b",
    )
    assert (found.inputs, found.outputs) == (("in",), ("head",))
    assert (found.blocks, found.operations) == (RESIDUAL.blocks, RESIDUAL.operations)
    assert found.warnings == RESIDUAL.warnings


def test_positions_are_dropped_everywhere_once_a_block_is_collapsed():
    assert {layer.position for layer in collapse(RESIDUAL, ["b"]).layers} == {None}


def test_an_edge_keeps_its_label_on_the_way_into_a_block_and_out_of_it():
    plain = graph("in a@b c@b out", "in>a=flatten a>c=hidden c>out=dropout", "b")
    assert links(collapse(plain, ["b"])) == ["in>c=flatten", "c>out=dropout"]


def test_each_value_that_leaves_is_a_layer():
    two = graph("in a@b c@b d@b x y", "in>a a>c a>d c>x d>y x>y", "b/Split", outputs="x y")
    found = collapse(two, ["b"])

    assert ids(found) == ["in", "c", "d", "x", "y"]
    assert links(found) == ["in>c", "in>d", "c>x", "d>y", "x>y"]
    assert [found.layer(name).label for name in "cd"] == [
        "Split 1/2, 3 layers",
        "Split 2/2, 3 layers",
    ]
    assert [found.layer(name).parameters for name in "cd"] == [110, 1000]


def test_a_value_read_inside_and_outside_leads_on_inside():
    found = collapse(graph("in a@b c@b d@b out", "in>a a>c c>d d>out a>out", "b"), ["b"])
    assert ids(found) == ["in", "a", "d", "out"]
    assert links(found) == ["in>a", "a>d", "d>out", "a>out"]


def test_a_path_that_leaves_a_block_and_comes_back_makes_no_cycle():
    found = collapse(graph("in a@b x c@b out", "in>a a>x x>c a>c c>out", "b"), ["b"])
    assert ids(found) == ["in", "a", "x", "c", "out"]
    assert links(found) == ["in>a", "a>x", "x>c", "a>c", "c>out"]


def test_an_output_inside_and_a_value_that_nobody_reads_leave():
    inside = graph("in a@b c@b d@b e@b", "in>a a>c c>d a>e", "b", outputs="c d")
    found = collapse(inside, ["b"])
    assert ids(found) == ["in", "c", "d", "e"]
    assert links(found) == ["in>c", "c>d", "in>e"]
    assert found.outputs == ("c", "d")


def test_of_nested_blocks_the_outermost_counts():
    nested = graph("in a@o.i c@o.i d@o out", "in>a a>c c>d d>out", "o/Outer o.i/Inner")

    assert ids(collapse(nested, ["o.i", "o"])) == ["in", "d", "out"]
    inner = collapse(nested, ["o.i"])
    assert ids(inner) == ["in", "c", "d", "out"]
    assert (inner.layer("c").block, inner.layer("c").label) == ("o", "Inner, 2 layers")


def test_a_block_called_twice_collapses_call_by_call():
    twice = graph("in a@b c@b d@b:1 e@b:1", "in>a a>c c>d d>e", "b b:1")
    assert ids(collapse(twice, ["b"])) == ["in", "c", "d", "e"]
    assert links(collapse(twice, ["b", "b:1"])) == ["in>c", "c>e"]


def test_a_block_of_one_layer_has_nothing_to_collapse():
    single = graph("in a@o.i c", "in>a a>c", "o o.i")
    assert collapse(single, ["o", "o.i"]) is single
    assert (blocks_at(single, 0), blocks_at(single, 1), main_blocks(single)) == ((), (), ())


def test_nothing_collapsed_is_the_same_graph():
    assert collapse(RESIDUAL, []) is RESIDUAL


def test_an_unknown_block_is_named():
    with pytest.raises(KeyError, match="'layer9'"):
        collapse(RESIDUAL, ["b", "layer9"])


def test_a_landmark_stays_where_a_block_begins_and_vanishes_within():
    marked = dataclasses.replace(
        RESIDUAL, marks=tuple(Mark(f"before {name}", name) for name in ("stem", "a", "c", "head"))
    )
    assert collapse(marked, ["b"]).marks == (
        Mark("before stem", "stem"),
        Mark("before a", "sum"),
        Mark("before head", "head"),
    )


DEEP = graph(
    "in a@x.p b@x.p c@x.q d@x.q e@y f@y g",
    "in>a a>b b>c c>d d>e e>f f>g",
    "x/Sequential x.p/Stage x.q/Stage y/Stage",
)


@pytest.mark.parametrize(
    ("depth", "blocks", "layers"),
    [(0, ("x", "y"), "in d f g"), (1, ("x.p", "x.q"), "in b d e f g"), (2, (), "in a b c d e f g")],
)
def test_to_a_depth(depth, blocks, layers):
    assert blocks_at(DEEP, depth) == blocks
    assert ids(collapse(DEEP, blocks_at(DEEP, depth))) == layers.split()


def test_main_blocks_are_no_containers_and_no_more_than_half_of_the_layers():
    assert main_blocks(DEEP) == ("x.p", "x.q", "y")
    whole = graph(
        "in a@m.s b@m.s c@m.t d@m.t e@m out",
        "in>a a>b b>c c>d d>e e>out",
        "m/Backbone m.s/Stage m.t/Stage",
    )
    assert main_blocks(whole) == ("m.s", "m.t")
