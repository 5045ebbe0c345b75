"""Loading the networks that the command line names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnwalk.networks import Network


@dataclasses.dataclass(frozen=True)
class NetworkOptions:
    """How to load networks; None leaves the choice to where they come from."""

    weights: Path | None = None
    classes: Path | None = None
    input_size: tuple[int, int] | None = None
    device: str = "cpu"


def load_networks(
    specs: list[str], options: NetworkOptions, on_step: Callable[[str], None]
) -> list[Network]:
    """Load all of them; raises NetworkError when one cannot be had."""
    on_step("loading torch")
    from cnnwalk.networks import NetworkError, load_network

    if len(specs) > 1 and (options.weights or options.classes):
        raise NetworkError(
            f"--weights and --classes are for one network, but {len(specs)} are given: walk them "
            "one by one, or give functions that load their own weights."
        )
    networks = []
    for spec in specs:
        on_step(f"loading {spec}")
        networks.append(
            load_network(
                spec,
                weights=options.weights,
                classes=options.classes,
                input_size=options.input_size,
                device=options.device,
            )
        )
    return networks
