"""One pass through a network before it is walked, to say early what does not fit."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnwalk.networks.network import Network, NetworkError
from cnnwalk.references import explain


def try_out(network: Network) -> None:
    """Run the network once on its example input and compare the output with its class names.

    Raises:
        NetworkError: the network does not take its input, or has another number of classes.
    """
    example = network.example_input()
    try:
        with torch.no_grad():
            output = network.module(example)
    except Exception as error:
        raise NetworkError(
            f"{network.name} cannot take an input of shape {tuple(example.shape)}, it raises "
            f"{explain(error)}. Give the size it is made for with --input-size HxW, or let your "
            "code return a cnnwalk.networks.Network with its own input specification."
        ) from error
    if network.classes is not None:
        _check_classes(network, output)


def _check_classes(network: Network, output: object) -> None:
    count = len(network.classes or ())
    if not isinstance(output, Tensor) or output.ndim != 2:
        shape = f" of shape {tuple(output.shape)}" if isinstance(output, Tensor) else ""
        raise NetworkError(
            f"There are {count} class names, but {network.name} gives "
            f"{type(output).__name__}{shape}: class names need an output of shape "
            f"(1, {count}). Leave the class names out."
        )
    if output.shape[1] != count:
        raise NetworkError(
            f"There are {count} class names, but {network.name} has {output.shape[1]} classes: "
            f"give {output.shape[1]} names, in the order of the output."
        )
