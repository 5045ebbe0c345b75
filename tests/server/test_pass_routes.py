"""Passes over HTTP, against plain hooks and against what the passes themselves give."""

from __future__ import annotations

import asyncio
import logging
import threading

import numpy as np
import pytest
import torch

from cnnwalk.wire import LayerHeader, ProblemHeader, ResultHeader, ValuesHeader, decode_frames


def layer_ids(server):
    return [layer.id for layer in server.walk.networks[server.network].graph.layers]


def activations(server):
    """Return (input of conv 0, ReLU after it, ReLU after conv 1), each of shape (C, H, W)."""
    network = server.small.network
    image = network.prepare(server.walk.images.get(server.image).image())
    with torch.no_grad():
        first = torch.relu(network.module[0](image))
        second = torch.relu(network.module[3](first))
    return [each[0].numpy() for each in (image, first, second)]


def test_a_pass_streams_every_layer_and_then_its_result(server):
    answer = server.client.get(server.pass_path)
    assert answer.headers["content-type"] == "application/vnd.cnnwalk.frames"
    *layers, result = [frame.header for frame in decode_frames(answer.content)]
    assert all(isinstance(header, LayerHeader) and header.level == "base" for header in layers)
    assert [header.layer for header in layers] == layer_ids(server)
    assert isinstance(result, ResultHeader)
    network = server.small.network
    with torch.no_grad():
        logits = network.module(network.prepare(server.walk.images.get(server.image).image()))
    best = int(logits.argmax())
    assert result.predictions[0].index == best
    assert result.predictions[0].label == network.classes[best]
    assert np.isclose(result.predictions[0].probability, float(logits.softmax(1)[0, best]))


def test_the_network_runs_once_whoever_asks_and_how_often(server):
    recorded = server.small.checkpoint.passes
    first = server.client.get(server.pass_path)
    again = server.client.get(server.pass_path)
    assert first.content == again.content
    assert server.small.checkpoint.passes == recorded + 1
    # Only the finished pass may be kept: a running one may yet fail.
    assert first.headers["cache-control"] == "no-store"
    assert "immutable" in again.headers["cache-control"]


def test_nothing_is_computed_for_what_the_page_still_has(server):
    server.client.get(server.pass_path)
    etag = server.client.get(server.pass_path).headers["etag"]
    passes = server.small.checkpoint.passes
    server.walk.passes._finished._values.clear()
    answer = server.client.get(server.pass_path, headers={"If-None-Match": etag})
    assert answer.status_code == 304
    assert server.small.checkpoint.passes == passes


def test_details_come_in_the_asked_order(server):
    _, first, second = layer_ids(server)[:3]
    path = f"{server.pass_path}?level=detail&layers={second}&layers={first}"
    frames = list(decode_frames(server.client.get(path).content))
    assert [frame.header.layer for frame in frames] == [second, first]
    assert [frame.header.shape for frame in frames] == [(16, 16, 16), (8, 32, 32)]
    for frame, expected in zip(frames, activations(server)[:0:-1], strict=True):
        channels = expected.shape[0]
        scales = np.frombuffer(frame.payload[: 4 * channels], "<f4")
        codes = np.frombuffer(frame.payload[4 * channels :], np.uint8).reshape(expected.shape)
        assert frame.header.encoding == "unsigned"
        step = scales[:, None, None] / 254
        assert (np.abs(codes * step - expected) <= step).all()


def test_one_map_comes_in_its_true_values(server):
    layer = layer_ids(server)[1]
    answer = server.client.get(f"{server.pass_path}/layers/{layer}/maps/5")
    (frame,) = decode_frames(answer.content)
    assert frame.header == ValuesHeader(layer=layer, channel=5, shape=(32, 32))
    values = np.frombuffer(frame.payload, "<f4").reshape(32, 32)
    np.testing.assert_array_equal(values, activations(server)[1][5])
    assert "immutable" in answer.headers["cache-control"]


def test_first_layers_arrive_while_the_network_still_runs(server):
    checkpoint = server.small.checkpoint
    checkpoint.open.clear()
    with server.client.stream("GET", server.pass_path) as answer:
        chunks = answer.iter_bytes()
        first = next(chunks)
        assert not checkpoint.open.is_set()  # the pass waits, and yet there is a layer
        checkpoint.open.set()
        frames = list(decode_frames(first + b"".join(chunks)))
    assert isinstance(frames[-1].header, ResultHeader)


def test_a_pass_that_nobody_waits_for_ends(server):
    checkpoint = server.small.checkpoint
    checkpoint.open.clear()
    checkpoint.reached.clear()
    with server.client.stream("GET", server.pass_path) as answer:
        chunks = answer.iter_bytes()  # held, since its end is the end of the connection
        next(chunks)
        assert checkpoint.reached.wait(30)
        run = next(iter(server.walk.passes._running.values()))
    left = threading.Event()
    while run._listeners:  # the server notices that the reader is gone
        assert not left.wait(0.01)
    checkpoint.open.set()
    while not run.cancelled:  # before somebody else listens
        assert not left.wait(0.01)
    answer = server.client.get(server.pass_path)
    assert isinstance(list(decode_frames(answer.content))[-1].header, ResultHeader)


