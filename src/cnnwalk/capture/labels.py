"""One line for people about an operation: ``3x3 conv, 64, /2``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from cnnwalk.capture.kinds import is_global_pool
from cnnwalk.capture.operation import Shape

Arguments = Mapping[str, object]

_CONVOLUTION = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSED = (*_CONVOLUTION[:5], "output_padding", "groups", "dilation")
_ATEN_CONVOLUTION = (*_CONVOLUTION[:6], "transposed", "output_padding", "groups")
_POOL = ("input", "kernel_size", "stride")

_SHORT: Mapping[str, str] = {
    "batch_norm": "bn",
    "native_batch_norm": "bn",
    "layer_norm": "ln",
    "native_layer_norm": "ln",
    "group_norm": "gn",
    "native_group_norm": "gn",
    "instance_norm": "in",
    "rms_norm": "rms",
    "local_response_norm": "lrn",
}
_WORDS: Mapping[str, str] = {
    "getitem": "slice",
    "setitem": "write",
    "norm": "vector norm",
    "amax": "max",
    "amin": "min",
    "T": "transpose",
    "t": "transpose",
    "multi_head_attention_forward": "attention",
    "scaled_dot_product_attention": "attention",
    "interpolate": "upsample",
    "local_response_norm": "local response norm",
}


def short(function: str, label: str) -> str:
    """Return the short name of an absorbed operation: ``bn`` for batch_norm, else its label."""
    return _SHORT.get(function, label)


def words(function: str) -> str:
    """Return a canonical function name as people read it."""
    return _WORDS.get(function, function.replace("_", " ").strip())


def with_parameter(function: str, label: str, parameters: Sequence[str]) -> str:
    """Return the label of an operation on one tensor: ``mul gamma``, ``add pos embed``.

    Args:
        function: canonical name.
        label: without the parameter.
        parameters: names of the parameters that it reads; several do not fit on a line.
    """
    if function not in {"add", "sub", "mul", "div"} or len(parameters) != 1:
        return label
    return f"{label} {parameters[0].rpartition('.')[2].replace('_', ' ')}"


def describe(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    """Return the label of a call.

    Args:
        function: canonical name.
        args: positional arguments.
        kwargs: named arguments.
        shape: of the first output, with the batch axis.
    """
    writer = _WRITERS.get(function) or _WRITERS.get(_family(function))
    return words(function) if writer is None else writer(function, args, kwargs, shape)


@functools.cache
def _family(function: str) -> str:
    for family in ("conv_transpose", "conv", "adaptive", "max_pool", "avg_pool"):
        if function.startswith(family):
            return family
    return ""


def _named(names: Sequence[str], args: Sequence[object], kwargs: Arguments) -> dict[str, object]:
    return {**dict(zip(names, args, strict=False)), **kwargs}


def _numbers(value: object, axes: int, otherwise: int) -> tuple[int, ...]:
    """Return one number per axis from what torch accepts: a number, a sequence, or nothing."""
    if isinstance(value, int):
        return (value,) * axes
    if isinstance(value, Sequence) and value and all(isinstance(item, int) for item in value):
        numbers = tuple(value)
        return numbers * axes if len(numbers) == 1 else numbers
    return (otherwise,) * axes


def _by(numbers: Sequence[int]) -> str:
    return "x".join(str(number) for number in numbers)


def _factor(sign: str, numbers: Sequence[int]) -> list[str]:
    """Return ``/2`` for (2, 2), ``/2x1`` for (2, 1) and nothing for ones."""
    if all(number == 1 for number in numbers):
        return []
    same = len(set(numbers)) == 1
    return [f"{sign}{numbers[0] if same else _by(numbers)}"]


def _convolution(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    transposed = function.startswith("conv_transpose")
    names = _TRANSPOSED if transposed else _CONVOLUTION
    given = _named(_ATEN_CONVOLUTION if function == "conv" else names, args, kwargs)
    weight = given.get("weight")
    if not isinstance(weight, Tensor):
        return words(function)
    transposed = transposed or bool(given.get("transposed"))
    axes = weight.dim() - 2
    groups = _numbers(given.get("groups"), 1, 1)[0]
    inputs = weight.shape[0] if transposed else weight.shape[1] * groups
    parts = [f"{_by(weight.shape[2:])} {'deconv' if transposed else 'conv'}", str(shape[1])]
    parts += _factor("x" if transposed else "/", _numbers(given.get("stride"), axes, 1))
    if groups > 1:
        parts.append("dw" if groups == inputs else f"g{groups}")
    parts += _factor("d", _numbers(given.get("dilation"), axes, 1))
    return ", ".join(parts)


def _linear(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    del function, args, kwargs
    return f"linear, {shape[-1]}"


def _recurrent(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    del args, kwargs
    return f"{function}, {shape[-1]}"


def _pool(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    axes = len(shape) - 2
    given = _named(_POOL, args, kwargs)
    kernel = _numbers(given.get("kernel_size"), axes, 1)
    step = given.get("stride")
    stride = kernel if step is None or step == [] else _numbers(step, axes, 1)
    name = "max pool" if "max" in function else "avg pool"
    return ", ".join([f"{name} {_by(kernel)}", *_factor("/", stride)])


def _adaptive_pool(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    del args, kwargs
    name = "max pool" if "max" in function else "avg pool"
    size = shape[2:]
    return name if all(length == 1 for length in size) else f"{name} to {_by(size)}"


def _hardtanh(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    del shape
    given = _named(("input", "min_val", "max_val"), args, kwargs)
    return "relu6" if (given.get("min_val"), given.get("max_val")) == (0, 6) else words(function)


def _global_pool(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    given = _named(("input",), args, kwargs)
    source = given.get("input", given.get("self"))
    if isinstance(source, Tensor) and is_global_pool(function, tuple(source.shape), shape):
        return "avg pool" if function == "mean" else "max pool"
    return words(function)


def _slice(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    del function, args, kwargs
    return f"slice, {shape[1]}" if len(shape) > 1 else "slice"


def _interpolate(function: str, args: Sequence[object], kwargs: Arguments, shape: Shape) -> str:
    source = next((value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)), None)
    if source is None or source.dim() != len(shape):
        return words(function)
    factors = [new / old for new, old in zip(shape[2:], source.shape[2:], strict=True)]
    if len(set(factors)) == 1 and factors[0].is_integer():
        return f"upsample, x{int(factors[0])}"
    return f"upsample to {_by(shape[2:])}"


_WRITERS: Mapping[str, Callable[[str, Sequence[object], Arguments, Shape], str]] = {
    "conv": _convolution,
    "conv_transpose": _convolution,
    "linear": _linear,
    "addmm": _linear,
    "lstm": _recurrent,
    "gru": _recurrent,
    "max_pool": _pool,
    "avg_pool": _pool,
    "adaptive": _adaptive_pool,
    "getitem": _slice,
    "interpolate": _interpolate,
    "hardtanh": _hardtanh,
    "mean": _global_pool,
    "amax": _global_pool,
}
