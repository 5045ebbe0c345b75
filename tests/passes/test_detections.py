"""What is found in an image, on boxes written by hand."""

import math

import pytest
import torch

from cnnwalk.networks.outputs import Boxes
from cnnwalk.passes.detections import detections

REGION = (0.0, 0.2, 1.0, 0.8)


def boxes(*rows):
    """Return boxes of rows (left, upper, right, lower, label, score)."""
    table = torch.tensor(rows, dtype=torch.float32).reshape(-1, 6)
    return Boxes(table[:, :4], table[:, 4].long(), table[:, 5])


def test_boxes_are_shares_of_the_input_the_most_certain_first():
    found = boxes((10, 5, 30, 20, 2, 0.625), (0, 0, 40, 20, 1, 0.875), (20, 10, 25, 12, 2, 0.25))
    message = detections(found, (40, 20), ["nothing", "cat", "dog"], REGION)
    assert [(one.index, one.label, one.score) for one in message.found] == [
        (1, "cat", 0.875),
        (2, "dog", 0.625),
    ]
    assert message.found[0].box == (0, 0, 1, 1)
    assert message.found[1].box == (0.25, 0.25, 0.75, 1)
    assert message.found[0].color != message.found[1].color
    assert (message.left_out, message.threshold, message.region) == (1, 0.5, REGION)


def test_a_box_ends_where_the_input_ends():
    (one,) = detections(boxes((-8, 4, 50, 30, 7, 1)), (40, 20), ["a"], REGION).found
    assert one.box == (0, 0.2, 1, 1)
    assert one.label == "class 7"


def test_nothing_is_found():
    message = detections(boxes(), (40, 20), None, REGION)
    assert (message.found, message.left_out) == ([], 0)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_has_no_place_or_no_score_is_left_out(value):
    found = boxes((0, 0, value, 4, 1, 0.9), (0, 0, 4, 4, 1, math.nan), (0, 0, 4, 4, 3, 0.75))
    message = detections(found, (8, 8), None, REGION)
    assert [one.index for one in message.found] == [3]
    assert message.left_out == 2


def test_of_very_many_the_hundred_most_certain_are_told():
    found = boxes(*[(0, 0, 1, 1, number, 0.5 + number / 500) for number in range(150)])
    message = detections(found, (8, 8), None, REGION)
    assert [one.index for one in message.found] == list(range(149, 49, -1))
    assert message.left_out == 50
