"""Faster steps through convolutions that never change; the same mathematics, rounded otherwise.

On a CPU, the gradient of an image is most of an early layer's step: a network's first convolution
goes in strides over three channels, and the gradient of so few fills little of a vector. The pixels
of one place of the stride's grid are made by a convolution without strides, and those of all places
at once are the channels of one convolution, as in a sub-pixel convolution
(https://arxiv.org/abs/1609.05158). That takes less than half as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional
from torch.overrides import TorchFunctionMode

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)

_FEW = 64
"""Channels that an input may have, times the places of the stride's grid."""


class FrozenConvolutions(TorchFunctionMode):
    """While it is entered, convolutions on a CPU take what was prepared of their weights.

    Args:
        module: whose weights never change.
        dtype: to which autocast would bring them in each pass; None to leave them as they are.
    """

    def __init__(self, module: nn.Module, dtype: torch.dtype | None) -> None:
        super().__init__()
        parts = [part for part in module.modules() if isinstance(part, _CONVOLUTIONS)]
        # Held, so that no other tensor gets the `id` of one. Weights that are computed are none.
        self._held = [part._parameters.get("weight") for part in parts] if dtype else []
        self._weights = {
            id(weight): weight.to(dtype) for weight in self._held if weight is not None
        }

    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401 - any function of torch
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - what the function returns
        del types
        if func is functional.conv2d:
            return self._convolved(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))

    def _convolved(  # noqa: PLR0913, PLR0917 - as torch has them
        self,
        input: Tensor,  # noqa: A002
        weight: Tensor,
        bias: Tensor | None = None,
        stride: int | tuple[int, ...] = 1,
        padding: str | int | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
    ) -> Tensor:
        weight = self._weights.get(id(weight), weight)
        plain = input.requires_grad and input.ndim == 4 and input.device.type == "cpu"
        fixed = not weight.requires_grad and (bias is None or not bias.requires_grad)
        if plain and fixed and groups == 1 and not isinstance(padding, str):
            strides = _Strides.of(weight, stride, padding)
            if strides is not None and _pair(dilation) == (1, 1):
                result: Tensor = _Strided.apply(input, weight, bias, strides)
                return result
        return functional.conv2d(input, weight, bias, stride, padding, dilation, groups)


class _Strides(NamedTuple):
    """The stride of a convolution, the same in both directions, and its padding."""

    stride: int
    padding: tuple[int, int]

    @classmethod
    def of(
        cls, weight: Tensor, stride: int | tuple[int, ...], padding: int | tuple[int, ...]
    ) -> _Strides | None:
        """Return them where the gradient is worth to be taken this way, else None."""
        down, right = _pair(stride)
        few = weight.shape[1] * down**2 <= _FEW
        # A kernel smaller than its stride leaves places of the grid empty.
        if down == right and 1 < down <= min(weight.shape[2:]) and few:
            return cls(down, _pair(padding))
        return None


class _Strided(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch's, which takes any attribute
        values: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        strides: _Strides,
    ) -> Tensor:
        ctx.save_for_backward(weight)
        ctx.strides, ctx.shape, ctx.dtype = strides, values.shape, values.dtype
        return functional.conv2d(values, weight, bias, strides.stride, strides.padding)

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401 - as above
        gradient: Tensor,
    ) -> tuple[Tensor | None, ...]:
        (weight,) = ctx.saved_tensors
        given = _input_gradient(gradient, weight.to(gradient), ctx.strides, ctx.shape[2:])
        return given.to(ctx.dtype), None, None, None


def _input_gradient(
    gradient: Tensor, weight: Tensor, strides: _Strides, size: Sequence[int]
) -> Tensor:
    """Return the gradient of a convolution's input (N, C, H, W).

    Args:
        gradient: of its output, (N, K, h, w).
        weight: (K, C, kernel, kernel), of the same type.
        strides: of the convolution.
        size: (H, W).
    """
    stride = strides.stride
    kernel = weight
    pads: list[int] = []
    # Each axis: the kernel becomes a row of taps for each place of the grid, from the last.
    for axis in (3, 2):
        behind = -(-strides.padding[axis - 2] // stride)  # pixels of the output before the first
        before = stride * behind - strides.padding[axis - 2]
        taps = -(-(before + weight.shape[axis]) // stride)
        after = stride * taps - before - weight.shape[axis]
        kernel = functional.pad(kernel, (0, 0) * (3 - axis) + (before, after))
        first = taps - 1 - behind
        last = -(-size[axis - 2] // stride) + behind - gradient.shape[axis]
        pads += [first, last]
    channels, made = weight.shape[1], weight.shape[0]
    kernel = kernel.reshape(
        made, channels, kernel.shape[2] // stride, stride, kernel.shape[3] // stride, stride
    )
    kernel = kernel.flip(2, 4).permute(1, 3, 5, 0, 2, 4).flatten(0, 2)
    kernel = kernel.contiguous(memory_format=torch.channels_last)
    places = functional.conv2d(functional.pad(gradient, pads), kernel)
    return functional.pixel_shuffle(places, stride)[:, :, : size[0], : size[1]]


def _pair(value: int | Sequence[int]) -> tuple[int, int]:
    first, second = (value, value) if isinstance(value, int) else (value[0], value[-1])
    return first, second
