"""Images over HTTP: datasets, noise, and uploads of every kind of file that is none."""

from __future__ import annotations

import io
import socket
import struct
import zlib

import httpx
import numpy as np
import pytest
from PIL import Image

from cnnwalk.images import draw, noise
from cnnwalk.wire import ResultHeader, decode_frames


def pixels_of(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_draws_are_random_pages_of_the_dataset(server):
    dataset = server.walk.datasets["samples"]
    order = draw(len(dataset), 7)
    pages = [
        server.client.get(f"/api/datasets/samples/draws/7?offset={offset}&count=5").json()
        for offset in (0, 5, 10, 15)
    ]
    names = [image["name"] for page in pages for image in page["images"]]
    assert names == [dataset.item(index).name for index in order]
    assert {page["total"] for page in pages} == {len(dataset)}
    assert pages[-1]["images"] == []
    image = pages[0]["images"][0]
    shown = pixels_of(server.client.get(f"/api/images/{image['id']}").content)
    np.testing.assert_array_equal(shown, np.asarray(dataset.item(order[0]).image))
    thumbnail = server.client.get(f"/api/images/{image['id']}/thumbnail")
    assert thumbnail.headers["content-type"] == "image/jpeg"
    assert len(thumbnail.content) <= 10_000


@pytest.mark.parametrize("kind", ["gaussian", "uniform", "clouds"])
def test_noise_has_the_size_that_the_network_takes(server, kind):
    info = server.client.get(f"/api/networks/{server.network}/noise/{kind}/3").json()
    assert (info["width"], info["height"], info["origin"]) == (32, 32, "noise")
    shown = pixels_of(server.client.get(f"/api/images/{info['id']}").content)
    np.testing.assert_array_equal(shown, noise(kind, 3, 32, 32))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "JPEG", "WEBP"])
def test_a_picture_can_be_brought_and_inserted(server, picture, kind):
    sent = picture(kind=kind)
    answer = server.client.post("/api/images?name=my cat.jpg", content=sent)
    assert answer.status_code == 201
    info = answer.json()
    assert (info["width"], info["height"], info["name"]) == (40, 30, "my cat.jpg")
    shown = pixels_of(server.client.get(f"/api/images/{info['id']}").content)
    np.testing.assert_array_equal(shown, pixels_of(sent))
    stream = server.client.get(f"/api/networks/{server.network}/passes/{info['id']}").content
    assert isinstance(list(decode_frames(stream))[-1].header, ResultHeader)


def test_a_picture_of_one_pixel_can_be_inserted(server, picture):
    info = server.client.post("/api/images", content=picture(1, 1)).json()
    assert (info["width"], info["height"]) == (1, 1)
    stream = server.client.get(f"/api/networks/{server.network}/passes/{info['id']}").content
    assert isinstance(list(decode_frames(stream))[-1].header, ResultHeader)


def bomb(width, height):
    """Return a PNG of a few kilobytes that claims, and would have, this many pixels."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = zlib.compress(bytes((width + 7) // 8 + 1) * min(height, 100))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"Dear diary, this is no picture.", "can be read"),
        (b"\xff\xd8\xff\xe0 almost a JPEG", ""),
        (b"\x89PNG\r\n\x1a\n", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "can be read"),
        (bomb(60_000, 60_000), "64 megapixels"),
        (bomb(2**31 - 1, 1), "64 megapixels"),
    ],
    ids=["empty", "text", "jpeg", "png", "svg", "bomb", "strip"],
)
def test_what_is_no_picture_is_refused(server, data, sentence):
    """As a browser sends it: the type comes from the name, here of a file called x.jpg."""
    jpg = {"Content-Type": "image/jpeg"}
    answer = server.client.post("/api/images?name=x.jpg", content=data, headers=jpg)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]
    assert server.is_alive()


def test_a_truncated_picture_is_refused(server, picture):
    noisy = io.BytesIO()
    Image.fromarray(noise("uniform", 1, 100, 100)).save(noisy, "PNG")
    data = noisy.getvalue()
    assert server.client.post("/api/images", content=data).status_code == 201
    assert server.client.post("/api/images", content=data[: len(data) // 2]).status_code == 422


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_refused(server):
    limit = 16 * 2**20
    exact = server.client.post("/api/images", content=b"x" * limit)
    assert exact.status_code == 422  # read, and found to be no picture
    larger = server.client.post("/api/images", content=b"x" * (limit + 1))
    assert larger.status_code == 413
    assert "larger than 16 MiB" in larger.json()["detail"]


def test_a_body_of_unknown_length_is_cut_while_it_streams(server):
    """Without Content-Length, only counting helps; memory stays what the limit allows."""
    sent = 0

    def endless():
        nonlocal sent
        while sent < 10 * 2**30:
            sent += 2**20
            yield b"x" * 2**20

    try:
        answer = server.client.post("/api/images", content=endless())
    except httpx.TransportError:
        pass  # the connection was closed while we were still sending
    else:
        assert answer.status_code == 413
    assert sent < 2**30
    assert server.is_alive()


def test_a_visitor_who_leaves_while_sending_is_no_error(server, caplog):
    head = f"POST /api/images HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    head += f"Authorization: Bearer {server.token}\r\nContent-Length: 1000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + b"x" * 1000)
    assert server.is_alive()
    server.running.close()  # waits for what is still going on
    assert caplog.text == ""


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/json", "text/plain", "application/zip"]
)
def test_other_types_of_body_are_refused(server, picture, kind):
    headers = {"Content-Type": kind}
    answer = server.client.post("/api/images", content=picture(), headers=headers)
    assert answer.status_code == 415
    assert repr(kind.partition(";")[0]) in answer.json()["detail"]
    assert "Content-Type image/*" in answer.json()["detail"]


def test_names_of_files_are_only_shown(server, picture):
    for name in ("../../etc/passwd", "<script>", "\u202egpj.exe", "x" * 200):
        answer = server.client.post("/api/images", params={"name": name}, content=picture())
        assert answer.json()["name"] == name
    answer = server.client.post("/api/images", params={"name": "x" * 201}, content=picture())
    assert answer.status_code == 422
    assert "name" in answer.json()["detail"]


def test_an_image_of_a_dataset_that_cannot_be_read_is_left_out(serve, small, tmp_path):
    from cnnwalk.images import folder
    from cnnwalk.server.walk import Walk

    for index in range(3):
        Image.new("RGB", (8, 8), (index, 0, 0)).save(tmp_path / f"{index}.png")
    (tmp_path / "0.png").write_bytes(b"broken since")
    walk = Walk([small.network], [folder(tmp_path)])
    try:
        (dataset,) = walk.datasets
        page = walk.draw(dataset, seed=0, offset=0, count=8)
        assert sorted(image.name for image in page.images) == ["1.png", "2.png"]
        assert page.total == 3
        (reason,) = page.skipped
        assert "0.png is no picture" in reason
        assert walk.first_image is not None
        assert walk.first_image.name == "1.png"
    finally:
        walk.close()
