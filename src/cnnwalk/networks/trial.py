"""One pass through a network before it is walked, to say early what does not fit."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnwalk.networks.mistakes import way_out
from cnnwalk.networks.network import Network, NetworkError
from cnnwalk.networks.outputs import boxes_in, maps_in, scores_in, task_of
from cnnwalk.references import explain


def try_out(network: Network) -> None:
    """Run the network once on its example input, and see what its output says.

    A network that does not tell its task gets the one that the output shows.

    Raises:
        NetworkError: the network does not take its input, does not return what its task needs,
            or has another number of classes than names for them.
    """
    check_values(network)
    example = network.example_input()
    arguments = network.arguments(example)
    try:
        with torch.no_grad():
            output = network.module(*arguments)
    except Exception as error:
        raise NetworkError(
            f"{network.name} cannot take an input of shape {tuple(example.shape)}, it raises "
            f"{explain(error)}. {way_out(network, arguments, error)}"
        ) from error
    if output is None:
        raise NetworkError(
            f"The forward of {network.name} returns nothing{_forward_of(network)}: end it with a "
            "line such as: return x"
        )
    if network.task is None:
        network.task = task_of(output, example)
    _check_task(network, output)
    if network.classes is not None:
        _check_classes(network, output)


def check_values(network: Network) -> None:
    """Raise NetworkError when a module has shapes without values, as on the device meta."""
    for name, value in network.module.state_dict().items():
        if isinstance(value, Tensor) and value.is_meta:
            raise NetworkError(
                f"{network.name} has no values in {name}, which is on the device meta: build it "
                "on cpu, or load its weights with load_state_dict(weights, assign=True)."
            )


def _check_task(network: Network, output: object) -> None:
    if network.task == "segmentation" and maps_in(output) is None:
        expected = "scores of K classes for each pixel, a tensor of floats (1, K, H, W)"
    elif network.task == "detection" and boxes_in(output) is None:
        expected = (
            "for each image a mapping with 'boxes' (n, 4), 'labels' (n,) and 'scores' (n,), as "
            "torchvision's detection networks do"
        )
    else:
        return
    raise NetworkError(
        f"{network.name} is a network for {network.task}, but it returns {_described(output)}: "
        f"it must return {expected}. Mend its forward, or leave the task of its "
        "cnnwalk.networks.Network out."
    )


def _check_classes(network: Network, output: object) -> None:
    names = len(network.classes or ())
    if network.task == "detection":
        return  # the labels of what is found tell nothing of how many there are
    segments = network.task == "segmentation"
    scores = maps_in(output) if segments else scores_in(output)
    if scores is None:
        raise NetworkError(
            f"There are {names} class names, but {network.name} returns {_described(output)}: "
            f"class names need an output of shape (1, {names}). Leave the class names out."
        )
    # One map of scores tells one class from what is not of that class.
    count = 2 if segments and scores.shape[1] == 1 else scores.shape[1]
    if count != names:
        raise NetworkError(
            f"There are {names} class names, but {network.name} has {count} classes: "
            f"give {count} names, in the order of the output."
        )


def _forward_of(network: Network) -> str:
    """Return where the module's forward is defined, where that is known."""
    code = getattr(type(network.module).forward, "__code__", None)
    return "" if code is None else f" ({code.co_filename}, line {code.co_firstlineno})"


def _described(output: object) -> str:
    shape = f" of shape {tuple(output.shape)}" if isinstance(output, Tensor) else ""
    return f"{type(output).__name__}{shape}"
