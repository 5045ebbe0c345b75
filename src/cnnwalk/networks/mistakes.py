"""What is commonly given in place of a network that can be walked, and the way out of it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Coroutine, Generator, Mapping

from torch import Tensor, nn

from cnnwalk.networks.network import Network


def mistaken(built: object) -> str:
    """Return what a user's code gave in place of a network, and what to do."""
    kind = type(built).__name__
    if isinstance(built, Coroutine):
        built.close()  # else Python warns that nobody waited for it
    for is_it, sentence in _IN_PLACE_OF_A_NETWORK:
        if is_it(built):
            return sentence.format(built=built, kind=kind)
    return (
        f"{built!r:.80}, of type {kind}: expected a torch.nn.Module, a cnnwalk.Network, or a "
        "function that returns one of them."
    )


def _are_weights(built: object) -> bool:
    return isinstance(built, Mapping) and any(isinstance(each, Tensor) for each in built.values())


_IN_PLACE_OF_A_NETWORK: tuple[tuple[Callable[[object], bool], str], ...] = (
    (lambda built: built is None, "nothing: end it with a line such as: return model"),
    (
        lambda built: isinstance(built, type),
        "the class {built.__name__}, not a network made of it: call it, as in: "
        "return {built.__name__}()",
    ),
    (
        lambda built: isinstance(built, Generator),
        "a generator: write return in place of yield.",
    ),
    (
        lambda built: isinstance(built, Coroutine),
        "a coroutine: write def in place of async def.",
    ),
    (
        _are_weights,
        "weights without a network: make the network, call its load_state_dict with them, and "
        "return it.",
    ),
    (
        lambda built: isinstance(built, tuple | list),
        "a {kind} of several things: return the network alone, a torch.nn.Module.",
    ),
    (callable, "the {kind} {built.__name__}: call it, as in: return {built.__name__}()"),
)


def way_out(network: Network, arguments: tuple[object, ...], error: Exception) -> str:
    """Return what to do about a network whose first run raised.

    Args:
        network: was called.
        arguments: with these.
        error: what it raised.
    """
    message = str(error)
    if type(network.module).forward is nn.Module.forward:
        return f"Give {type(network.module).__name__} a method forward(self, x)."
    needed = _needed(network.module)
    if needed is not None and len(needed) != len(arguments):
        return (
            f"Its forward takes {', '.join(needed) or 'nothing'}, but a walk gives it an image "
            "alone: return a module whose forward(self, x) takes the image and adds the rest."
        )
    if "same device" in message or "meta" in message:
        return (
            "Some of its tensors are on another device than its parameters: make them parameters "
            "or buffers (self.register_buffer), which move with the module."
        )
    channels = re.search(r"to have (\d+) channels, but got (\d+) channels", message)
    if channels is not None and int(channels[2]) == network.input.channels:
        return _with_specification(f"channels={channels[1]}")
    if "expected scalar type" in message or "should be the same" in message:
        return "Some of its parameters are of another type than others: call .float() on it."
    return (
        "Give the size it is made for with --input-size HxW, or l"
        + _with_specification("channels, height, width")[1:]
    )


def _with_specification(arguments: str) -> str:
    return (
        "Let your code return it with its own input specification: "
        f"cnnwalk.Network(name, module, cnnwalk.InputSpec({arguments}))."
    )


def _needed(module: nn.Module) -> list[str] | None:
    """Return the arguments that a forward cannot do without; None where that cannot be told."""
    try:
        parameters = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return None
    return [each.name for each in parameters if each.default is each.empty]
