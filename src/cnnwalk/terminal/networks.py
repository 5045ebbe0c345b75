"""Loading the networks that the command line names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnwalk.networks import Network


@dataclasses.dataclass(frozen=True)
class NetworkOptions:
    """How to load networks; None and nothing leave the choice to where they come from.

    Attributes:
        weights: a file for each network, in the order of the networks.
        classes: a file of class names, for all of them.
        input_size: height and width in pixels, for all of them.
        device: where torch runs them.
    """

    weights: Sequence[Path] = ()
    classes: Path | None = None
    input_size: tuple[int, int] | None = None
    device: str = "cpu"


def load_networks(
    specs: list[str],
    options: NetworkOptions,
    on_step: Callable[[str], None],
    *,
    trial: bool = True,
) -> list[Network]:
    """Load all of them.

    Args:
        specs: as the user names them.
        options: how to load them.
        on_step: is told what happens.
        trial: whether to run each once, to say early what does not fit.

    Raises:
        NetworkError: one cannot be had, or there are not as many weights as networks.
    """
    on_step("loading torch")
    from cnnwalk.networks import NetworkError, load_network

    files: Sequence[Path | None] = options.weights or [None] * len(specs)
    if len(files) != len(specs):
        raise NetworkError(
            f"{len(files)} --weights for {len(specs)} networks: give one FILE for each network, in "
            "their order, or none and let functions of your own load their weights."
        )
    networks = []
    for spec, weights in zip(specs, files, strict=True):
        on_step(f"loading {spec}")
        networks.append(
            load_network(
                spec,
                weights=weights,
                classes=options.classes,
                input_size=options.input_size,
                device=options.device,
                trial=trial,
            )
        )
    return networks
