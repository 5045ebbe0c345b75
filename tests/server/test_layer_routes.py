"""A layer as a file: its true values against plain torch, its picture against its values."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from cnnwalk.layout.panels import grid_of
from cnnwalk.networks import InputSpec, Network
from cnnwalk.server.figures import figures_of
from cnnwalk.server.mapsheet import map_sheet
from cnnwalk.server.valuesfile import values_file

MARGIN, TITLE, NUMBERS, GAP = 8, 34, 46, 2


@pytest.fixture
def layers(server):
    return server.client.get(server.hall_path).json()["graph"]["layers"]


def activation(server, modules):
    """What the first so many modules make of the walk's first image, in plain torch."""
    network = server.small.network
    image = server.walk.images.get(server.image).image()
    with torch.no_grad():
        return network.module[:modules](network.prepare(image))[0].numpy()


def loaded(data):
    return np.load(io.BytesIO(data), allow_pickle=False)


def get(server, layer, file):
    return server.client.get(f"{server.pass_path}/layers/{layer}/{file}")


def test_the_values_of_a_layer_are_those_of_plain_torch(server, layers):
    # A layer is a convolution with its activation.
    for number, modules in ((1, 2), (2, 5), (-1, 8)):
        layer = layers[number]
        answer = get(server, layer["id"], "values.npz")
        assert answer.headers["content-type"] == "application/zip"
        assert re.search(r'filename="small_[\w.-]+\.npz"', answer.headers["content-disposition"])
        held = loaded(answer.content)
        true = activation(server, modules)
        values = held["values"]
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, true.reshape(values.shape))
        assert len(values) == layer["shape"][0]
        names = {name: str(held[name]) for name in held.files if name != "values"}
        assert names == {
            "network": "small",
            "layer": layer["id"],
            "label": layer["label"],
            "image": server.walk.first_image.name,
            "image_id": server.image,
        }


def test_the_figures_of_the_channels_are_those_of_plain_torch(server, layers):
    told = get(server, layers[1]["id"], "figures").json()
    true = activation(server, 2)
    np.testing.assert_allclose(told["mean"], true.mean((1, 2)), rtol=1e-5)
    np.testing.assert_array_equal(np.float32(told["maximum"]), true.max((1, 2)))


def test_figures_look_at_finite_values_alone():
    maps = np.zeros((4, 2, 2), np.float32)
    maps[0] = [[1, np.nan], [3, np.inf]]
    maps[1] = np.nan
    maps[2] = [[-1, -2], [-3, -np.inf]]
    told = figures_of(maps)
    assert told.mean == [2, None, -2, 0]
    assert told.maximum == [3, None, -1, 0]


def cells(sheet, shape, size):
    """The maps of a sheet, as its documentation says where they are."""
    columns = grid_of(shape).columns
    pixels = np.asarray(sheet)
    for channel in range(shape[0]):
        row, column = divmod(channel, columns)
        left = MARGIN + NUMBERS + column * (size[0] + GAP)
        upper = MARGIN + TITLE + row * (size[1] + GAP)
        yield pixels[upper : upper + size[1], left : left + size[0]]