def test_a_failing_network_says_so_and_the_server_lives_on(server):
    checkpoint = server.small.checkpoint
    checkpoint.failure = RuntimeError("no luck with this image")
    answer = server.client.get(server.pass_path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    *_, last = [frame.header for frame in decode_frames(answer.content)]
    assert isinstance(last, ProblemHeader)
    assert "no luck with this image" in last.detail
    layer = layer_ids(server)[2]
    values = server.client.get(f"{server.pass_path}/layers/{layer}/maps/0")
    assert values.status_code == 500
    assert "no luck with this image" in values.json()["detail"]
    checkpoint.failure = None
    again = server.client.get(server.pass_path)
    assert isinstance(list(decode_frames(again.content))[-1].header, ResultHeader)


def test_large_frames_go_out_in_chunks(server):
    from cnnwalk.server.routes.passes import _chunks

    async def frames():
        yield b"a" * 10
        yield bytes(range(256)) * 10_000

    async def read():
        return [chunk async for chunk in _chunks(frames())]

    chunks = asyncio.run(read())
    assert b"".join(chunks) == b"a" * 10 + bytes(range(256)) * 10_000
    assert max(len(chunk) for chunk in chunks) == 2**20
    assert chunks[0] == b"a" * 10


def test_a_stream_that_never_waits_lets_others_have_their_turn():
    from cnnwalk.server.routes.passes import _chunks

    async def frames():
        for _ in range(20):
            yield b"a"

    async def count_turns():
        turns = 0

        async def others():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        waiting = asyncio.create_task(others())
        async for _ in _chunks(frames()):
            pass
        waiting.cancel()
        return turns

    # uvicorn notices in such a turn that the reader has left.
    assert asyncio.run(count_turns()) >= 20


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/api/networks/x/hall", 404, "no network 'x'"),
        ("/api/networks/x/weights", 404, "no network 'x'"),
        ("/api/networks/x/passes/y", 404, "no network 'x'"),
        ("/api/networks/x/noise/gaussian/1", 404, "no network 'x'"),
        ("/api/networks/{n}/passes/y", 404, "'y'; it is unknown or no longer held"),
        ("/api/networks/{n}/passes/y/layers/0/maps/0", 404, "insert it again"),
        ("/api/networks/{n}/passes/{i}/layers/y/maps/0", 404, "no layer 'y'"),
        ("/api/networks/{n}/passes/{i}/layers/{l}/maps/8", 404, "has 0 to 7"),
        ("/api/networks/{n}/passes/{i}/layers/{l}/maps/-1", 422, "channel"),
        ("/api/networks/{n}/passes/{i}/layers/{l}/maps/1.5", 422, "channel"),
        ("/api/networks/{n}/passes/{i}/layers/{l}/maps/9999999999999999999999", 404, "has 0 to 7"),
        ("/api/networks/{n}/passes/{i}?level=all", 422, "level"),
        ("/api/networks/{n}/passes/{i}?level=detail", 422, "needs layers=ID at least once"),
        ("/api/networks/{n}/passes/{i}?level=base&layers={l}", 422, "'base' takes none"),
        ("/api/networks/{n}/passes/{i}?level=detail&layers=y", 404, "no layer 'y'"),
        ("/api/networks/{n}/passes/{i}?level=detail&layers=", 404, "no layer ''"),
        ("/api/networks/{n}/passes/{i}?level=detail&layers={l}&layers={l}", 422, "asked 2 times"),
        ("/api/images/y", 404, "'y'; it is unknown or no longer held"),
        ("/api/images/y/thumbnail", 404, "'y'; it is unknown or no longer held"),
        ("/api/datasets/y/draws/1", 404, "no dataset 'y'"),
        ("/api/datasets/samples/draws/-1", 422, "seed"),
        ("/api/datasets/samples/draws/4294967296", 422, "seed"),
        ("/api/datasets/samples/draws/one", 422, "seed"),
        ("/api/datasets/samples/draws/1?count=0", 422, "count"),
        ("/api/datasets/samples/draws/1?count=49", 422, "less than or equal to 48"),
        ("/api/datasets/samples/draws/1?offset=-1", 422, "offset"),
        ("/api/networks/{n}/noise/pink/1", 422, "kind"),
        ("/api/networks/{n}/noise/gaussian/NaN", 422, "seed"),
        ("/nowhere", 404, "nothing at '/nowhere'"),
        ("/api/walk/", 404, "nothing at"),
        ("/api/networks/{n}/passes/{i}/layers/a%2Fb/maps/0", 404, ""),
        ("/docs", 404, "nothing at"),
        ("/openapi.json", 404, "nothing at"),
    ],
)
def test_bad_requests_get_a_sentence(server, path, status, sentence):
    filled = path.format(n=server.network, i=server.image, l=layer_ids(server)[1])
    answer = server.client.get(filled)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert sentence in problem["detail"]
    assert "Traceback" not in answer.text
    assert server.is_alive()


def test_methods_that_are_not_possible_say_so(server):
    answer = server.client.delete("/api/walk")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["detail"] == "DELETE is not possible here."


class LogBook(logging.Handler):
    """Lets a test wait for the first line of a log."""

    def __init__(self):
        super().__init__()
        self.written = threading.Event()
        self.text = ""

    def emit(self, record):
        self.text += self.format(record)
        self.written.set()


def test_an_error_of_the_server_itself_is_told_without_its_traceback(server, monkeypatch):
    def fail():
        raise ZeroDivisionError("the inside of the server")

    monkeypatch.setattr(server.walk, "info", fail)
    book = LogBook()
    logging.getLogger("uvicorn.error").addHandler(book)
    try:
        answer = server.client.get("/api/walk")
        assert book.written.wait(30)
    finally:
        logging.getLogger("uvicorn.error").removeHandler(book)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "the terminal it runs in shows" in answer.json()["detail"]
    assert "inside of the server" not in answer.text
    assert "inside of the server" in book.text
    assert server.token not in book.text
    assert server.is_alive()
