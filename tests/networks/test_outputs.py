"""What outputs say, and what a network is told that says something else."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.networks import InputSpec, Network, NetworkError
from cnnwalk.networks.load import network_from_module
from cnnwalk.networks.outputs import boxes_in, maps_in, probabilities, scores_in, task_of
from cnnwalk.networks.trial import try_out

IMAGE = torch.zeros(1, 3, 8, 12)
FOUND = {
    "boxes": torch.tensor([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 8.0, 8.0]]),
    "labels": torch.tensor([3, 1]),
    "scores": torch.tensor([0.9, 0.2]),
}
EMPTY = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0), "scores": torch.zeros(0)}


class Answers(nn.Module):
    """Returns the same, whatever comes."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, x):
        return self.answer


@pytest.mark.parametrize(
    ("output", "task"),
    [
        (torch.zeros(1, 10), "classification"),
        ((torch.zeros(1, 10), torch.zeros(1, 7, 8, 12)), "classification"),
        (torch.zeros(1, 7, 8, 12), "segmentation"),
        ({"out": torch.zeros(1, 7, 4, 6), "aux": torch.zeros(1, 7, 4, 6)}, "segmentation"),
        (torch.zeros(1, 3, 8, 12), "classification"),  # rather an image than three classes
        (torch.zeros(1, 64, 4, 6), "classification"),  # rather features
        ({"features": torch.zeros(1, 7, 8, 12)}, "classification"),
        ([FOUND], "detection"),
        (FOUND, "detection"),
        ([EMPTY], "detection"),
        ([{"boxes": torch.zeros(2, 4)}], "classification"),
        ([FOUND | {"scores": torch.zeros(3)}], "classification"),
        ([], "classification"),
    ],
)
def test_the_task_is_recognised_where_it_is_plain(output, task):
    assert task_of(output, IMAGE) == task
    network = network_from_module(Answers(output), input_size=(8, 12))
    assert network.task == task


def test_the_parts_of_an_output_are_found():
    scores, maps = torch.rand(1, 10), torch.rand(1, 7, 8, 12)
    assert scores_in({"extra": [torch.rand(1, 1), maps], "logits": scores}) is scores
    assert scores_in(torch.zeros(1, 10, dtype=torch.int64)) is None
    assert maps_in((scores, maps)) is maps
    assert maps_in({"aux": torch.rand(1, 7, 8, 12), "out": maps}) is maps
    assert maps_in(scores) is None
    assert boxes_in([FOUND, EMPTY]).labels is FOUND["labels"]
    assert boxes_in(scores) is None


@pytest.mark.parametrize("task", ["segmentation", "detection"])
def test_an_output_that_does_not_fit_the_task_is_named(task):
    network = Network("mine", Answers(torch.zeros(1, 10)), InputSpec(height=8, width=8), task=task)
    with pytest.raises(
        NetworkError, match=rf"mine is a network for {task}.*Tensor of shape \(1, 10\)"
    ):
        try_out(network)


def test_a_task_that_is_told_is_kept():
    answer = Answers(torch.zeros(1, 3, 4, 6))
    network = Network("mine", answer, InputSpec(height=8, width=12), task="segmentation")
    try_out(network)
    assert network.task == "segmentation"


@pytest.mark.parametrize(("channels", "names"), [(3, 2), (1, 3), (1, 1)])
def test_segments_need_a_name_for_each_class(channels, names):
    answer = Answers(torch.zeros(1, channels, 8, 8))
    classes = ("a", "b", "c")[:names]
    network = Network("mine", answer, InputSpec(height=8, width=8), classes, task="segmentation")
    with pytest.raises(
        NetworkError, match=rf"{names} class names, .* has {max(channels, 2)} classes"
    ):
        try_out(network)


def test_a_detection_network_takes_a_list_of_images():
    seen = []

    class Detector(nn.Module):
        def forward(self, images):
            seen.append(images)
            return [EMPTY]

    network = Network("mine", Detector(), InputSpec(height=8, width=8), ("a",), task="detection")
    try_out(network)
    ((image,),) = seen
    assert image.shape == (3, 8, 8)


def test_each_row_of_scores_becomes_probabilities_where_it_is_not_such_already():
    logits, shares = [1.0, 2.0, -1.0], [0.25, 0.5, 0.25]
    exponentials = np.exp(logits)
    found = probabilities(torch.tensor([logits, shares]))
    np.testing.assert_allclose(found, [exponentials / exponentials.sum(), shares], rtol=1e-6)
