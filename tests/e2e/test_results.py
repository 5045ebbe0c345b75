"""Networks that segment and detect, in a browser: masks, boxes and what is said of them."""

import contextlib

import numpy as np
import pytest
from PIL import Image

BLACK, RED, GREEN, BLUE, WHITE = (
    (0, 0, 0),
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 255),
)

SEGMENTS = """
import torch
from torch import nn
import cnnwalk


class ByColour(nn.Module):
    '''Class 1, 2 or 3 where red, green or blue is the strongest, else class 0.'''

    def __init__(self):
        super().__init__()
        self.scores = nn.Conv2d(3, 4, 1, bias=False)
        self.scores.weight = nn.Parameter(torch.eye(4)[:, 1:, None, None])

    def forward(self, x):
        return {"out": self.scores(x)}


def build():
    size = cnnwalk.InputSpec(height=32, width=32, mean=(0.0,) * 3, std=(1.0,) * 3)
    names = ("__background__", "strawberry", "frog", "sky")
    return cnnwalk.Network("by colour", ByColour(), size, names)
"""

BOXES = """
import torch
from torch import nn
import cnnwalk


class BrightQuarters(nn.Module):
    '''Finds each bright quarter of the image; its mean is its score.'''

    def __init__(self):
        super().__init__()
        self.grey = nn.Conv2d(3, 1, 1, bias=False)
        self.grey.weight = nn.Parameter(torch.full((1, 3, 1, 1), 1 / 3))
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.last = nn.Linear(1, 1, bias=False)
        self.last.weight = nn.Parameter(torch.ones(1, 1))

    def forward(self, images):
        height, width = images[0].shape[1:]
        scores = self.pool(self.grey(images[0][None])).flatten()
        keep = torch.nonzero(scores > 0.3).flatten()
        boxes = []
        for number in keep.tolist():
            row, column = divmod(number, 2)
            edges = torch.tensor([column, row, column + 1.0, row + 1.0])
            boxes.append(edges * torch.tensor([width, height, width, height]) / 2)
            scores = scores * 1
        scores = self.last(scores[keep][:, None]).flatten()
        boxes = torch.stack(boxes) if boxes else torch.zeros(0, 4)
        return [{"boxes": boxes, "labels": keep + 1, "scores": scores}]


def build():
    size = cnnwalk.InputSpec(height=32, width=32, mean=(0.0,) * 3, std=(1.0,) * 3)
    names = ("nothing", "lamp", "moon", "window", "snow")
    return cnnwalk.Network("bright", BrightQuarters(), size, names, task="detection")
"""


