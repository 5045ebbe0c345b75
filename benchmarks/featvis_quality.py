"""How good the pictures are: mode `natural` at classes, mode `texture` at early and middle layers.

The demo with its real weights, beside the published algorithm (`_published.py`, 200 steps, the
last 10 plain). Classes and channels are drawn at random with the seed that is printed. Pictures are
written as PNG, read back, and judged by a whole pass in float32.

Run: python benchmarks/featvis_quality.py [--size 224] [--classes 20] [--channels 16] [--seed 1]
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from _published import Published
from cnnwalk.capture import capture
from cnnwalk.featvis import Mode, Order, Picture, Target
from cnnwalk.featvis.forming.views import Views
from cnnwalk.featvis.objective import values
from cnnwalk.featvis.reach import NetworkCopy
from cnnwalk.featvis.settings import settings_of
from cnnwalk.featvis.sheet import contact_sheet
from cnnwalk.featvis.worker import Worker
from cnnwalk.graph import Graph, maps_shape
from cnnwalk.networks import Network, load_network

LAYERS = {
    "blocks.1.1:add": "blocks.1.1",
    "blocks.3.1:add": "blocks.3.1",
    "blocks.4.1:add": "blocks.4.1",
}
CLASSES = {"classifier": "classifier"}
_CPU = torch.device("cpu")
_LOOKS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=224, help="of the input in pixels")
    parser.add_argument("--classes", type=int, default=20, help="0 leaves them out")
    parser.add_argument("--channels", type=int, default=16, help="of each layer; 0 leaves them out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--steps", type=int, default=200, help="of the published algorithm; 0 leaves it out"
    )
    parser.add_argument("--batch", type=int, default=8, help="of the published algorithm")
    parser.add_argument("--out", type=Path, help="folder for contact sheets")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    judge = Judge(arguments)
    print(f"demo at {arguments.size} px, seed {arguments.seed}", flush=True)
    if arguments.classes:
        judge.compare(CLASSES, "natural", arguments.classes)
    if arguments.channels:
        judge.compare(LAYERS, "texture", arguments.channels)


class Judge:
    """Makes pictures in both ways and prints what the network says to them."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._network, self._graph = _demo(arguments.size)
        self._worker = Worker(self._network, self._graph)
        self._copy = NetworkCopy(self._network, self._graph, _CPU)
        self._random = np.random.default_rng(arguments.seed)

    def compare(self, layers: dict[str, str], mode: Mode, count: int) -> None:
        """Print two lines for each layer."""
        for layer, module in layers.items():
            channels, _, _ = maps_shape(self._graph.layer(layer).shape)
            drawn = sorted(self._random.choice(channels, count, replace=False).tolist())
            print(f"{layer}: channels {', '.join(map(str, drawn))}", flush=True)
            ours = self._ours(layer, drawn, mode)
            if not self._arguments.steps:
                continue
            unbounded, saved = self._published(layer, module, drawn)
            ratio = ours.mean() / unbounded.mean()
            print(f"    ours to theirs, saved {ours.mean() / saved.mean():.2f}x; ", end="")
            print(f"ours saved to theirs as floats {ratio:.2f}x", flush=True)

    def _ours(self, layer: str, channels: Sequence[int], mode: Mode) -> Tensor:
        settings = settings_of(mode)
        started = time.monotonic()
        orders = [Order(Target(layer, channel), settings, seed=1) for channel in channels]
        made = self._worker.make(orders)
        pictures = [picture.pixels for picture in made if picture.pixels is not None]
        if self._arguments.out:
            self._save(layer, mode, dict(zip(channels, made, strict=True)))
        name = f"{mode}, {settings.steps} steps"
        return self._say(name, layer, channels, np.stack(pictures), started)

    def _published(self, layer: str, module: str, channels: Sequence[int]) -> tuple[Tensor, Tensor]:
        arguments, spec = self._arguments, self._network.input
        started = time.monotonic()
        shape = (spec.channels, spec.height, spec.width)
        fresh, _ = _demo(arguments.size)
        images, pictures = Published(fresh.module, module, shape).run(
            channels, steps=arguments.steps, seed=1, batch=arguments.batch
        )
        floats = self._responses(layer, channels, images)
        name = f"published, {arguments.steps} steps"
        saved = self._say(name, layer, channels, pictures, started)
        print(f"    published as floats: activation {floats.mean():.1f}", flush=True)
        return floats, saved

    def _say(
        self,
        name: str,
        layer: str,
        channels: Sequence[int],
        pictures: npt.NDArray[np.uint8],
        started: float,
    ) -> Tensor:
        seconds = (time.monotonic() - started) / len(channels)
        inputs = torch.cat([self._network.prepare(_read_back(picture)) for picture in pictures])
        responses = self._responses(layer, channels, inputs)
        line = f"  {name:<22} activation {responses.mean():6.1f}"
        if layer in CLASSES:
            line += _as_classes(self._copy.reach(layer), inputs, channels)
        line += f", robustness {self._robustness(layer, channels, inputs, responses):.2f}"
        line += f", high frequencies {_high_frequencies(inputs):.3f}"
        print(f"{line}, {seconds:.1f} s each", flush=True)
        return responses

    def _responses(self, layer: str, channels: Sequence[int], inputs: Tensor) -> Tensor:
        targets = [Target(layer, channel) for channel in channels]
        with torch.no_grad():
            return values(self._copy.reach(layer)(inputs), targets)

    def _robustness(
        self, layer: str, channels: Sequence[int], inputs: Tensor, responses: Tensor
    ) -> float:
        """Return the share of the activation that is left in views turned, scaled and moved."""
        generator = torch.Generator().manual_seed(2)
        seen = torch.zeros(())
        for _ in range(_LOOKS):
            draws = 2 * torch.rand(4, len(channels), generator=generator) - 1
            views = Views(1 + 0.1 * draws[0], 8 * draws[1], 0.04 * draws[2], 0.04 * draws[3])
            seen = seen + self._responses(layer, channels, views.of(inputs)).mean() / _LOOKS
        return float(seen / responses.mean())

    def _save(self, layer: str, mode: Mode, pictures: dict[int, Picture]) -> None:
        folder: Path = self._arguments.out
        folder.mkdir(parents=True, exist_ok=True)
        sheet = contact_sheet(pictures, title=f"{layer}, {mode}")
        sheet.save(folder / f"{layer.replace(':', '-')}-{mode}.webp", quality=85)


