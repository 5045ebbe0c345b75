"""``cnnwalk study train``: networks trained with the paper's strategies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar, cast

import typer

from cnnwalk.study.strategies import NOISE, STRATEGY_NAMES, StrategyName
from cnnwalk.study.trained import NETWORK_NAMES, NetworkName
from cnnwalk.terminal.study.options import Folder, Size, Split

_Name = TypeVar("_Name", bound=str)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def seconds(text: str) -> float:
    """Return what ``90s``, ``30m`` and ``1.5h`` say."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text.strip().lower())
    if not found:
        raise typer.BadParameter(f"{text!r} is no time; write such as 90s, 30m or 1.5h")
    return float(found[1]) * _SECONDS[found[2]]


def network_name(text: str) -> NetworkName:
    """Return the network that is named."""
    return _one_of(NETWORK_NAMES, text, "network")


def strategy_name(text: str) -> StrategyName:
    """Return the strategy that is named."""
    return _one_of(STRATEGY_NAMES, text, "strategy")


def _one_of(names: Sequence[_Name], text: str, what: str) -> _Name:
    for name in names:
        if name == text:
            return name
    raise typer.BadParameter(f"{text!r} is no {what}; choose among {', '.join(names)}")


Source = Annotated[str, typer.Option(metavar="SOURCE", help="Images, as in cnnwalk study data.")]
Architectures = Annotated[
    list[str] | None,
    typer.Option(
        "--network",
        metavar="|".join(NETWORK_NAMES),
        parser=network_name,
        help="Which architecture; repeat.",
        show_default="covidresnet",
    ),
]
Strategies = Annotated[
    list[str] | None,
    typer.Option(
        "--strategy",
        metavar="NAME",
        parser=strategy_name,
        help=f"How it is trained, of {', '.join(STRATEGY_NAMES)}; repeat.",
        show_default="each of them",
    ),
]
Seeds = Annotated[
    list[int] | None,
    typer.Option("--seed", min=0, help="Of all random draws; repeat.", show_default="0"),
]
Epochs = Annotated[
    int | None, typer.Option(help="How often images are seen.", show_default="by strategy")
]
BatchSize = Annotated[
    int | None, typer.Option("--batch", help="Images in a step.", show_default="by strategy")
]
Rate = Annotated[
    float | None, typer.Option(help="Learning rate at first.", show_default="batch / 64 x .001")
]
Decay = Annotated[float, typer.Option(help="Of the weights.")]
Copies = Annotated[
    int | None,
    typer.Option(help="Noisy copies of each image, for noisy-copies.", show_default="9"),
]
Noise = Annotated[float, typer.Option(help="Strength of their noise.")]
Out = Annotated[
    Path, typer.Option(metavar="DIR", help="Gets networks/NAME.safetensors, and checkpoints.")
]
Device = Annotated[
    str,
    typer.Option(
        help="Where torch runs, such as cpu or cuda:0; auto is the GPU where there is one."
    ),
]
Devices = Annotated[int, typer.Option(help="How many of them work together.")]
Precision = Annotated[
    Literal["auto", "float32", "bfloat16"],
    typer.Option(help="How exactly it computes; auto is bfloat16 on a GPU that has it."),
]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        metavar="TIME",
        parser=seconds,
        help="Stop after such as 90s, 30m or 1.5h; the same command goes on.",
        show_default="none",
    ),
]


def train(  # noqa: PLR0913, PLR0917 - an option each
    data: Source = "emoji",
    network: Architectures = None,
    strategy: Strategies = None,
    seed: Seeds = None,
    folder: Folder = None,
    size: Size = None,
    split: Split = None,
    epochs: Epochs = None,
    batch: BatchSize = None,
    rate: Rate = None,
    decay: Decay = 1.0,
    copies: Copies = None,
    noise: Noise = NOISE,
    out: Out = Path("study"),
    device: Device = "auto",
    devices: Devices = 1,
    precision: Precision = "auto",
    time_limit: TimeLimit = None,
) -> None:
    """Train networks with the paper's strategies; what was stopped or killed goes on."""
    from cnnwalk.terminal.study.training import (
        DataOptions,
        MachineOptions,
        RecipeOptions,
        WhichNetworks,
        train_networks,
    )

    # The parsers gave what their names say, which typer's lists cannot.
    networks = cast("list[NetworkName]", network) or ["covidresnet"]
    strategies = cast("list[StrategyName]", strategy) or STRATEGY_NAMES
    which = WhichNetworks(networks, strategies, seed or [0])
    raise typer.Exit(
        train_networks(
            which,
            DataOptions(data, folder, size, split),
            RecipeOptions(epochs, batch, rate, decay, copies, noise),
            MachineOptions(device, devices, precision),
            out,
            time_limit,
        )
    )
