"""Passes as their users see them: streams, the cache, failures, cancellation, many listeners."""

import asyncio
import contextlib
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.passes import PassError
from cnnwalk.passes.run import Run
from cnnwalk.wire import LayerHeader, ProblemHeader, ResultHeader, decode_frames


def headers(frames):
    return [header for header, _ in decode_frames(b"".join(frames))]


def test_a_base_stream_has_every_layer_in_order_and_the_result(served):
    *layers, result = headers(served.base(0))
    assert [header.layer for header in layers] == [layer.id for layer in served.graph.layers]
    assert all(isinstance(header, LayerHeader) and header.statistics for header in layers)
    assert isinstance(result, ResultHeader)
    with torch.no_grad():
        logits = served.module(served.network.prepare(served.image(0)))
    expected = logits.softmax(1)[0].sort(descending=True)
    names = ["ant", "bee", "cat", "dog", "class 4"]
    assert [p.index for p in result.predictions] == expected.indices.tolist()
    assert [p.label for p in result.predictions] == [names[i] for i in expected.indices]
    found = [p.probability for p in result.predictions]
    np.testing.assert_allclose(found, expected.values, rtol=1e-5)
    assert result.seconds > 0


def test_a_detail_stream_has_the_asked_layers_in_the_asked_order(served):
    asked = [served.layer("linear"), served.layer("conv", 1), served.layer("input")]
    found = headers(served.detail(0, asked))
    assert [header.layer for header in found] == asked
    assert {header.level for header in found} == {"detail"}
    assert [header.shape for header in found] == [(5, 1, 1), (8, 32, 32), (3, 32, 32)]


def test_a_finished_pass_is_not_computed_again(served):
    first = served.base(0)
    assert served.base(0) == first
    served.detail(0, [served.layer("conv")])
    assert served.loads == {0: 1}
    assert served.module.gate.calls == 2  # when it was captured, and once for the pass


def test_frames_come_while_the_network_still_runs(served, collect):
    served.module.gate.open.clear()

    async def read():
        started = served.start(0)
        async with asyncio.timeout(60), contextlib.aclosing(started.frames("base")) as frames:
            early = [await anext(frames), await anext(frames)]
            served.module.gate.open.set()
            return early, [frame async for frame in frames]

    early, late = asyncio.run(read())
    assert early + late == served.base(0)
    assert served.module.gate.calls == 2


def test_a_detail_stream_waits_for_its_layers(served, collect):
    served.module.gate.open.clear()
    asked = [served.layer("linear"), served.layer("input")]

    async def read():
        reading = asyncio.create_task(collect(served.start(0), "detail", asked))
        await asyncio.to_thread(served.module.gate.reached.wait, 60)
        assert not reading.done()
        served.module.gate.open.set()
        return await reading

    assert [header.layer for header in headers(asyncio.run(read()))] == asked


def test_images_raced_by_several_listeners_are_never_mixed(make_served, collect):
    served, calm = make_served(capacity=1), make_served()
    expected = {number: calm.base(number)[:-1] for number in range(2)}
    assert expected[0] != expected[1]
    conv = served.layer("conv", 1)

    async def read(turn):
        numbers = [0, 1, 0, 1, turn % 2]
        streams = await asyncio.gather(
            *(collect(served.start(number), "base") for number in numbers),
            *(collect(served.start(number), "detail", [conv]) for number in numbers),
        )
        for number, frames in zip(numbers, streams[:5], strict=True):
            assert frames[:-1] == expected[number]
        return [(number, *frames) for number, frames in zip(numbers, streams[5:], strict=True)]

    with ThreadPoolExecutor(3) as threads:
        runs = [threads.submit(asyncio.run, read(turn)) for turn in range(12)]
        details = {detail for run in runs for detail in run.result()}
    assert len(details) == 2


def test_what_was_dropped_is_computed_again_to_the_same_bytes(make_served):
    served = make_served(capacity=1)
    first, detail = served.base(0)[:-1], served.detail(0, [served.layer("conv")])
    served.base(1)
    assert served.loads == {0: 1, 1: 1}
    assert served.base(0)[:-1] == first
    assert served.detail(0, [served.layer("conv")]) == detail
    assert served.loads == {0: 2, 1: 1}


def test_the_bytes_held_stop_growing_once_the_cache_is_full(make_served):
    one = make_served()
    base = one.base(0)
    large = [layer.id for layer in one.graph.layers if max(layer.shape[1:], default=1) > 14]
    size = one.passes.size
    assert size == sum(map(len, (*base, *one.detail(0, large))))

    capacity = int(5.5 * size)
    served = make_served(capacity=capacity)
    held = []
    for number in range(50):
        served.base(number)
        held.append(served.passes.size)
    assert max(held) <= capacity
    assert held[4] > 4.5 * size
    # Passes differ in size by the digits of their headers.
    assert max(held[5:]) - min(held[5:]) < 0.1 * size
    gc.collect()
    runs = [thing for thing in gc.get_objects() if type(thing) is Run]
    assert sum(run.size for run in runs) <= capacity + size  # and `one` has its own