@pytest.mark.parametrize("scaling", ["layer", "channel"])
def test_the_sheet_of_a_layer_has_every_map_in_the_colours_of_its_panel(server, layers, scaling):
    layer = layers[-2] if len(layers[-2]["shape"]) == 3 else layers[2]
    answer = get(server, layer["id"], f"maps.png?scaling={scaling}")
    assert answer.headers["content-type"] == "image/png"
    sheet = Image.open(io.BytesIO(answer.content))
    values = loaded(get(server, layer["id"], "values.npz").content)["values"].astype(np.float64)
    count, height, width = values.shape
    times = -(-48 // max(width, height))
    shapes = cells(sheet, values.shape, (width * times, height * times))
    full = np.abs(values).max() if scaling == "layer" else np.abs(values).max((1, 2))
    shares = values / np.where(np.broadcast_to(full, count) == 0, 1, full)[:, None, None]
    for found, share in zip(shapes, shares, strict=True):
        colors = np.where(
            share[..., None] >= 0, np.stack([share] * 3, -1), -share[..., None] * [0.1, 0.45, 1]
        )
        middle = found[times // 2 :: times, times // 2 :: times]
        np.testing.assert_allclose(middle, 255 * colors, atol=0.51)


def test_the_sheet_is_in_the_colours_that_the_visitor_chose(server, layers):
    layer = layers[2]
    values = loaded(get(server, layer["id"], "values.npz").content)["values"].astype(np.float64)
    plain = get(server, layer["id"], "maps.png")
    assert plain.content == get(server, layer["id"], "maps.png?colors=paper").content
    sheet = Image.open(io.BytesIO(get(server, layer["id"], "maps.png?colors=safe").content))
    times = -(-48 // max(values.shape[1:]))
    shares = values / np.abs(values).max()
    assert shares.max() > 0
    size = (values.shape[2] * times, values.shape[1] * times)
    for found, share in zip(cells(sheet, values.shape, size), shares[..., None], strict=True):
        colors = np.where(share >= 0, share * [1, 0.58, 0.08], -share * [0.1, 0.55, 1])
        middle = found[times // 2 :: times, times // 2 :: times]
        np.testing.assert_allclose(middle, 255 * colors, atol=0.51)
    assert get(server, layer["id"], "maps.png?colors=rainbow").status_code == 422


def test_a_sheet_shows_what_is_negative_and_what_is_no_number():
    maps = np.float32([[[-2, 0], [1, np.nan]], [[0.5, -np.inf], [0, 0]]])
    for scaling, half in (("layer", 64), ("channel", 255)):
        sheet = Image.open(io.BytesIO(map_sheet(maps, scaling, "a title")))
        first, second = (
            cell[12::24, 12::24].tolist() for cell in cells(sheet, maps.shape, (48, 48))
        )
        assert first == [
            [[26, 115, 255], [0, 0, 0]],
            [[128, 128, 128], [255, 0, 255]],
        ]
        assert second == [[[half] * 3, [255, 0, 255]], [[0] * 3, [0] * 3]]


def test_sheets_of_the_largest_layers_stay_small_enough_to_be_sent(monkeypatch):
    monkeypatch.setattr("cnnwalk.server.mapsheet._MOST_PIXELS", 2**16)
    maps = np.random.default_rng(0).random((64, 100, 100), np.float32)
    sheet = Image.open(io.BytesIO(map_sheet(maps, "layer", "")))
    assert sheet.width * sheet.height < 2 * 2**16
    # Reduced by their means, not by leaving values out.
    grid = grid_of(maps.shape)
    size = int((2**16 / (grid.columns * grid.rows)) ** 0.5)
    for cell, values in zip(cells(sheet, maps.shape, (size, size)), maps, strict=True):
        assert abs(cell.mean() - 255 * values.mean() / maps.max()) < 2


def test_a_large_layer_leaves_in_pieces_and_is_read_whole():
    maps = np.random.default_rng(0).standard_normal((64, 300, 300)).astype(np.float32)
    pieces = list(values_file(maps, {"layer": "ümläut 漢"}))
    assert max(map(len, pieces)) < 2 * maps[0].nbytes
    data = b"".join(pieces)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    held = loaded(data)
    np.testing.assert_array_equal(held["values"], maps)
    assert str(held["layer"]) == "ümläut 漢"


def test_nothing_is_computed_for_who_has_it_already(server, layers):
    conv = layers[1]["id"]
    for file in ("values.npz", "maps.png?scaling=channel", "figures"):
        first = get(server, conv, file)
        assert "immutable" in first.headers["cache-control"]
        passes = server.small.checkpoint.passes
        url = f"{server.pass_path}/layers/{conv}/{file}"
        again = server.client.get(url, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert server.small.checkpoint.passes == passes
    tags = {
        get(server, conv, file).headers["etag"]
        for file in ("values.npz", "maps.png?scaling=channel", "maps.png?scaling=layer", "figures")
    }
    assert len(tags) == 4


def test_mistakes_are_told_in_words(server, layers):
    conv = layers[1]["id"]
    assert get(server, "no", "values.npz").status_code == 404
    assert get(server, conv, "maps.png?scaling=large").status_code == 422
    path = f"/api/networks/{server.network}/passes/none/layers/{conv}/values.npz"
    assert "insert it again" in server.client.get(path).json()["detail"]
    server.small.checkpoint.failure = RuntimeError("no such kernel")
    late = get(server, layers[-1]["id"], "values.npz")
    assert late.status_code == 500
    assert "no such kernel" in late.json()["detail"]
    assert server.is_alive()


def test_a_layer_of_single_values_has_its_files_too(serve, connect):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    vector = connect(serve(Network("vector", module, InputSpec(height=16, width=16, resize=16))))
    last = vector.client.get(vector.hall_path).json()["graph"]["layers"][-1]["id"]
    assert loaded(get(vector, last, "values.npz").content)["values"].shape == (4, 1, 1)
    assert Image.open(io.BytesIO(get(vector, last, "maps.png").content)).width > 4 * 48
