"""Collapsing and expanding blocks, in the hall and in the outline; the address keeps it."""

import itertools
import re

import pytest

from cnnwalk.capture import record
from cnnwalk.collapse import blocks_at, collapse
from cnnwalk.networks import load_network

# A small network of a user's own with blocks in blocks.
CODE = """
import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.second(self.first(x).relu()).tanh()


class Stages(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.early = nn.Sequential(*(Residual(6) for _ in range(2)))
        self.late = nn.Sequential(*(Residual(6) for _ in range(3)))
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        return self.head(self.late(self.early(self.stem(x))).mean((2, 3)))


def build():
    torch.manual_seed(0)
    return Network("stages", Stages(), InputSpec(height=32, width=32, resize=32))
"""

MOST_DRAWS = 60


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("networks") / "stages.py"
    path.write_text(CODE)
    return path


@pytest.fixture(scope="module")
def graph(file):
    network = load_network(f"{file}:build")
    return record(network.module, network.example_input()).graph()


@pytest.fixture(scope="module")
def walk(serve, file):
    with serve("walk", f"{file}:build") as served:
        yield served


@pytest.fixture(scope="module")
def visitor(visitors, walk):
    visit = visitors(1200, 700).open(walk.url)
    visit.whole = shown(visit)
    visit.maps = bytes_of(visit, visit.whole)
    yield visit
    visit.check(walk.origin)


@pytest.fixture
def visit(visitor):
    """The visitor at the start, with everything open."""
    show(visitor, depth=None)
    visitor.page.keyboard.press("Home")
    visitor.frames(2)
    return visitor


def shown(visit):
    """Ids of the layers that stand, once all their maps are there."""
    settle(visit)
    return [layer["id"] for layer in visit.tell("cnnwalk.layers")]


def settle(visit):
    visit.until("cnnwalk.networks.every((one) => one.progress.stage === 'done')")
    visit.until("cnnwalk.layers.every((layer) => layer.level !== 'none')")


def bytes_of(visit, layers):
    return {layer: visit.texels(layer, 1, "base").tolist() for layer in layers[1:-1]}


def collapsed(visit, *blocks):
    """Wait until just these blocks are collapsed."""
    visit.until(
        "blocks => cnnwalk.networks[0].hall.collapsed.join() === blocks.join()", list(blocks)
    )
    settle(visit)


def outline(visit):
    """Open the outline."""
    tree = visit.page.get_by_role("tree", name="Blocks")
    if not tree.is_visible():
        visit.page.keyboard.press("o")
    tree.wait_for()
    return tree


def show(visit, depth):
    """Open so many levels by the outline's buttons, all for None, and close it again."""
    name = "Open all blocks" if depth is None else f"Open {depth} level"
    outline(visit)
    visit.page.get_by_role("button", name=re.compile(name)).click()
    pressed = "name => document.querySelector(`.depths [aria-label^='${name}']`).ariaPressed"
    visit.until(f"name => ({pressed})(name) === 'true'", name)
    settle(visit)
    visit.page.keyboard.press("o")


def fly(visit, layer):
    visit.page.keyboard.press("/")
    visit.page.get_by_role("combobox", name="Search layers").fill(layer)
    visit.page.keyboard.press("Enter")
    near(visit, layer)


def step_aside(visit):
    """Go to the right, from where one sees past a panel of this network."""
    visit.page.keyboard.down("d")
    visit.until("cnnwalk.camera.x > 1")
    visit.page.keyboard.up("d")
    visit.frames(4)


def near(visit, layer):
    pose = visit.tell("id => cnnwalk.layers.find((one) => one.id === id)?.pose", layer)
    at = "([x, z]) => Math.hypot(cnnwalk.camera.x - x, cnnwalk.camera.z - z) < 6"
    visit.until(at, [pose["x"], pose["z"]])
    visit.frames(2)


def ids(graph):
    return [layer.id for layer in graph.layers]


def test_each_network_is_shown_in_its_own_way(serve, file, visitors, graph):
    names = (f"{file}:build", f"{file}:build")
    with serve("walk", *names, "--depth", "0") as walk:
        visit = visitors(960, 540).open(walk.url)
        settle(visit)
        few = len(collapse(graph, blocks_at(graph, 0)).layers)
        assert panels(visit) == [few, few]
        visit.page.goto(f"{walk.origin}/?depth.2=1")
        visit.until("window.cnnwalk?.networks.length === 2")
        visit.until("cnnwalk.networks.every((one) => one.hall !== null)")
        settle(visit)
        more = len(collapse(graph, blocks_at(graph, 1)).layers)
        assert panels(visit) == [few, more]
        assert visit.tell("location.search") == "?depth.2=1"
        first, second = visit.tell("cnnwalk.networks.map((one) => one.hall.bounds)")
        assert first["max_x"] < second["min_x"]
        visit.check(walk.origin)
        visit.page.close()  # before the resident comes: pages draw one beside the other


def panels(visit):
    """The number of panels of each network."""
    owners = [layer["network"] for layer in visit.tell("cnnwalk.layers")]
    return [len(list(group)) for _, group in itertools.groupby(owners)]


def test_a_sign_collapses_its_block_and_the_title_expands_it(visit, graph):
    inserted = visit.tell("cnnwalk.selection.inserted.id")
    fly(visit, visit.whole[1])
    step_aside(visit)
    visit.click("cnnwalk.blockSpot('early.0')")
    collapsed(visit, "early.0")
    expected = ids(collapse(graph, ["early.0"]))
    assert shown(visit) == expected
    assert len(expected) == len(visit.whole) - 2
    assert visit.tell("cnnwalk.selection.inserted.id") == inserted
    assert bytes_of(visit, expected) == {layer: visit.maps[layer] for layer in expected[1:-1]}
    assert visit.tell("cnnwalk.drawCalls") <= MOST_DRAWS
    visit.picture("collapsed")
    visit.click("cnnwalk.blockSpot('early.0')")
    collapsed(visit)
    assert shown(visit) == visit.whole
    assert bytes_of(visit, visit.whole) == visit.maps


