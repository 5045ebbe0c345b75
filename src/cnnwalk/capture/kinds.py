"""What a torch function does: its canonical name, its kind, and what flows through it."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from cnnwalk.capture.operation import Shape
from cnnwalk.graph import Kind


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALIASES: Mapping[str, str] = {
    "radd": "add",
    "iadd": "add",
    "rmul": "mul",
    "imul": "mul",
    "multiply": "mul",
    "rsub": "sub",
    "isub": "sub",
    "subtract": "sub",
    "truediv": "div",
    "rtruediv": "div",
    "itruediv": "div",
    "divide": "div",
    "true_divide": "div",
    "rmatmul": "matmul",
    "concat": "cat",
    "concatenate": "cat",
    "convolution": "conv",
    "_convolution": "conv",
    "clip": "clamp",
    "swapaxes": "transpose",
    "swapdims": "transpose",
    "movedim": "permute",
    "moveaxis": "permute",
}

_KINDS: Mapping[Kind, frozenset[str]] = {
    "conv": _names(
        "conv conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d "
        "conv_tbc deform_conv2d"
    ),
    "linear": frozenset({"linear", "addmm", "bilinear"}),
    "norm": _names(
        "batch_norm native_batch_norm layer_norm native_layer_norm group_norm "
        "native_group_norm instance_norm rms_norm local_response_norm normalize"
    ),
    "activation": _names(
        "relu relu6 hardtanh hardswish hardsigmoid sigmoid silu gelu elu selu celu leaky_relu "
        "prelu rrelu tanh softplus softsign mish logsigmoid glu threshold hardshrink softshrink "
        "tanhshrink"
    ),
    "pool": frozenset(
        f"{how}{what}_pool{axes}d{indices}"
        for how in ("", "adaptive_")
        for what in ("max", "avg", "lp", "fractional_max")
        for axes in (1, 2, 3)
        for indices in ("", "_with_indices")
    ),
    "add": frozenset({"add"}),
    "mul": frozenset({"mul"}),
    "cat": frozenset({"cat", "hstack", "vstack", "dstack"}),
    "split": _names(
        "split chunk unbind tensor_split split_with_sizes hsplit vsplit dsplit getitem select "
        "slice narrow"
    ),
    "upsample": frozenset({"interpolate", "upsample", "pixel_shuffle", "pixel_unshuffle"}),
    "attention": frozenset({"scaled_dot_product_attention", "multi_head_attention_forward"}),
    "flatten": _names("flatten reshape view unflatten squeeze unsqueeze view_as reshape_as ravel"),
    "softmax": frozenset({"softmax", "log_softmax", "_softmax", "_log_softmax", "softmin"}),
    "dropout": _names(
        "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout feature_dropout"
    ),
}
_KIND_OF: Mapping[str, Kind] = {name: kind for kind, names in _KINDS.items() for name in names}

MEANINGLESS = _names(
    "contiguous clone detach to float half double bfloat16 type type_as data alias requires_grad_ "
    "set deepcopy"
)
"""Functions of kind ``other`` that keep values and shape."""

REARRANGING = MEANINGLESS | _names(
    "permute transpose t T mT expand expand_as roll pad channel_shuffle"
)
"""Functions of kind ``other`` that keep, move or pad values."""

_SHAPE_ONLY = _names(
    "zeros_like ones_like empty_like full_like rand_like randn_like randint_like new_zeros "
    "new_ones new_empty new_full new_tensor empty_strided new_empty_strided"
)
_SECOND_IS_SHAPE = frozenset({"expand_as", "view_as", "reshape_as", "type_as", "to"})
_OVERWRITES_FIRST = _names("copy_ fill_ zero_ set_ normal_ uniform_")


@functools.cache
def canonical(name: str) -> str:
    """Return one name for all spellings of a function: ``add`` for `__iadd__`, `add_`, `add`."""
    name = name.removeprefix("aten::")
    if name.startswith("__") and name.endswith("__"):
        name = name[2:-2]
    elif name != "requires_grad_":
        name = name.rstrip("_")
    return _ALIASES.get(name, name)


def kind_of(function: str, read: Shape, made: Shape) -> Kind:
    """Return the kind of a function.

    Args:
        function: canonical name.
        read: shape of its first tensor argument; with `made` it tells a mean over all of
            height and width, which is a pooling, from any other mean.
        made: shape of its first output.
    """
    if is_global_pool(function, read, made):
        return "pool"
    return _KIND_OF.get(function, "other")


def is_global_pool(function: str, read: Shape, made: Shape) -> bool:
    """Say whether a reduction goes over all of height and width and over nothing else."""
    if function not in {"mean", "amax"} or len(read) < 3:
        return False
    return made in (read[:2], (*read[:2], *(1 for _ in read[2:])))


def data_arguments(
    name: str, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> tuple[object, ...]:
    """Return the arguments whose values, and not only whose shape, go into the result.

    Args:
        name: the function's own name, not the canonical one: ``copy_`` overwrites its
            first argument, ``copy`` would not.
        args: positional arguments of the call.
        kwargs: named arguments of the call; ``out`` is where the result goes.
    """
    named = tuple(value for key, value in kwargs.items() if key != "out")
    name = name.removeprefix("aten::")
    if name in _SHAPE_ONLY:
        return (*args[1:], *named)
    if name in _SECOND_IS_SHAPE:
        return args[:1]
    if name in _OVERWRITES_FIRST:
        return (*args[1:], *named)
    return (*args, *named)
