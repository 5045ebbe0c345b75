"""What a classifier says about its input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor

from cnnwalk.wire import Prediction

MOST = 10


def predictions(output: object, classes: Sequence[str] | None) -> list[Prediction]:
    """Return the most probable classes, at most `MOST`, the most probable first.

    The first tensor of floats of shape (1, n), n >= 2, in the network's output is taken for the
    scores of its classes: for logits, or for probabilities where they are such already.

    Args:
        output: what the network returned; tuples, lists and mappings are looked into.
        classes: names in order; what has no name is called like ``class 17``.

    Returns:
        An empty list where there are no such scores or they have no order (NaN).
    """
    scores = next(_scores(output), None)
    if scores is None:
        return []
    values = scores.detach().to("cpu", torch.float64)[0]
    rounding = max(1e-4, 2 * torch.finfo(scores.dtype).eps)
    are_probabilities = bool((values >= 0).all()) and abs(float(values.sum()) - 1) < rounding
    probabilities = values if are_probabilities else values.softmax(0)
    if not bool(probabilities.isfinite().all()):
        return []
    top = probabilities.topk(min(MOST, len(probabilities)))
    return [
        Prediction(index=index, label=_label(index, classes), probability=probability)
        for index, probability in zip(top.indices.tolist(), top.values.tolist(), strict=True)
    ]


def _scores(output: object) -> Iterator[Tensor]:
    if isinstance(output, Tensor):
        if output.is_floating_point() and output.ndim == 2 and len(output) == 1 < output.shape[1]:
            yield output
    elif isinstance(output, Mapping):
        for part in output.values():
            yield from _scores(part)
    elif isinstance(output, (list, tuple)):
        for part in output:
            yield from _scores(part)


def _label(index: int, classes: Sequence[str] | None) -> str:
    return classes[index] if classes is not None and index < len(classes) else f"class {index}"