def test_a_pass_that_nobody_listens_to_any_more_stops_at_its_next_layer(served):
    served.module.gate.open.clear()

    async def leave():
        async with contextlib.aclosing(served.start(0).frames("base")) as frames:
            await anext(frames)
        served.module.gate.open.set()

    before = served.module.after.calls
    asyncio.run(leave())
    # The next pass through the thread shows that the first is over.
    served.values(1, served.layer("input"), 0)
    assert served.module.after.calls == before
    assert served.passes.size == 0
    assert isinstance(headers(served.base(0))[-1], ResultHeader)
    assert served.loads[0] == 2


def test_a_pass_with_a_listener_left_goes_on(served, collect):
    served.module.gate.open.clear()

    async def read():
        started = served.start(0)
        staying = asyncio.create_task(collect(started, "base"))
        async with contextlib.aclosing(started.frames("base")) as frames:
            await anext(frames)
        served.module.gate.open.set()
        return await staying

    assert isinstance(headers(asyncio.run(read()))[-1], ResultHeader)
    assert served.loads == {0: 1}


def test_a_pass_that_is_taken_up_again_after_its_cancellation(served, collect):
    served.module.gate.open.clear()

    async def read():
        kept = served.start(0)
        async with contextlib.aclosing(kept.frames("base")) as frames:
            await anext(frames)
        served.module.gate.open.set()
        await asyncio.to_thread(served.values, 1, served.layer("input"), 0)
        return await collect(kept, "base")

    assert isinstance(headers(asyncio.run(read()))[-1], ResultHeader)


def test_a_queued_pass_that_was_left_is_not_computed(served):
    served.module.gate.open.clear()

    async def leave():
        first = asyncio.create_task(anext(served.start(0).frames("base")))
        await first
        waiting = asyncio.create_task(anext(served.start(1).frames("base")))
        await asyncio.sleep(0)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        served.module.gate.open.set()

    asyncio.run(leave())
    served.values(2, served.layer("input"), 0)
    assert 1 not in served.loads


def test_a_failing_forward_pass_is_a_problem_for_every_listener_and_not_kept(served, collect):
    served.module.gate.open.clear()
    served.module.gate.failure = RuntimeError("the gate is broken")
    last = served.layer("linear")

    async def read():
        streams = asyncio.gather(
            collect(served.start(0), "base"),
            collect(served.start(0), "base"),
            collect(served.start(0), "detail", [last]),
        )
        await asyncio.to_thread(served.module.gate.reached.wait, 60)
        served.module.gate.open.set()
        return await streams

    first, second, detail = map(headers, asyncio.run(read()))
    assert first == second
    assert [type(header) for header in first] == [LayerHeader, LayerHeader, ProblemHeader]
    assert detail == first[-1:]
    assert "the gate is broken" in first[-1].detail
    assert first[-2].layer in first[-1].detail
    assert served.passes.size == 0

    served.module.gate.failure = None
    assert isinstance(headers(served.base(0))[-1], ResultHeader)
    assert served.loads == {0: 2}


@pytest.mark.parametrize("failure", [SystemExit(3), KeyError("no"), MemoryError()])
def test_nothing_that_a_network_raises_ends_its_thread(served, failure):
    served.module.gate.failure = failure
    assert isinstance(headers(served.base(0))[-1], ProblemHeader)
    served.module.gate.failure = None
    assert isinstance(headers(served.base(0))[-1], ResultHeader)


def test_an_image_that_cannot_be_had_is_a_problem(served, collect):
    def load():
        raise OSError("the disk is gone")

    started = served.passes.start(served.network.id, "lost", load)
    (problem,) = headers(asyncio.run(collect(started, "base")))
    assert "the disk is gone" in problem.detail
    with pytest.raises(PassError, match="the disk is gone"):
        served.passes.values(served.network.id, "lost", load, served.layer("conv"), 0)


def test_values_are_the_activations_themselves(served):
    x = served.network.prepare(served.image(4))
    with torch.no_grad():
        first = served.module.conv1(x).relu()
        second = served.module.conv2(first)
    calls = served.module.after.calls
    for channel in (0, 7):
        found = served.values(4, served.layer("conv", 1), channel)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, second[0, channel].numpy())
    np.testing.assert_array_equal(served.values(4, served.layer("input"), 2), x[0, 2].numpy())
    # Run once for each layer, and no further than to it.
    assert served.loads == {4: 2}
    assert served.module.after.calls == calls