def test_the_outline_says_what_there_is_and_opens_levels(visit, graph):
    tree = outline(visit)
    items = [item.get_attribute("aria-label") for item in tree.get_by_role("treeitem").all()]
    assert items[:2] == ["early, Sequential, 6 layers", "0, Residual, 3 layers"]
    assert len(items) == 2 + 5
    assert tree.get_by_text("×3").count() == 1
    for depth in (0, 1, None):
        show(visit, depth)
        blocks = () if depth is None else blocks_at(graph, depth)
        assert shown(visit) == ids(collapse(graph, blocks))
        assert visit.tell("location.search") == ("" if depth is None else f"?depth={depth}")
    show(visit, 1)
    visit.picture("outline")


def test_the_outline_is_a_tree_for_the_keyboard(visit):
    tree = outline(visit)
    focused = "document.activeElement.dataset.block"
    tree.locator("[data-block=early]").focus()
    visit.page.keyboard.press("ArrowLeft")
    collapsed(visit, "early")
    assert visit.tell(focused) == "early"
    visit.page.keyboard.press("ArrowDown")
    assert visit.tell(focused) == "late"
    visit.page.keyboard.press("ArrowRight")
    assert visit.tell(focused) == "late.0"
    visit.page.keyboard.press(" ")
    collapsed(visit, "early", "late.0")
    visit.page.keyboard.press("ArrowLeft")
    assert visit.tell(focused) == "late"
    visit.page.keyboard.press("End")
    assert visit.tell(focused) == "late.2"
    at = visit.tell("cnnwalk.camera")
    visit.page.keyboard.press("Enter")
    visit.until("z => cnnwalk.camera.z !== z", at["z"])
    visit.page.keyboard.press("Home")
    visit.page.keyboard.press("ArrowRight")
    collapsed(visit, "late.0")
    visit.page.keyboard.press("Escape")
    assert visit.tell("document.activeElement === document.body")
    assert visit.tell("cnnwalk.errors") == []


def test_keys_collapse_and_expand_what_is_under_the_pointer(visit, graph):
    inner = next(layer.id for layer in graph.layers if layer.block == "late.1")
    fly(visit, inner)
    point(visit, inner)
    visit.page.keyboard.press("c")
    collapsed(visit, "late.1")
    (block,) = {layer.id for layer in graph.layers if layer.block == "late.1"} & set(shown(visit))
    near(visit, block)
    point(visit, block)
    visit.page.keyboard.press("c")
    collapsed(visit, "late")
    visit.page.keyboard.press("z")
    collapsed(visit, "late.1")
    fly(visit, block)
    point(visit, block)
    visit.page.keyboard.press("x")
    collapsed(visit)
    point(visit, block)
    visit.page.keyboard.press("x")
    visit.page.get_by_text("Point at a collapsed block to expand it.").wait_for()


def point(visit, layer):
    """Point at the layer's first map, from elsewhere: its panel may be under the pointer."""
    visit.page.mouse.move(600, 5)
    spot = visit.until("layer => cnnwalk.mapSpot(layer, 0)", layer)
    visit.page.mouse.move(spot["x"], spot["y"])
    visit.until("layer => cnnwalk.selection.hover?.layer === layer", layer)


def test_the_address_shows_the_same_again(visit, walk, graph):
    show(visit, 1)
    outline(visit)
    visit.page.get_by_role("button", name="Expand early.0").click()
    rest = ["early.1", "late.0", "late.1", "late.2"]
    collapsed(visit, *rest)
    query = visit.tell("location.search")
    assert query == "?collapsed=" + "+".join(rest)
    visit.open(walk.origin + "/", query + "&course=spiral")
    for _ in range(2):
        assert shown(visit) == ids(collapse(graph, rest))
        assert len(yaws(visit)) > 1
        assert bytes_of(visit, shown(visit)) == {
            each: visit.maps[each] for each in shown(visit)[1:-1]
        }
        visit.page.reload()
        visit.until("window.cnnwalk?.arrival.stage === 'ready'")
    visit.picture("spiral")
    visit.open(walk.origin + "/")


def yaws(visit):
    return {layer["pose"]["yaw"] for layer in visit.tell("cnnwalk.layers")}


def test_the_course_is_chosen_in_the_settings(visit):
    visit.page.get_by_role("button", name="Settings").click()
    visit.page.get_by_role("radio", name=re.compile("spiral")).check()
    visit.until("cnnwalk.networks[0].hall.course === 'spiral'")
    visit.page.get_by_role("button", name="Done").click()
    settle(visit)
    assert visit.tell("location.search") == "?course=spiral"
    assert bytes_of(visit, visit.whole) == visit.maps
    visit.page.keyboard.press("z")
    visit.until("cnnwalk.networks[0].hall.course === 'straight'")
    assert visit.tell("location.search") == ""


def test_an_address_that_names_other_blocks_is_told_and_left_aside(visit, walk):
    visit.page.goto(f"{walk.origin}/?collapsed=attic")
    visit.page.get_by_text("There is no block 'attic'").wait_for()
    settle(visit)
    assert "404" in visit.console_errors.pop()  # the browser's own word on it
    assert visit.tell("cnnwalk.networks[0].hall.collapsed") == []
    assert visit.tell("location.search") == ""
