"""Readers of job states in event loops, while threads change the jobs."""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

LOUD = (0, 1, 2, 5)


def begun(visitor, *asked, after=1, **others):
    visitor.script.hold(after)
    job = visitor.ask(*asked, **others).id
    visitor.script.wait_for_steps(after)
    return job


async def until_done(visitor, job, reads=lambda: None):
    async with asyncio.timeout(60), contextlib.aclosing(visitor.jobs.listen()) as states:
        seen = []
        async for state in states:
            seen.append(state)
            reads()
            if (state.id, state.state) == (job, "done"):
                return seen
    raise AssertionError("the jobs were closed")


def test_a_reader_is_told_of_every_job_at_first(visitor):
    one = begun(visitor, channels=LOUD)
    other = visitor.ask("last", (0,)).id

    async def read():
        async with asyncio.timeout(60), contextlib.aclosing(visitor.jobs.listen()) as states:
            return [await anext(states), await anext(states)]

    assert [(state.id, state.state) for state in asyncio.run(read())] == [
        (one, "running"),
        (other, "waiting"),
    ]


def test_readers_of_several_loops_see_how_a_job_goes_on(visitor):
    job = begun(visitor, channels=LOUD)
    reads = threading.Semaphore(0)
    with ThreadPoolExecutor(3) as threads:
        tasks = [until_done(visitor, job, reads.release) for _ in range(3)]
        readers = [threads.submit(asyncio.run, task) for task in tasks]
        for _ in readers:
            assert reads.acquire(timeout=60)
        visitor.script.let_go()
        for reader in readers:
            seen = reader.result(60)
            counts = [len(state.done) for state in seen]
            assert counts == sorted(counts)
            assert {"running", "done"} <= {state.state for state in seen}


def test_who_reads_slowly_is_told_the_newest_state_alone_and_slows_nobody(visitor):
    job = begun(visitor, channels=LOUD)

    async def read():
        async with asyncio.timeout(60), contextlib.aclosing(visitor.jobs.listen()) as states:
            first = await anext(states)
            visitor.script.let_go()
            await until_done(visitor, job)
            return first, await anext(states)

    first, second = asyncio.run(read())
    assert (first.state, first.step) == ("running", 1)
    assert (second.state, second.done) == ("done", LOUD)
    assert len(visitor.script.steps) == 2 * 6


def test_who_has_gone_is_told_no_more(visitor):
    asyncio.run(until_done(visitor, visitor.make(channels=(0,)).id))
    assert not visitor.jobs._desk._followers


def test_a_loop_that_has_closed_harms_nobody(visitor):
    begun(visitor, channels=(0,))
    loop = asyncio.new_event_loop()

    async def read():
        return await anext(states)

    states = visitor.jobs.listen()
    loop.run_until_complete(read())
    loop.close()
    visitor.script.let_go()
    assert visitor.make(channels=(0,)).state == "done"
    # What garbage collection would do at some time.
    with pytest.raises(StopIteration):
        states.aclose().send(None)


def test_readers_end_when_the_jobs_are_closed(visitor):
    begun(visitor, channels=(0,))
    reading = threading.Event()

    async def read():
        async with asyncio.timeout(60), contextlib.aclosing(visitor.jobs.listen()) as states:
            async for _ in states:
                reading.set()

    with ThreadPoolExecutor(1) as threads:
        reader = threads.submit(asyncio.run, read())
        assert reading.wait(60)
        visitor.script.let_go()
        visitor.jobs.close()
        reader.result(60)
        threads.submit(asyncio.run, read()).result(60)
