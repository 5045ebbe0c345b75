"""The gradient of norms that never change.

In evaluation mode a batch norm is a factor and a term for each channel, so that the gradient of its
input is the factor times that of its output. torch's own backward pass sums over all values of both
as well, for the statistics' and the weights' gradients, which nobody asks of a frozen network; for
that it keeps the norm's input, too.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional
from torch.overrides import TorchFunctionMode

_SIGNATURE = inspect.signature(functional.batch_norm)


class FrozenNorms(TorchFunctionMode):
    """While it is entered, batch norms in evaluation mode have the shorter backward pass.

    What they return, and the gradient, are torch's to the last bit in float32.
    """

    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401 - any function of torch
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - what the function returns
        del types
        kwargs = kwargs or {}
        if func is functional.batch_norm:
            given = _SIGNATURE.bind(*args, **kwargs)
            given.apply_defaults()
            if _is_frozen(**given.arguments):
                return _normalized(given.arguments)
        return func(*args, **kwargs)


def _is_frozen(
    *,
    input: Tensor,  # noqa: A002 - as torch calls it
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    **others: object,
) -> bool:
    """Say whether nothing but the norm's input needs a gradient, and all is of one type."""
    if training or running_mean is None or running_var is None or not input.requires_grad:
        return False
    fixed = [running_mean, running_var, *others.values()]
    tensors = [each for each in fixed if isinstance(each, Tensor)]
    return all(not each.requires_grad and each.dtype == input.dtype for each in tensors)


def _normalized(given: Mapping[str, Any]) -> Tensor:
    others = {name: value for name, value in given.items() if name != "input"}
    variance, weight = given["running_var"], given["weight"]
    with torch.no_grad():
        # In double, as torch does it: else the last bit is another one.
        inverse = (variance.double() + given["eps"]).rsqrt().to(variance)
    normalize = functools.partial(functional.batch_norm, **others)
    result: Tensor = _FrozenNorm.apply(given["input"], inverse, weight, normalize)
    return result


class _FrozenNorm(torch.autograd.Function):
    """A norm whose backward pass multiplies, first with `inverse`: in that order torch does it."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch's, which takes any attribute
        values: Tensor,
        inverse: Tensor,
        weight: Tensor | None,
        normalize: Callable[[Tensor], Tensor],
    ) -> Tensor:
        ctx.save_for_backward(inverse, weight)
        return normalize(values)

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401 - as above
        gradient: Tensor,
    ) -> tuple[Tensor | None, ...]:
        inverse, weight = ctx.saved_tensors
        shape = (-1, *(1 for _ in gradient.shape[2:]))
        result = gradient * inverse.reshape(shape)
        if weight is not None:
            result *= weight.reshape(shape)
        return result, None, None, None
