"""Say in words why a forward pass failed: where, with which error, and what does not fit."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from types import FrameType

from torch import Tensor, nn

from cnnwalk.capture.arguments import Arguments
from cnnwalk.capture.calls import Call, OperationMode
from cnnwalk.capture.errors import CaptureError

_LONGEST = 400


def blame(error: Exception, paths: Mapping[int, str]) -> str:
    """Return where the error was raised and what it says.

    It is read off the traceback: the innermost module there is right for modules that are not
    registered and for `forward` methods called past the hooks, too.

    Args:
        error: what the forward pass raised.
        paths: dotted path of the model's modules by the `id` of the module.
    """
    module: nn.Module | None = None
    operation: Call | None = None
    for frame in _frames(error):
        inside = frame.f_locals.get("self")
        if frame.f_code is OperationMode.__torch_function__.__code__:
            operation = frame.f_locals["call"]
        elif isinstance(inside, nn.Module):
            module, operation = inside, None
    places = []
    if operation is not None:
        places.append(f"at {operation.name()}")
    if module is not None:
        path = paths.get(id(module))
        kind = type(module).__name__
        places.append(f"in {path} ({kind})" if path else f"in {kind}")
    return f"{' '.join(places)}: {said(error)}".removeprefix(": ")


def said(error: Exception) -> str:
    """Return the error's class and message on one line."""
    text = " ".join(str(error).split())
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def misfit(model: nn.Module, given: Arguments) -> str:
    """Return a sentence on an input of another device or type than the parameters, or nothing."""
    own = (*model.parameters(), *model.buffers())
    for what, of_input, of_model in (
        ("on", _devices(given.tensors), _devices(own)),
        ("of type", _types(given.tensors), _types(model.parameters())),
    ):
        if of_model and not set(of_input) & set(of_model):
            return (
                f" The example input is {what} {', '.join(of_input)}, the network {what} "
                f"{', '.join(of_model)}: give the input as the network needs it."
            )
    return ""


def require_values(model: nn.Module, given: Arguments) -> None:
    """Raise CaptureError where either the model or its input is on the device without values.

    Torch computes such a mixture, to a result without values.
    """
    of_input = {tensor.is_meta for tensor in given.tensors}
    own = itertools.chain(model.parameters(), model.buffers())
    first = next(own, None)
    if (
        first is None
        or first.is_meta in of_input
        or any(tensor.is_meta in of_input for tensor in own)
    ):
        return
    raise CaptureError(f"There is nothing to compute with.{misfit(model, given)}")


def _frames(error: Exception) -> Iterator[FrameType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _devices(tensors: Iterable[Tensor]) -> list[str]:
    return list(dict.fromkeys(str(tensor.device) for tensor in tensors))


def _types(tensors: Iterable[Tensor]) -> list[str]:
    return list(dict.fromkeys(str(tensor.dtype) for tensor in tensors))
