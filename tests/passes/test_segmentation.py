"""The class of each pixel, against loops written out in numpy."""

import numpy as np
import pytest
import torch

from cnnwalk.passes.segmentation import segmentation

REGION = (0.1, 0.0, 0.9, 1.0)


def classes_of(message, places):
    """Return the class index of each pixel, -1 for none."""
    table = np.full(256, -1)
    table[: len(message.segments)] = [segment.index for segment in message.segments]
    return table[places]


def test_each_pixel_has_the_class_of_the_highest_score():
    scores = np.random.default_rng(0).normal(size=(1, 5, 7, 9)).astype(np.float32)
    message, places = segmentation(torch.from_numpy(scores), list("abcde"), REGION)
    expected = np.array(
        [[max(range(5), key=lambda k: scores[0, k, y, x]) for x in range(9)] for y in range(7)]
    )
    np.testing.assert_array_equal(classes_of(message, places), expected)
    assert message.shape == (7, 9)
    assert message.region == REGION
    for segment in message.segments:
        assert segment.label == "abcde"[segment.index]
        assert segment.share == pytest.approx((expected == segment.index).sum() / 63)
    shares = [segment.share for segment in message.segments]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)


def test_only_classes_that_are_there_are_told_each_in_its_own_colour():
    scores = torch.zeros(1, 8, 2, 2)
    scores[0, 3] = 1
    scores[0, 6, 0, 0] = 2
    one, _ = segmentation(scores, None, REGION)
    assert [(s.index, s.label, s.share) for s in one.segments] == [
        (3, "class 3", 0.75),
        (6, "class 6", 0.25),
    ]
    other, _ = segmentation(scores.flip(2), None, REGION)
    assert [s.color for s in other.segments] == [s.color for s in one.segments]
    assert len({s.color for s in one.segments}) == 2


@pytest.mark.parametrize("name", ["__background__", "Background"])
def test_the_background_has_no_colour(name):
    message, _ = segmentation(torch.ones(1, 2, 3, 3), [name, "cat"], REGION)
    assert [(s.label, s.color) for s in message.segments] == [("background", None)]


@pytest.mark.parametrize(
    ("values", "foreground"),
    [([-3.0, 0.5, 2.0], [0, 1, 1]), ([0.2, 0.4, 0.9], [0, 0, 1])],
)
def test_one_map_tells_a_class_from_the_background(values, foreground):
    message, places = segmentation(torch.tensor(values).view(1, 1, 1, 3), None, REGION)
    assert classes_of(message, places).tolist() == [foreground]
    assert {s.index: s.label for s in message.segments} == {0: "background", 1: "class 1"}


def test_pixels_without_order_have_no_class():
    scores = torch.zeros(1, 3, 1, 4)
    scores[0, 1, 0, 1] = torch.nan
    scores[0, 2, 0, 2] = torch.inf
    message, places = segmentation(scores, None, REGION)
    assert classes_of(message, places).tolist() == [[0, -1, 2, 0]]
    assert sum(segment.share for segment in message.segments) == pytest.approx(0.75)


def test_of_very_many_classes_the_largest_are_told():
    # Pixel number i has class i, but the last class has three pixels more.
    scores = torch.nn.functional.one_hot(torch.tensor([*range(300), 299, 299, 299])).float()
    message, places = segmentation(scores.T.reshape(1, 300, 1, 303), None, REGION)
    assert len(message.segments) == 255
    assert message.segments[0].index == 299
    found = classes_of(message, places)[0]
    assert found.tolist() == [*range(254), *[-1] * 45, 299, 299, 299, 299]
