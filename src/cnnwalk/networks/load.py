"""Networks as the command line and Python name them."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from cnnwalk.definitions import defined_in, definition
from cnnwalk.networks.classes import read_classes
from cnnwalk.networks.network import Network, NetworkError
from cnnwalk.networks.trial import check_values, try_out
from cnnwalk.networks.user import assumed_network, user_network
from cnnwalk.references import suggest

FORMS = (
    "demo, torchvision:NAME, timm:NAME, path/to/file.py:NAME, module.path:NAME, or the "
    ".safetensors file of a trained network"
)

_LIBRARIES = ("torchvision", "timm")
_NAMED = 8


def load_network(  # noqa: PLR0913 - all but the first by name
    spec: str,
    *,
    weights: Path | None = None,
    classes: Path | None = None,
    input_size: tuple[int, int] | None = None,
    device: str = "cpu",
    trial: bool = True,
) -> Network:
    """Return the network that `spec` names. Nothing is downloaded.

    ``path/to/file.py:NAME`` runs that file: give only code that you trust.

    Args:
        spec: ``demo``, ``torchvision:NAME``, ``timm:NAME``, ``path/to/file.py:NAME``,
            ``module.path:NAME``, or the file of a trained network, ``path/NAME.safetensors``.
        weights: a .safetensors file, or a state dict of `torch.save`, for all of the
            network's parameters and buffers.
        classes: a file of class names, one a line or as a JSON list. A function or class of
            `spec` that has a parameter ``classes`` with a whole number as its default is called
            with their number.
        input_size: height and width of the input in pixels.
        device: where torch runs it, such as ``cpu`` or ``cuda:0``.
        trial: whether to run it once, to say early what does not fit.

    Raises:
        NetworkError: whatever is wrong with the above, in a sentence for people.
    """
    names = None if classes is None else read_classes(classes)
    network = _from_library(spec, weights)
    own = network is None
    if network is None:
        network = user_network(spec, weights, input_size, None if names is None else len(names))
    elif input_size is not None:
        network.input = network.input.at(*input_size)
    if names is not None:
        network.classes = names
    target = find_device(device)
    try:
        _move(network, target)
        if trial:
            try_out(network)
    except NetworkError as error:
        if not own:
            raise
        place = definition(spec, returns=True)
        raise NetworkError(f"{error} The network is made in {place}.") from error
    return network


def network_from_module(
    module: nn.Module,
    *,
    name: str | None = None,
    classes: Sequence[str] | None = None,
    input_size: tuple[int, int] | None = None,
) -> Network:
    """Wrap a module that says nothing of its input; the description says what is assumed.

    Assumed are the channels of the first convolution, 224x224 where no size is given, and
    ImageNet's mean and standard deviation, or 0.5 for other channels than 3. Make a `Network`
    where that is not right.

    Args:
        module: takes one tensor (1, C, H, W); it is put into eval mode.
        name: for people; None for the module's class.
        classes: names of the output's values, in order.
        input_size: height and width of the input in pixels.

    Raises:
        NetworkError: the module does not take that input, or has another number of classes.
    """
    network = assumed_network(module, input_size)
    network.name = name or network.name
    network.classes = None if classes is None else tuple(classes)
    try_out(network)
    return network


def _from_library(spec: str, weights: Path | None) -> Network | None:
    """Return the demo's, torchvision's, timm's or a file's network, None for a user's own code.

    What is imported is what is asked for: timm and torchvision take seconds each.
    """
    if spec.endswith(".safetensors"):
        from cnnwalk.networks.stored import stored_network

        return stored_network(Path(spec), weights)
    source, colon, name = spec.partition(":")
    if spec == "demo":
        from cnnwalk.networks.demo import demo_network

        return demo_network(weights)
    if not colon:
        raise NetworkError(_without_colon(spec))
    if source == "torchvision":
        from cnnwalk.networks.from_torchvision import torchvision_network

        return torchvision_network(name, weights)
    if source == "timm":
        from cnnwalk.networks.from_timm import timm_network

        return timm_network(name, weights)
    typo = suggest(source, list(_LIBRARIES))
    if typo and importlib.util.find_spec(source) is None:
        raise NetworkError(f"There is no library {source!r}{typo}: give {FORMS}.")
    return None


def _without_colon(spec: str) -> str:
    """Return what is wrong with a name without a colon."""
    path = Path(spec)
    if path.suffix == ".py":
        names = defined_in(path)[:_NAMED]
        name = "build" if "build" in names or not names else names[0]
        has = f" It has {', '.join(names)}." if names else ""
        return f"{spec} is a Python file: say what makes the network, as in {spec}:{name}.{has}"
    if path.is_file():
        return (
            f"{spec} is a file, but a network is code: give path/to/file.py:NAME, where NAME makes "
            f"the network, and --weights {spec} if it holds weights."
        )
    sources = [f"{source}:{spec}" for source in _LIBRARIES if spec in _known(source)]
    meant = f" (did you mean {' or '.join(sources)}?)" if sources else suggest(spec, ["demo"])
    return f"There is no network {spec!r}{meant}: give {FORMS}, such as torchvision:resnet50."


def _known(library: str) -> list[str]:
    if library == "timm":
        import timm

        names: list[str] = timm.list_models()
    else:
        from torchvision.models._api import list_models

        names = list_models()
    return names


def find_device(name: str) -> torch.device:
    """Return torch's device of a name.

    Raises:
        NetworkError: torch has none of this name on this machine, or it holds no values.
    """
    try:
        device = torch.device(name)
        if device.type == "meta":
            raise RuntimeError("it holds shapes without values")
        torch.empty(0, device=device)
    # torch raises an AssertionError where it was built without CUDA.
    except (RuntimeError, AssertionError) as error:
        raise NetworkError(
            f"The device {name!r} cannot be used ({_reason(error)}): give cpu, or a device that "
            "torch has on this machine, such as cuda:0 or mps."
        ) from error
    return device


def _move(network: Network, device: torch.device) -> None:
    check_values(network)
    try:
        network.module.to(device)
    except RuntimeError as error:
        raise NetworkError(
            f"{network.name} cannot be moved to the device {device} ({_reason(error)}): give "
            "another --device."
        ) from error


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
