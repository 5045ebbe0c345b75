"""Colours of classes: how far they are apart for every kind of eyes."""

import itertools

import numpy as np
import pytest

from cnnwalk.passes.colors import class_color, oklab


def levels(color):
    assert color[0] == "#"
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def test_oklab_has_the_published_values():
    # Ottosson's white and the sRGB primaries, as CSS Color 4 lists them.
    colors = np.array([[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]], float)
    expected = [
        [1, 0, 0],
        [0.62796, 0.22486, 0.12585],
        [0.86644, -0.23389, 0.17950],
        [0.45201, -0.03246, -0.31153],
    ]
    np.testing.assert_allclose(oklab(colors), expected, atol=2e-4)


@pytest.mark.parametrize("vision", range(4))
@pytest.mark.parametrize(("count", "apart"), [(8, 0.08), (21, 0.045), (64, 0.02)])
def test_classes_differ_for_all_eyes(vision, count, apart):
    # A difference that one just sees is about 0.02 in Oklab.
    colors = oklab(np.array([levels(class_color(n)) for n in range(count)], float), vision)
    pairs = itertools.combinations(colors, 2)
    assert min(np.linalg.norm(a - b) for a, b in pairs) > apart


def test_every_class_has_a_colour():
    assert class_color(64) == class_color(0)
    assert class_color(12345).startswith("#")
