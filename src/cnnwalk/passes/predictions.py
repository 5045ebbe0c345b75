"""What a classifier says about its input."""

from __future__ import annotations

from collections.abc import Sequence

from cnnwalk.networks.outputs import probabilities, scores_in
from cnnwalk.wire import Prediction

MOST = 10


def predictions(output: object, classes: Sequence[str] | None) -> list[Prediction]:
    """Return the most probable classes, at most `MOST`, the most probable first.

    The scores of the classes are those of `scores_in`.

    Args:
        output: what the network returned.
        classes: names in order; what has no name is called like ``class 17``.

    Returns:
        An empty list where there are no such scores or they have no order (NaN).
    """
    scores = scores_in(output)
    if scores is None:
        return []
    shares = probabilities(scores)[0]
    if not bool(shares.isfinite().all()):
        return []
    top = shares.topk(min(MOST, len(shares)))
    return [
        Prediction(index=index, label=class_label(index, classes), probability=probability)
        for index, probability in zip(top.indices.tolist(), top.values.tolist(), strict=True)
    ]


def class_label(index: int, classes: Sequence[str] | None) -> str:
    """Return a class's name; what has none is called like ``class 17``."""
    if classes is not None and 0 <= index < len(classes):
        return classes[index]
    return f"class {index}"
