"""A run's frames as several listeners see them."""

import asyncio

from cnnwalk.news import Listener
from cnnwalk.passes.run import Run
from cnnwalk.wire import LayerHeader, decode_frames, encode_frame


def frame(layer, level="base"):
    header = LayerHeader(layer=layer, level=level, encoding="unsigned", shape=(1, 1, 1))
    return encode_frame(header, b"\0\0\x80?", b"\7")


async def a_listener():
    return Listener()


def test_base_frames_from_any_number_on():
    run = Run()
    run.add("a", frame("a"), None)
    run.add("b", frame("b"), frame("b", "detail"))
    assert run.base(0) == ([frame("a"), frame("b")], False)
    assert run.base(1) == ([frame("b")], False)
    run.end("finished", b"last")
    assert run.base(1) == ([frame("b"), b"last"], True)
    assert run.size == len(frame("a")) + len(frame("b")) + len(frame("b", "detail"))


def test_detail_frames_in_the_asked_order():
    run = Run()
    run.add("b", frame("b"), frame("b", "detail"))
    assert run.detail(["b", "a"]) == ([frame("b", "detail")], False)
    assert run.detail(["a", "b"]) == ([], False)
    run.add("a", frame("a"), None)
    frames, ended = run.detail(["a", "b"])
    assert ended
    assert frames[1] == frame("b", "detail")
    ((header, payload),) = decode_frames(frames[0])
    assert (header.layer, header.level) == ("a", "detail")
    assert bytes(payload) == b"\0\0\x80?\7"


def test_a_failure_ends_every_stream_that_lacks_something():
    run = Run()
    run.add("a", frame("a", "detail"), None)
    run.end("failed", b"problem")
    assert run.base(0)[0][-1] == b"problem"
    assert run.detail(["a"]) == ([frame("a", "detail")], True)
    assert run.detail(["a", "b"]) == ([frame("a", "detail"), b"problem"], True)
    run.end("finished", b"result")
    assert run.base(0)[0][-1] == b"problem"


def test_a_run_goes_on_until_its_last_listener_has_left():
    run = Run()
    assert run.goes_on()
    first, second = asyncio.run(a_listener()), asyncio.run(a_listener())
    assert run.join(first)
    assert run.join(second)
    run.leave(first)
    assert run.goes_on()
    run.leave(second)
    assert run.join(first)
    assert run.goes_on()
    run.leave(first)
    assert not run.cancelled
    assert not run.goes_on()
    assert run.cancelled
    assert not run.join(second)


def test_a_finished_run_is_not_cancelled():
    run = Run()
    listener = asyncio.run(a_listener())
    run.join(listener)
    run.end("finished", b"last")
    run.leave(listener)
    assert not run.goes_on()
    assert not run.cancelled
    assert run.join(listener)


def test_a_listener_whose_loop_is_gone_does_no_harm():
    run = Run()
    run.join(asyncio.run(a_listener()))
    run.add("a", frame("a"), None)
    assert run.base(0) == ([frame("a")], False)
