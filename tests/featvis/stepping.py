"""A process with a job of the network in `trouble`; each of its steps waits for a line of input.

It is started with the folder of its cache and jobs and, where it is to ask for pictures, the
channels. What it prints is a JSON object a line: ``step`` with the channels and the number, and
``ended`` with the job's channels.
"""

import asyncio
import contextlib
import json
import sys
from pathlib import Path

import torch
import trouble

from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.jobs import Jobs, Request
from cnnwalk.featvis.worker import Worker
from cnnwalk.quiet import Quiet

STEPS = 3


class SteppingWorker(Worker):
    def batch_size(self, layer_id):
        return 2

    def make(self, orders, watch):
        def told(moment):
            channels = [order.target.channel for order in moment.orders]
            print(json.dumps({"step": moment.step, "channels": channels}), flush=True)
            watch(moment)
            sys.stdin.readline()

        return super().make(orders, told)


def jobs_in(folder, make_maker):
    """Return the jobs of the network, which take up what lies in the folder."""
    network = trouble.network()
    cache = PictureCache(folder / "cache")
    jobs = Jobs(cache, folder / "state", quiet=Quiet(), precision="float32", make_maker=make_maker)
    jobs.add("net", network, trouble.graph_of(network))
    return jobs


def ask(jobs, channels):
    return jobs.ask(
        Request(
            network="net",
            layer="last",
            channels=channels,
            mode="paper",
            parameters={"steps": STEPS},
        )
    )


async def ended(jobs):
    """Return the first job that has ended."""
    async with contextlib.aclosing(jobs.listen()) as states:
        async for state in states:
            if state.state in {"done", "failed"}:
                return state
    raise AssertionError("the jobs were closed")


def main():
    torch.set_num_threads(1)
    jobs = jobs_in(Path(sys.argv[1]), SteppingWorker)
    if len(sys.argv) > 2:
        ask(jobs, tuple(int(channel) for channel in sys.argv[2].split(",")))
    state = asyncio.run(ended(jobs))
    print(json.dumps({"ended": state.done, "problem": state.problem}), flush=True)
    jobs.close()


if __name__ == "__main__":
    main()
