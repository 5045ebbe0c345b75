"""Parts have nothing in common, and of each class its share; groups stay whole."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from cnnwalk.study.imageset import PARTS
from cnnwalk.study.sources.parts import divide, undersampled

COUNTS = (30, 47, 100, 292, 5)


@pytest.fixture
def labels():
    return np.random.default_rng(1).permutation(np.repeat(np.arange(len(COUNTS)), COUNTS))


def test_every_image_is_in_one_part(labels) -> None:
    parts = divide(labels, seed=3)
    assert tuple(parts) == PARTS
    np.testing.assert_array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(474))
    for rows in parts.values():
        assert (np.diff(rows) > 0).all()


def test_classes_have_the_shares_that_a_stratified_split_gives_them(labels) -> None:
    parts = divide(labels, seed=3)
    train, test = train_test_split(np.arange(474), test_size=0.2, stratify=labels, random_state=0)
    train, validation = train_test_split(train, test_size=0.1, stratify=labels[train])
    for part, theirs in {"train": train, "validation": validation, "test": test}.items():
        ours, expected = (np.bincount(labels[rows], minlength=5) for rows in (parts[part], theirs))
        assert np.abs(ours - expected).max() <= 1, part


def test_a_seed_gives_the_same_parts_and_another_seed_others(labels) -> None:
    first, again, other = (divide(labels, seed)["test"] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_groups_are_never_divided_even_if_they_reach_over_classes(labels) -> None:
    groups = [f"person {number}" for number in np.random.default_rng(2).integers(0, 120, 474)]
    parts = divide(labels, 0, groups)
    sides = [{groups[row] for row in rows} for rows in parts.values()]
    assert sum(map(len, sides)) == len(set.union(*sides)) == len(set(groups))
    assert 0.15 < len(parts["test"]) / 474 < 0.25
    assert 0.05 < len(parts["validation"]) / 474 < 0.11


def test_a_class_of_one_image_is_for_training_and_one_of_two_is_tested() -> None:
    parts = divide(np.array([0, 1, 1, *[2] * 10]), 0)
    assert 0 in parts["train"]
    assert sorted(len(np.intersect1d(parts[part], [1, 2])) for part in PARTS) == [0, 1, 1]
    assert np.intersect1d(parts["test"], [1, 2]).size == 1


def test_a_class_of_few_large_groups_is_tested_with_the_smallest() -> None:
    parts = divide(np.zeros(19, np.int64), 0, [*"a" * 10, *"b" * 9])
    assert parts["test"].tolist() == list(range(10, 19))
    assert parts["train"].tolist() == list(range(10))


def test_what_other_classes_leave_of_a_class_is_for_training() -> None:
    labels, groups = np.repeat([0, 0, 1, 1], [1, 4, 18, 2]), "p" + "q" * 4 + "p" * 18 + "r" * 2
    parts = divide(labels, 0, list(groups))
    assert {groups[row] for row in parts["test"]} == {"p"}
    assert {groups[row] for row in parts["train"]} == {"q", "r"}


def test_undersampling_leaves_as_many_of_each_class_for_training_and_the_rest_as_it_was(
    labels,
) -> None:
    parts = divide(labels, 0)
    least = np.bincount(labels[parts["train"]]).min()
    balanced = undersampled(parts, labels, 0)
    assert np.bincount(labels[balanced["train"]]).tolist() == [least] * len(COUNTS)
    assert set(balanced["train"]) < set(parts["train"])
    assert balanced["test"] is parts["test"]
    assert balanced["validation"] is parts["validation"]
