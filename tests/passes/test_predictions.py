"""Predictions against a softmax written out in numpy."""

import numpy as np
import pytest
import torch

from cnnwalk.passes.predictions import predictions

LOGITS = np.random.default_rng(0).normal(size=30).astype(np.float32) * 3


def softmax(logits):
    exponentials = np.exp(logits.astype(np.float64) - logits.max())
    return exponentials / exponentials.sum()


def test_the_ten_most_probable_of_the_logits():
    names = [f"name {i}" for i in range(30)]
    found = predictions(torch.from_numpy(LOGITS[None]), names)
    order = np.argsort(-LOGITS)[:10]
    assert [p.index for p in found] == order.tolist()
    assert [p.label for p in found] == [names[i] for i in order]
    np.testing.assert_allclose([p.probability for p in found], softmax(LOGITS)[order], rtol=1e-6)


def test_probabilities_are_not_made_probabilities_again():
    probabilities = softmax(LOGITS).astype(np.float32)
    (first, *_) = predictions(torch.from_numpy(probabilities[None]), None)
    assert first.probability == pytest.approx(probabilities.max(), rel=1e-6)


def test_logarithms_of_probabilities_become_probabilities():
    (first, *_) = predictions(torch.from_numpy(np.log(softmax(LOGITS))[None]), None)
    assert first.probability == pytest.approx(softmax(LOGITS).max(), rel=1e-6)


def test_classes_without_a_name_are_called_by_their_number():
    found = predictions(torch.tensor([[0.0, 3, 2]]), ["first"])
    assert [p.label for p in found] == ["class 1", "class 2", "first"]
    assert [p.label for p in predictions(torch.tensor([[0.0, 3]]), None)] == ["class 1", "class 0"]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda scores: (torch.zeros(1, 8, 4, 4), scores, torch.ones(1, 5)),
        lambda scores: {"features": torch.zeros(1, 1), "logits": scores},
        lambda scores: [{"nested": (None, scores)}],
    ],
)
def test_scores_are_found_among_other_outputs(wrap):
    (first, *_) = predictions(wrap(torch.from_numpy(LOGITS[None])), None)
    assert first.index == LOGITS.argmax()


@pytest.mark.parametrize(
    "output",
    [
        torch.zeros(1, 21, 8, 8),
        torch.zeros(1, 1),
        torch.zeros(2, 10),
        torch.zeros(1, 10, dtype=torch.int64),
        None,
        (),
        torch.tensor([[1, torch.nan, 2]]),
        torch.tensor([[1, torch.inf, 2]]),
    ],
)
def test_no_scores_no_predictions(output):
    assert predictions(output, None) == []


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_probabilities_in_half_precision_need_not_sum_to_1(dtype):
    probabilities = torch.tensor([[2 / 3, 1 / 6, 1 / 6]]).to(dtype)
    assert abs(probabilities.double().sum() - 1) > 1e-4
    found = predictions(probabilities, None)
    assert found[0].probability == pytest.approx(2 / 3, rel=1e-2)
