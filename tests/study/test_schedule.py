"""The learning rate's steps, as the notes on the authors' code have them."""

from __future__ import annotations

import pytest

from cnnwalk.study.schedule import share_of_rate


def test_a_hundred_epochs_fall_where_the_authors_let_them():
    shares = [share_of_rate(epoch, 100) for epoch in range(100)]
    parts = [(60, 1), (20, 0.3), (4, 0.1), (4, 0.03), (4, 0.01), (4, 0.003), (4, 0.001)]
    assert shares == [share for count, share in parts for _ in range(count)]


@pytest.mark.parametrize("epochs", [1, 2, 7, 30, 250])
def test_it_begins_whole_never_rises_and_falls_after_three_fifths(epochs):
    shares = [share_of_rate(epoch, epochs) for epoch in range(epochs)]
    assert shares[0] == 1
    assert shares == sorted(shares, reverse=True)
    assert all((share == 1) == (epoch < 0.6 * epochs) for epoch, share in enumerate(shares))
