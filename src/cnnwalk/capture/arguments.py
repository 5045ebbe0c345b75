"""The arguments of a forward call: any nesting of tensors and other values, copied."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from cnnwalk.capture.errors import CaptureError
from cnnwalk.capture.tensors import members


@dataclasses.dataclass(frozen=True, slots=True)
class Arguments:
    """What a forward method is called with; its tensors belong to this call alone.

    Attributes:
        args: the positional arguments.
        kwargs: the named arguments.
        tensors: every tensor in them once, depth first: the graph's inputs.
        labels: what each of `tensors` is called: ``input`` where there is one, else after the
            key, field or argument name under which it stands, else after its place.
        batched: whether each of `tensors` has a batch axis. An image (C, H, W) in a list has
            none: there the list is the batch.
    """

    args: tuple[object, ...]
    kwargs: Mapping[str, object]
    tensors: tuple[Tensor, ...]
    labels: tuple[str, ...]
    batched: tuple[bool, ...]

    def activations(self) -> tuple[Tensor, ...]:
        """Return the tensors as the input layers show them, all with a batch axis."""
        pairs = zip(self.tensors, self.batched, strict=True)
        return tuple(tensor if batched else tensor[None] for tensor, batched in pairs)


def own_copy(example_input: object, kwargs: Mapping[str, object] | None) -> Arguments:
    """Return the arguments of a forward call, with copies of all tensors and containers.

    A network may change its input in place; the caller's tensors are not its to change.

    Args:
        example_input: a tuple is the positional arguments, anything else the only one. Tensors
            may stand in lists, tuples, mappings and dataclasses; other values are passed on.
        kwargs: the named arguments.

    Raises:
        CaptureError: there is no tensor in them.
    """
    args = example_input if isinstance(example_input, tuple) else (example_input,)
    given = (args, dict(kwargs or {}))
    leaves = list(_leaves(given))
    # What `deepcopy` finds in its memo it takes from there: tensors as our copies, all that is
    # neither tensor nor container as it is.
    memo: dict[int, object] = {id(leaf.value): leaf.value for leaf in leaves}
    found = {id(leaf.value): leaf for leaf in leaves if isinstance(leaf.value, Tensor)}
    if not found:
        raise CaptureError(
            f"The example input is {example_input!r:.80} of type {type(example_input).__name__} "
            "and holds no tensor: give a tensor with its batch axis, or tensors in tuples, "
            "lists or dicts."
        )
    with torch.inference_mode(False), torch.no_grad():
        tensors = {
            key: leaf.value.detach().clone()
            for key, leaf in found.items()
            if isinstance(leaf.value, Tensor)
        }
    memo.update(tensors)
    own_args, own_kwargs = copy.deepcopy(given, memo)
    return Arguments(
        args=own_args,
        kwargs=own_kwargs,
        tensors=tuple(tensors.values()),
        labels=tuple(_labels(list(found.values()))),
        batched=tuple(
            not (leaf.listed and tensor.ndim == 3)
            for leaf, tensor in zip(found.values(), tensors.values(), strict=True)
        ),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Leaf:
    """A value that is no container, the nearest key above it, and whether a list holds it."""

    value: object
    key: str | None = None
    listed: bool = False


def _leaves(value: object, key: str | None = None, listed: bool = False) -> Iterator[_Leaf]:
    inside = members(value)
    if inside is None:
        yield _Leaf(value, key, listed)
    else:
        for name, item in inside:
            yield from _leaves(item, name if name is not None else key, isinstance(value, list))


def _labels(leaves: list[_Leaf]) -> Iterator[str]:
    """Yield one label for each input; those of one key are numbered."""
    keys = [leaf.key for leaf in leaves]
    for position, key in enumerate(keys):
        if len(keys) == 1:
            yield "input"
        elif key is None:
            yield f"input {position + 1}"
        elif keys.count(key) == 1:
            yield f"input {key}"
        else:
            yield f"input {key} {keys[:position].count(key) + 1}"