def quarters(*colours):
    """An image of the networks' size in four colours, row by row."""
    table = np.array(colours, np.uint8).reshape(2, 2, 3)
    return Image.fromarray(table.repeat(16, 0).repeat(16, 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with two networks and the images that they are shown."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "segments.py").write_text(SEGMENTS)
    (folder / "boxes.py").write_text(BOXES)
    images = folder / "images"
    images.mkdir()
    quarters(RED, GREEN, RED, BLACK).save(images / "a flag.png")
    quarters(BLACK, WHITE, WHITE, RED).save(images / "two.png")
    quarters(BLACK, BLACK, BLACK, BLACK).save(images / "night.png")
    wide = Image.new("RGB", (96, 32))
    wide.paste(quarters(BLUE, BLUE, BLUE, BLUE), (32, 0))
    wide.save(images / "wide.png")
    return folder


@pytest.fixture(scope="module")
def enter(serve, visitors, folder):
    """Return the context manager that lets one visit a network, by the name of its file."""

    @contextlib.contextmanager
    def entered(name):
        arguments = [f"{folder / name}.py:build", "--images", str(folder / "images")]
        with serve("walk", *arguments) as walk:
            visit = visitors().open(walk.url)
            yield visit
            visit.check(walk.origin)

    return entered


@pytest.fixture(scope="module")
def segments(enter):
    with enter("segments") as visit:
        yield visit


@pytest.fixture(scope="module")
def boxes(enter):
    with enter("boxes") as visit:
        yield visit


def result(visit, image):
    """Put an image in and return what the network says of it."""
    visit.page.keyboard.press("Escape")
    find = f"cnnwalk.draw?.images.find((one) => one.name === '{image}.png')?.id"
    chosen = visit.until(find)
    visit.click(f"cnnwalk.datasetSpot('{chosen}')")
    visit.until(f"cnnwalk.selection.held?.image.id === '{chosen}'")
    visit.click("cnnwalk.frameSpot")
    visit.until(f"cnnwalk.selection.inserted.id === '{chosen}'")
    visit.until("cnnwalk.progress.stage === 'done' && cnnwalk.resultColor(0, 0) !== null")
    visit.frames(2)
    return visit.tell("cnnwalk.networks[0].result")


def color(visit, x, y):
    """The colour of the result canvas at a place of its picture, in shares."""
    return visit.tell("([x, y]) => cnnwalk.resultColor(x, y)", [x, y])


def mixed(under, over, opacity=0.62):
    """What a half transparent colour over another looks like."""
    over = [int(over[at : at + 2], 16) for at in (1, 3, 5)]
    return [a + (b - a) * opacity for a, b in zip(under, over, strict=True)]


def test_a_mask_lies_over_the_image(segments):
    said = result(segments, "a flag")
    found = {one["label"]: one for one in said["segmentation"]["segments"]}
    assert {label: one["share"] for label, one in found.items()} == {
        "strawberry": 0.5,
        "frog": 0.25,
        "background": 0.25,
    }
    segments.picture("segments")
    for place, under, label in [
        ((0.25, 0.25), RED, "strawberry"),
        ((0.75, 0.25), GREEN, "frog"),
        ((0.25, 0.75), RED, "strawberry"),
    ]:
        expected = mixed(under, found[label]["color"])
        np.testing.assert_allclose(color(segments, *place), expected, atol=3)
    np.testing.assert_allclose(color(segments, 0.75, 0.75), BLACK, atol=3)


def test_what_the_network_did_not_see_is_dark_and_has_no_mask(segments):
    said = result(segments, "wide")
    left, _, right, _ = said["segmentation"]["region"]
    assert (left, right) == pytest.approx((1 / 3, 2 / 3))
    (sky,) = said["segmentation"]["segments"]
    assert (sky["label"], sky["share"]) == ("sky", 1)
    seen = color(segments, 0.5, 0.5)
    np.testing.assert_allclose(seen, mixed(BLUE, sky["color"]), atol=3)
    assert max(color(segments, 0.1, 0.5)) < 20


def test_boxes_stand_where_things_are_and_are_named(boxes):
    said = result(boxes, "two")
    found = {one["label"]: one for one in said["detections"]["found"]}
    assert {label: one["box"] for label, one in found.items()} == {
        "moon": [0.5, 0, 1, 0.5],
        "window": [0, 0.5, 0.5, 1],
    }
    assert said["detections"]["left_out"] == 1  # red is bright, but not certain
    boxes.picture("boxes")
    # Middles of edges, and of the boxes: lines in the class's colour, the image within.
    lines = {"moon": [(0.75, 0.5), (0.5, 0.1)], "window": [(0.25, 0.5), (0.5, 0.9)]}
    for label, places in lines.items():
        line = [int(found[label]["color"][at : at + 2], 16) for at in (1, 3, 5)]
        for place in places:
            np.testing.assert_allclose(color(boxes, *place), line, atol=3)
    np.testing.assert_allclose(color(boxes, 0.75, 0.25), WHITE, atol=3)
    np.testing.assert_allclose(color(boxes, 0.25, 0.25), BLACK, atol=3)
    assert boxes.tell("cnnwalk.drawCalls") <= 60


def test_a_pass_on_another_path_says_so_and_shows_what_happened(boxes):
    result(boxes, "two")
    said = result(boxes, "night")
    assert said["detections"]["found"] == []
    missing = said["partial"]["layers"]
    assert missing
    assert boxes.page.get_by_text("took another path with this input").first.is_visible()
    # What did not happen shows nothing, not the image before.
    for layer in missing:
        assert set(boxes.texels(layer, 0, "base").flat) == {0}
    boxes.picture("nothing-found")
    np.testing.assert_allclose(color(boxes, 0.5, 0.5), BLACK, atol=3)


def test_a_networks_result_is_read_to_those_who_cannot_see_it(segments):
    result(segments, "a flag")
    segments.until("document.querySelector('.results li') !== null")
    assert segments.results()[0] == ("strawberry", "50.0 %")
