"""Networks of a user's own code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from cnnwalk.definitions import definition
from cnnwalk.networks.mistakes import mistaken
from cnnwalk.networks.network import InputSpec, Network, NetworkError
from cnnwalk.networks.weights import classes_apart, fit_weights, read_weights
from cnnwalk.references import ReferenceNotFoundError, make


def user_network(
    reference: str,
    weights: Path | None,
    input_size: tuple[int, int] | None,
    classes: int | None = None,
) -> Network:
    """Return the network that a function, class or object of a user's code gives.

    Args:
        reference: ``path/to/file.py:build`` or ``module.path:build``; `build` is an
            `nn.Module`, a `Network`, or something that returns one of these when it is
            called without arguments.
        weights: a state dict; None to leave the weights as `build` made them.
        input_size: height and width, where they are not those of the Network that
            `build` returns, or 224x224.
        classes: how many; given to `build` if it has a parameter ``classes`` with a whole number
            as its default.

    Raises:
        NetworkError: the reference leads to nothing, the call raises or returns something
            else, or the weights do not fit.
    """
    network = _build(reference, input_size, {} if classes is None else {"classes": classes})
    origin = f"weights as {reference.rpartition(':')[2]} made them"
    if weights is not None:
        state = read_weights(weights)
        _check_classes(reference, network.module, state, weights)
        fit_weights(network.module, state, str(weights))
        origin = f"weights of {weights.name}"
    network.description = f"{origin}; {network.description}" if network.description else origin
    return network


def assumed_network(module: nn.Module, input_size: tuple[int, int] | None) -> Network:
    """Wrap a module that says nothing of its input; the description says what is assumed.

    Assumed are the channels of the first convolution, 224x224 where no size is given, and
    ImageNet's mean and standard deviation, or 0.5 for other channels than 3.

    Args:
        module: takes one tensor (1, C, H, W).
        input_size: height and width.
    """
    height, width = input_size or (InputSpec.height, InputSpec.width)
    spec = InputSpec(_first_channels(module), height, width)
    statistics = "ImageNet's mean and std" if spec.channels == 3 else "mean and std 0.5"
    size = f"{spec.channels}×{height}×{width}"
    if input_size is None:
        description = f"input assumed: {size}, {statistics}"
    else:
        description = f"input {size}, assumed {statistics}"
    return Network(type(module).__name__, module, spec, None, description)


def _check_classes(
    reference: str, module: nn.Module, state: Mapping[str, Tensor], weights: Path
) -> None:
    apart = classes_apart(module, state)
    if apart is not None:
        theirs, ours = apart
        raise NetworkError(
            f"The weights of {weights} do not fit: they have {theirs} classes, but the network of "
            f"{reference} has {ours}. Give --classes FILE with {theirs} names: "
            f"{reference.rpartition(':')[2]} is called with classes={theirs} then, so it needs a "
            "parameter of that name."
        )


def _first_channels(module: nn.Module) -> int:
    for part in module.modules():
        # A lazy convolution knows its channels after the first pass and says 0 until then.
        if isinstance(part, nn.Conv2d) and part.in_channels > 0:
            return part.in_channels
    return 3


def _build(
    reference: str, input_size: tuple[int, int] | None, settings: Mapping[str, int]
) -> Network:
    try:
        built = make(reference, "a network", lambda found: isinstance(found, nn.Module), settings)
    except ReferenceNotFoundError as error:
        raise NetworkError(str(error)) from error
    if isinstance(built, nn.Module):
        return assumed_network(built, input_size)
    if isinstance(built, Network):
        if input_size is not None:
            built.input = built.input.at(*input_size)
        return built
    place = definition(reference, returns=True)
    raise NetworkError(f"{reference} ({place}) gives {mistaken(built)}")
