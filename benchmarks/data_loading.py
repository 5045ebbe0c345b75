"""How long training waits for its images, on a real folder of 8,000 photographs.

The folder is made on the spot: JPEG files of some 200 px, crops of scikit-image's photographs, in
20 class folders. cnnwalk packs them once, then trains for one epoch of CovidResNet; printed is the
share of the epoch in which the network waits for its next batch. On a GPU the goal is at most 10 %;
a CPU works so long on a batch that it never waits.

Run: python benchmarks/data_loading.py [--images N] [--size N] [--batch N] [--batches N]
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from skimage import data

from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.machine import machine
from cnnwalk.study.recipe import recipe_for
from cnnwalk.study.sources import open_images
from cnnwalk.study.trainer import Trainer

CLASSES = 20
SIDE = 200


def make_folder(folder: Path, count: int) -> int:
    """Write JPEG files into class folders; return their bytes."""
    photographs = [
        Image.fromarray(each) for each in (data.astronaut(), data.chelsea(), data.coffee())
    ]
    draws = np.random.default_rng(0)
    total = 0
    for number in range(count):
        photograph = photographs[number % len(photographs)]
        left, top = (int(draws.integers(0, side - SIDE)) for side in photograph.size)
        place = folder / f"class {number % CLASSES:02}" / f"{number:05}.jpg"
        place.parent.mkdir(exist_ok=True)
        photograph.crop((left, top, left + SIDE, top + SIDE)).save(place, quality=90)
        total += place.stat().st_size
    return total


def train(images: ImageSet, batch: int, batches: int) -> tuple[float, float, int]:
    """Train for some batches; return all seconds, those of waiting, and the number of images."""
    fabric = machine()
    recipe = recipe_for(images, "plain", epochs=1, batch=batch)
    trainer = Trainer(fabric, images, "covidresnet", "plain", 0, recipe)
    begin = time.perf_counter()
    for _ in itertools.islice(trainer.steps(), batches):
        pass
    if fabric.device.type == "cuda":
        torch.cuda.synchronize(fabric.device)
    return time.perf_counter() - begin, trainer.feed.waited, trainer.batch * batch


def read_alone(images: ImageSet, batch: int, batches: int) -> float:
    """Return how many images a second come from the file where nobody trains."""
    rows = np.random.default_rng(0).permutation(images.parts["train"])
    parts = np.array_split(rows, -(-len(rows) // batch))[:batches]
    begin = time.perf_counter()
    count = sum(len(np.asarray(images.pixels[part])) for part in parts)
    return count / (time.perf_counter() - begin)


def main() -> None:
    """Make the folder, pack it, train, and print what was waited."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=8000)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--batches", type=int, default=1000, help="at most, of the epoch")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        folder = Path(name) / "photographs"
        folder.mkdir()
        size = make_folder(folder, options.images)
        print(f"{options.images} JPEG files, {size / 1e6:.0f} MB")
        begin = time.perf_counter()
        images = open_images(
            "folder", folder, size=(options.size, options.size), on_step=lambda step: None
        )
        print(f"decoded and packed once in {time.perf_counter() - begin:.1f} s")
        limits = options.batch, options.batches
        print(f"read from the packed file alone: {read_alone(images, *limits):,.0f} images/s")
        total, waited, count = train(images, *limits)
        print(
            f"trained with {count} images in {total:.1f} s, {count / total:,.0f} images/s; waited "
            f"for them {100 * waited / total:.2f} % of the time"
        )


if __name__ == "__main__":
    main()
