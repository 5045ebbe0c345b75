"""What the report is made of: errors of numbers, charts, sheets of maps, the choice of networks."""

from __future__ import annotations

import base64
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from cnnwalk.study.report.chart import Chart, Line, draw, spread_out
from cnnwalk.study.report.shown import sheet
from cnnwalk.study.report.values import (
    Value,
    binomial,
    difference,
    mean_of,
    of_measure,
    of_share,
    order,
)


def test_the_binomial_error_is_that_of_many_draws():
    draws = np.random.default_rng(0).binomial(400, 0.3, 20_000) / 400
    assert binomial(0.3, 400) == pytest.approx(draws.std(), rel=0.02)


def test_the_error_of_a_difference_is_that_of_many_draws():
    rng = np.random.default_rng(0)
    first, second = of_share([0.5], 300), of_share([0.2], 100)
    draws = rng.binomial(300, 0.5, 20_000) / 300 - rng.binomial(100, 0.2, 20_000) / 100
    assert difference(first, second).error == pytest.approx(draws.std(), rel=0.02)


def test_seeds_add_their_own_error_but_do_not_take_away_that_of_the_images():
    one, three = of_share([0.5], 100), of_share([0.4, 0.5, 0.6], 100)
    assert (one.error, one.spread) == (pytest.approx(0.05), None)
    assert three.spread == pytest.approx(0.1)
    assert three.error == pytest.approx((0.05**2 + 0.1**2 / 3) ** 0.5)
    assert of_share([0.5] * 3, 100).error == pytest.approx(one.error)


def test_measures_have_the_error_of_their_mean():
    assert of_measure([0.4], [0.03]).error == pytest.approx(0.03)
    assert of_measure([0.4, 0.4], [0.03, 0.04]).error == pytest.approx(0.025)
    assert mean_of([Value(0.2, 0.03, None, 1), Value(0.4, 0.04, 0.1, 3)]) == Value(
        pytest.approx(0.3), pytest.approx(0.025), None, 1
    )


@pytest.mark.parametrize(
    ("first", "second", "least", "found"),
    [
        (0.60, 0.50, 0.0, "above"),
        (0.50, 0.60, 0.0, "below"),
        (0.52, 0.50, 0.0, "alike"),  # two errors together are .028
        (0.60, 0.50, 0.2, "alike"),
    ],
)
def test_values_differ_from_two_errors_and_the_least_difference_on(first, second, least, found):
    assert order(Value(first, 0.01, None, 1), Value(second, 0.01, None, 1), least) == found


def test_names_at_lines_ends_stay_near_them_and_never_lie_over_each_other():
    assert spread_out([0.1, 0.5], 0.1) == [0.1, 0.5]
    assert spread_out([0.4, 0.4], 0.1) == pytest.approx([0.35, 0.45])
    heights = spread_out([0.1, 0.12, 0.3, 0.31, 0.32], 0.1)
    assert np.diff(heights).min() >= 0.1 - 1e-9
    assert heights == sorted(heights)


def test_a_chart_is_text_without_names_or_styles_that_leak():
    points = [(float(x), Value(0.1 * x, 0.01, None, 1)) for x in range(4)]
    chart = Chart(
        "key",
        [Line("augmentation", points, frozenset({3}), 1), Line("plain", [(0.0, None)])],
        alt='a "b" <c>',
        along="block <1>",
    )
    root = ET.fromstring(draw(chart).replace("xlink:href", "href"))  # noqa: S314 - our own
    texts = [element.text.strip() for element in root.iter("text")]
    assert {"S1", "block <1>"} <= set(texts)
    assert "S0" not in texts  # there is no value of it
    assert root.get("aria-label") == 'a "b" <c>'
    assert not list(root.iter("style"))
    used = {element.get("href", "").removeprefix("#") for element in root.iter("use")}
    clips = {element.get("id") for element in root.iter("clipPath")}
    assert {element.get("id") for element in root.iter() if element.get("id")} <= used | clips
    assert "var(--S1)" in draw(chart)
    assert "#0" not in draw(chart).replace('"#', "")


def test_two_charts_of_a_page_share_no_names():
    line = Line("plain", [(0.0, Value(0.1, 0.1, None, 1)), (1.0, Value(0.2, 0.1, None, 1))])
    names = [
        {
            element.get("id")
            for element in ET.fromstring(  # noqa: S314 - our own
                draw(Chart(key, [line], "", "")).replace("xlink:href", "href")
            ).iter()
        }
        - {None}
        for key in ("first", "second")
    ]
    assert names[0]
    assert not names[0] & names[1]


def test_maps_have_the_papers_colours_on_one_scale():
    maps = np.zeros((6, 2, 3), np.float32)
    maps[0], maps[1], maps[5] = 1, -1, 0.5
    address = sheet(maps)
    head, data = address.split(",")
    assert head == "data:image/png;base64"
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    columns, rows = (pixels.shape[1] - 1) // 4, (pixels.shape[0] - 1) // 3
    assert columns * rows >= 6
    assert columns > rows
    cells = [
        pixels[
            at // columns * 3 + 1 : at // columns * 3 + 3,
            at % columns * 4 + 1 : at % columns * 4 + 4,
        ]
        for at in range(6)
    ]
    assert (cells[0] == 255).all()
    red, green, blue = cells[1][0, 0]
    assert blue == 255 > green > red
    assert (cells[2] == 0).all()
    assert (cells[5] == 128).all()
