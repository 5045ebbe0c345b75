"""How soon cnnwalk answers: its help, and a walk of the demo network.

Run: python benchmarks/startup.py [--repeats N]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

from _real_server import served


def help_seconds() -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "cnnwalk", "--help"], stdout=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - start


def ready_seconds() -> float:
    start = time.perf_counter()
    with served("demo"):
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    for name, measure in (("cnnwalk --help", help_seconds), ("cnnwalk walk demo", ready_seconds)):
        taken = [measure() for _ in range(repeats)]
        print(f"{name:18} median {statistics.median(taken):.2f} s, best {min(taken):.2f} s")


if __name__ == "__main__":
    main()