def test_values_of_a_vector_are_1x1_maps(served):
    with torch.no_grad():
        logits = served.module(served.network.prepare(served.image(4)))
    found = served.values(4, served.layer("linear"), 3)
    np.testing.assert_array_equal(found, logits[:, 3:4].numpy())


class Reusing(nn.Module):
    """Writes every pass's activation into the same tensor."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.head = nn.Conv2d(8, 2, 1)
        self.scratch = torch.zeros(1, 8, 32, 32)

    def forward(self, x):
        torch.mul(self.conv(x), 2, out=self.scratch)
        return self.head(self.scratch)


def test_values_outlive_a_tensor_that_the_network_uses_again(make_served):
    served = make_served(module=Reusing())
    layer = served.layer("mul")
    first = served.values(0, layer, 0)
    assert (served.values(1, layer, 0) != first).any()
    np.testing.assert_array_equal(served.values(0, layer, 0), first)
    assert served.loads == {0: 1, 1: 1}


def test_changing_values_changes_nobody_elses(served):
    layer = served.layer("conv")
    served.values(0, layer, 0).fill(7)
    assert (served.values(0, layer, 0) != 7).any()


def test_names_that_do_not_exist(served, collect):
    load, conv = served.load(0), served.layer("conv")
    with pytest.raises(KeyError, match="nothing"):
        served.passes.start("nothing", "image", load)
    with pytest.raises(KeyError, match="nothing"):
        asyncio.run(collect(served.start(0), "detail", ["nothing"]))
    with pytest.raises(KeyError, match="nothing"):
        served.values(0, "nothing", 0)
    with pytest.raises(KeyError, match="nothing"):
        served.passes.weight_statistics("nothing")
    for channel in (-1, 8):
        with pytest.raises(IndexError, match=f"0 to 7, there is no {channel}"):
            served.values(0, conv, channel)


def test_values_fail_with_a_sentence(served):
    served.module.gate.failure = RuntimeError("the gate is broken")
    with pytest.raises(PassError, match="the gate is broken"):
        served.values(0, served.layer("linear"), 0)


def test_weight_statistics_of_the_layers_that_have_weights(served):
    found = served.passes.weight_statistics(served.network.id)
    assert set(found) == {served.layer("conv"), served.layer("conv", 1), served.layer("linear")}
    weights = served.module.conv2.weight.detach().double().numpy()
    statistics = found[served.layer("conv", 1)]
    assert statistics.count == weights.size
    assert statistics.mean == pytest.approx(weights.mean(), abs=1e-8)
    assert statistics.std == pytest.approx(weights.std(), rel=1e-5)
    assert statistics.histogram.counts == np.histogram(weights, 64)[0].tolist()
    assert served.passes.weight_statistics(served.network.id) == found


def test_closing_ends_streams_and_threads(served, collect):
    served.module.gate.open.clear()
    names = {thread.name for thread in threading.enumerate()}

    async def read():
        reading = asyncio.create_task(collect(served.start(0), "base"))
        waiting = asyncio.create_task(collect(served.start(1), "base"))
        await asyncio.to_thread(served.module.gate.reached.wait, 60)
        closing = asyncio.create_task(asyncio.to_thread(served.passes.close))
        # The streams end at once, the thread once the network lets go.
        ended = await reading, await waiting
        served.module.gate.open.set()
        await closing
        return ended

    calls = served.module.after.calls
    for frames in asyncio.run(read()):
        assert "closed" in headers(frames)[-1].detail
    assert served.module.after.calls == calls
    assert not {t.name for t in threading.enumerate() if t.name.startswith("passes of")} - names
    served.passes.close()
    # Requests may still come in while the server ends.
    assert "closed" in headers(asyncio.run(collect(served.start(2), "base")))[-1].detail
    with pytest.raises(PassError, match="closed"):
        served.values(2, served.layer("linear"), 0)
    assert served.module.after.calls == calls


def test_it_is_not_quiet_while_a_pass_runs_or_waits(served, collect):
    def quiet():
        states = []
        served.passes.quiet.wait(lambda: states.append(None) or True)
        return not states

    async def read():
        running = served.start(0), served.start(1)
        await asyncio.to_thread(served.module.gate.reached.wait, 60)
        assert not quiet()
        served.module.gate.open.set()
        await asyncio.gather(*(collect(each, "base") for each in running))

    assert quiet()
    served.module.gate.open.clear()
    asyncio.run(read())
    served.passes.quiet.wait(lambda: False)
    served.values(0, served.layer("linear"), 0)
    served.passes.quiet.wait(lambda: False)


def test_it_is_quiet_once_the_walk_is_closed(served):
    served.module.gate.open.clear()
    served.start(0), served.start(1)
    served.module.gate.reached.wait(60)
    served.module.gate.open.set()
    served.passes.close()
    served.passes.quiet.wait(lambda: False)
