"""Passes of networks that segment or detect, and of networks whose path depends on the image."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from cnnwalk.networks import InputSpec, Network
from cnnwalk.passes import PassError
from cnnwalk.wire import ResultHeader, decode_frames


def plain_input(height, width):
    """An input whose values are those of the image's pixels."""
    return InputSpec(
        height=height, width=width, resize=min(height, width), mean=(0.0,) * 3, std=(1.0,) * 3
    )


class ByColour(nn.Module):
    """Tells pixels by which of red, green and blue is the strongest."""

    def __init__(self):
        super().__init__()
        self.scores = nn.Conv2d(3, 4, 1, bias=False)
        weight = torch.zeros(4, 3, 1, 1)
        weight[[1, 2, 3], [0, 1, 2]] = 1
        self.scores.weight = nn.Parameter(weight)

    def forward(self, x):
        return {"out": self.scores(x)}


class BrightBoxes(nn.Module):
    """Finds a box for each quarter of the image that is bright, with its mean as the score."""

    def __init__(self):
        super().__init__()
        self.grey = nn.Conv2d(3, 1, 1, bias=False)
        self.grey.weight = nn.Parameter(torch.full((1, 3, 1, 1), 1 / 3))
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.last = nn.Linear(1, 1, bias=False)
        self.last.weight = nn.Parameter(torch.ones(1, 1))

    def forward(self, images):
        (image,) = images
        height, width = image.shape[1:]
        scores = self.pool(self.grey(image[None])).flatten()
        keep = torch.nonzero(scores > 0.3).flatten()
        found = []
        for number in keep.tolist():  # as many steps as boxes: the path depends on the image
            row, column = divmod(number, 2)
            box = torch.tensor([column, row, column + 1.0, row + 1.0])
            found.append(box * torch.tensor([width, height, width, height]) / 2)
            scores = scores * 1
        scores = self.last(scores[keep][:, None]).flatten()
        boxes = torch.stack(found) if found else torch.zeros(0, 4)
        return [{"boxes": boxes, "labels": keep + 1, "scores": scores}]


def end_of(frames):
    *_, (header, payload) = decode_frames(b"".join(frames))
    assert isinstance(header, ResultHeader), header
    return header, bytes(payload)


@pytest.fixture
def segmenter(make_served):
    return make_served(
        network=Network(
            "by colour",
            ByColour(),
            plain_input(16, 24),
            ("__background__", "red", "green", "blue"),
            task="segmentation",
        )
    )


@pytest.fixture
def detector(make_served):
    return make_served(
        network=Network(
            "bright",
            BrightBoxes(),
            plain_input(16, 24),
            ("nothing", "upper left", "upper right", "lower left", "lower right"),
            task="detection",
        )
    )


def quarters(*colours):
    """An image of 24 x 16 pixels in four colours, row by row."""
    table = np.array(colours, np.uint8).reshape(2, 2, 3)
    return Image.fromarray(table.repeat(8, 0).repeat(12, 1))


RED, GREEN, BLUE, BLACK, WHITE = np.array(
    [[255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 0, 0], [255, 255, 255]], np.uint8
)


def test_a_segmentation_comes_with_the_result(segmenter):
    segmenter.put("flag", quarters(RED, GREEN, RED, BLUE))
    header, payload = end_of(segmenter.base("flag"))
    assert header.predictions == []
    found = header.segmentation
    assert found.shape == (16, 24)
    assert found.region == (0, 0, 1, 1)
    assert [(s.label, s.share) for s in found.segments] == [
        ("red", 0.5),
        ("green", 0.25),
        ("blue", 0.25),
    ]
    places = np.frombuffer(payload, np.uint8).reshape(16, 24)
    np.testing.assert_array_equal(places[:, :12], 0)
    np.testing.assert_array_equal(places[:8, 12:], 1)
    np.testing.assert_array_equal(places[8:, 12:], 2)


def test_the_region_tells_what_was_cropped(segmenter):
    wide = Image.new("RGB", (96, 16))
    wide.paste((255, 0, 0), (36, 0, 60, 16))
    segmenter.put("wide", wide)
    header, _ = end_of(segmenter.base("wide"))
    assert header.segmentation.region == (0.375, 0, 0.625, 1)
    assert [(s.label, s.share) for s in header.segmentation.segments] == [("red", 1)]


def test_detections_come_with_the_result(detector):
    detector.put("two", quarters(BLACK, WHITE, WHITE, RED))
    header, payload = end_of(detector.base("two"))
    assert payload == b""
    found = header.detections
    assert [(one.label, one.box) for one in found.found] == [
        ("upper right", (0.5, 0, 1, 0.5)),
        ("lower left", (0, 0.5, 0.5, 1)),
    ]
    assert [one.score for one in found.found] == pytest.approx([1, 1])
    assert found.left_out == 1  # a third red is bright enough to be found, but not certain


@pytest.mark.parametrize("bright", range(5))
def test_any_image_goes_through_whatever_path_it_takes(detector, bright):
    image = quarters(*[WHITE] * bright, *[BLACK] * (4 - bright))
    detector.put("image", image)
    frames = list(decode_frames(b"".join(detector.base("image"))))
    header = frames[-1].header
    assert len(header.detections.found) == bright
    shown = [frame.header.layer for frame in frames[:-1]]
    missing = header.partial.layers if header.partial else []
    ids = [layer.id for layer in detector.graph.layers]
    assert sorted(shown + missing) == sorted(ids)
    # Recorded with mid-grey, which is a box in every quarter.
    assert bool(missing) == (bright < 4)
    # The layers before and behind the loop are there with all their maps.
    assert {"grey", "pool", "last"} <= set(shown)
    shapes = {frame.header.layer: frame.header.shape for frame in frames[:-1]}
    assert shapes["last"] == (1, 1, 1)
    if missing:
        assert "another path" in header.partial.detail
        assert f"{len(missing)} layer" in header.partial.detail


def test_a_detail_stream_ends_without_the_layers_that_did_not_happen(detector):
    detector.put("dark", quarters(BLACK, BLACK, BLACK, BLACK))
    header, _ = end_of(detector.base("dark"))
    missing = header.partial.layers[0]
    asked = [missing, "grey"]
    frames = detector.detail("dark", asked)
    assert [header.layer for header, _ in decode_frames(b"".join(frames))] == ["grey"]
    with pytest.raises(PassError, match=f"layer {missing} does not happen"):
        detector.values("dark", missing, 0)
    np.testing.assert_array_equal(detector.values("dark", "grey", 0), np.zeros((16, 24)))


class AsManyAsBright(nn.Module):
    """Returns as many columns as there are bright ones."""

    def forward(self, x):
        bright = x.mean((0, 1, 2)) > 0.3
        return x[..., bright] * 2


@pytest.mark.parametrize("columns", [0, 5, 24])
def test_activations_of_another_size_keep_their_panels_shape(make_served, layer_values, columns):
    network = Network("columns", AsManyAsBright(), plain_input(16, 24))
    served = make_served(network=network, granularity="ops")
    image = Image.new("RGB", (24, 16))
    image.paste((255, 255, 255), (0, 0, columns, 16))
    served.put("image", image)
    last = served.graph.layers[-1].id
    _, _, (values,) = layer_values(served.detail("image", [last])[0])
    expected = np.full((3, 16, 24), np.nan)
    expected[..., :columns] = 2
    np.testing.assert_allclose(values, expected, atol=0.01)
