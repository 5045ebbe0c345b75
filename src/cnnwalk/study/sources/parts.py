"""Dividing images into those for training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnwalk.study.imageset import PARTS, Indices, Part

TEST = 0.2
VALIDATION = 0.1
"""Of what is left when the test images are taken."""
_TRAIN, _VALIDATION, _TEST = (PARTS.index(part) for part in ("train", "validation", "test"))


def divide(labels: Indices, seed: int, groups: Sequence[str] | None = None) -> dict[Part, Indices]:
    """Divide images 80/20, and hold a tenth of the first back for validation.

    Each class is divided on its own, so that every part has about its share of each. A class of
    two groups and more has one for training and one for test at least; a single one is for
    training.

    Args:
        labels: (N,) class of each image.
        seed: of the draws.
        groups: N names; images of one name are never divided. Left out, each goes by itself.

    Returns:
        Indices into `labels`, ascending, none in two parts.
    """
    draws = np.random.default_rng(seed)
    names = np.arange(len(labels)) if groups is None else np.unique(groups, return_inverse=True)[1]
    part_of = np.full(int(names.max(initial=-1)) + 1, -1)
    for label in np.unique(labels):
        _divide_class(names[labels == label], part_of, draws)
    found = part_of[names]
    return {part: np.flatnonzero(found == number) for number, part in enumerate(PARTS)}


def undersampled(parts: Mapping[Part, Indices], labels: Indices, seed: int) -> dict[Part, Indices]:
    """Leave so many images for training of each class as the smallest class has.

    Validation and test stay as they are: balanced accuracy says there what classes weigh.
    """
    draws = np.random.default_rng(seed)
    train = parts["train"]
    _, counts = np.unique(labels[train], return_counts=True)
    least = int(counts.min(initial=len(labels)))
    kept = [
        draws.choice(train[labels[train] == label], least, replace=False)
        for label in np.unique(labels[train])
    ]
    return {**parts, "train": np.sort(np.concatenate(kept)) if kept else train}


def _divide_class(names: Indices, part_of: Indices, draws: np.random.Generator) -> None:
    """Give a part to each group of a class that has none yet; `part_of` is updated."""
    groups, sizes = np.unique(names, return_counts=True)
    total = len(names)
    test = max(1, round(TEST * total)) if len(groups) > 1 else 0
    wanted = {_TEST: test, _VALIDATION: round(VALIDATION * (total - test))}
    had = {number: int(sizes[part_of[groups] == number].sum()) for number in range(len(PARTS))}
    free = [int(place) for place in draws.permutation(len(groups)) if part_of[groups[place]] < 0]
    for number, count in wanted.items():
        for place in list(free):
            # The last one is for training, unless another class has already put some there.
            last = len(free) == 1 and not had[_TRAIN]
            # Groups that are too large for their part are passed over, but all cannot be for test.
            small = had[number] + sizes[place] / 2 <= count
            forced = number == _TEST and not had[_TEST] and sizes[place] == sizes[free].min()
            if not last and count and (small or forced):
                part_of[groups[place]] = number
                had[number] += int(sizes[place])
                free.remove(place)
    part_of[groups[free]] = _TRAIN