def _demo(size: int) -> tuple[Network, Graph]:
    network = load_network("demo")
    # The whole picture goes in, as it was made: nothing of it is cropped.
    spec = dataclasses.replace(network.input.at(size, size), resize=size)
    network = dataclasses.replace(network, input=spec)
    return network, capture(network.module, network.example_input())


def _read_back(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a picture (H, W, C) after it was a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return np.asarray(Image.open(file))


def _as_classes(reach: object, inputs: Tensor, channels: Sequence[int]) -> str:
    assert callable(reach)
    with torch.no_grad():
        shares = functional.softmax(reach(inputs).flatten(1), dim=1)
    wanted = torch.tensor(channels)
    first = (shares.argmax(1) == wanted).float().mean()
    return f", top-1 {first:.0%}, probability {shares[range(len(wanted)), wanted].mean():.2f}"


def _high_frequencies(inputs: Tensor) -> float:
    """Return the share of the energy above 0.25 cycles per pixel, of the grey pictures."""
    grey = inputs.mean(1)
    energy = torch.fft.fft2(grey - grey.mean((1, 2), keepdim=True)).abs().square()
    down, right = (torch.fft.fftfreq(side) for side in grey.shape[1:])
    high = torch.hypot(down[:, None], right) > 0.25
    return float((energy[:, high].sum(1) / energy.sum((1, 2))).mean())


if __name__ == "__main__":
    main()
