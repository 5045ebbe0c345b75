"""Weights from files: the one place that opens them, never as pickled code."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from cnnwalk.networks.network import NetworkError

# What training frameworks wrap a state dict in, and what they put before its names;
# `embedded_model.` is that of the paper's own checkpoints.
_WRAPPERS = ("state_dict", "model_state_dict", "model")
_PREFIXES = ("module.", "_orig_mod.", "model.", "embedded_model.")
# Counts of training steps, which change no output; PyTorch before 0.4.1 did not save them.
_UNUSED = "num_batches_tracked"
_NAMED = 3


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read a state dict from a .safetensors file or one of `torch.save`, on the CPU.

    Raises:
        NetworkError: the file is missing, cannot be read, or holds something else.
    """
    if not path.is_file():
        folder = ", it is a folder" if path.is_dir() else ""
        raise NetworkError(
            f"There is no weights file {path}{folder}: give the path of a .safetensors file or of "
            "a state dict saved with torch.save."
        )
    try:
        if path.suffix == ".safetensors":
            found: object = safetensors.torch.load_file(path)
        else:
            with warnings.catch_warnings():
                # It warns of foreign files, for which there is a clearer message below.
                warnings.simplefilter("ignore")
                found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise NetworkError(
            f"{path} is no file of weights alone: it is damaged, or holds pickled Python objects, "
            "which cnnwalk does not run. Save the state dict with "
            "torch.save(model.state_dict(), path) and give that file."
        ) from error
    # Damaged files raise nearly anything.
    except Exception as error:
        raise NetworkError(
            f"The weights file {path} cannot be read ({_first_line(error)}): give a .safetensors "
            "file or a state dict saved with torch.save."
        ) from error
    return _state_dict(found, path)


def fit_weights(
    module: nn.Module, state: Mapping[str, Tensor], source: str, *, ignore: tuple[str, ...] = ()
) -> None:
    """Put weights into a module; common prefixes of all names are dropped when that helps.

    Args:
        module: takes the weights, all of them.
        state: tensors by name.
        source: where they come from, for the message.
        ignore: beginnings of names that the module may lack.

    Raises:
        NetworkError: a name is missing or too many, or a shape differs.
    """
    wanted = module.state_dict()
    state = {
        name: value
        for name, value in _without_prefix(state, wanted).items()
        if name in wanted or not name.startswith(ignore)
    }
    missing = [name for name in wanted if name not in state and not name.endswith(_UNUSED)]
    unexpected = [name for name in state if name not in wanted]
    misfits = [
        f"{name} is {found} in the file and {shape} in the network"
        for name, found, shape in _misfits(state, wanted)
    ]
    problems = [
        f"{len(found)} {what}: {_first(found)}"
        for what, found in (
            ("names are missing", missing),
            ("names are not in the network", unexpected),
            ("shapes differ", misfits),
        )
        if found
    ]
    if problems:
        raise NetworkError(
            f"The weights of {source} do not fit {type(module).__name__} ({'; '.join(problems)}): "
            "give weights of this architecture, or file.py:build, where build makes the network as "
            "it was when they were saved."
        )
    module.load_state_dict(state, strict=False)


def classes_apart(module: nn.Module, state: Mapping[str, Tensor]) -> tuple[int, int] | None:
    """Return how many classes weights have and how many a module, where that alone is apart.

    Args:
        module: as for `fit_weights`.
        state: as for `fit_weights`.
    """
    wanted = module.state_dict()
    state = _without_prefix(state, wanted)
    if state.keys() != wanted.keys():
        return None
    # Were another layer's outputs apart, the inputs of the next would be, too.
    apart = {
        (found[0], shape[0]) if found[1:] == shape[1:] else None
        for _, found, shape in _misfits(state, wanted)
    }
    return apart.pop() if len(apart) == 1 else None


def _misfits(
    state: Mapping[str, Tensor], wanted: Mapping[str, object]
) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Return names in both, with their shapes in the file and in the network, where these differ.

    A lazy module's parameter takes the shape of what is loaded.
    """
    pairs = [
        (name, tuple(state[name].shape), tuple(value.shape))
        for name, value in wanted.items()
        if name in state and isinstance(value, Tensor) and not is_lazy(value)
    ]
    return [(name, found, shape) for name, found, shape in pairs if found != shape]


def _state_dict(found: object, path: Path) -> dict[str, Tensor]:
    if isinstance(found, Mapping):
        for wrapper in _WRAPPERS:
            if isinstance(found.get(wrapper), Mapping):
                return _state_dict(found[wrapper], path)
        tensors = {
            name: value
            for name, value in found.items()
            if isinstance(name, str) and isinstance(value, Tensor)
        }
        if tensors:
            return tensors
    held = _article(type(found).__name__)
    if isinstance(found, Mapping) and found:
        held += f" of {_first(list(map(repr, found)))}"
    raise NetworkError(
        f"{path} holds {held} without weights: expected a state dict, that is tensors by "
        "name. Save it with torch.save(model.state_dict(), path)."
    )


def _without_prefix(state: Mapping[str, Tensor], wanted: Mapping[str, object]) -> dict[str, Tensor]:
    if not any(name in wanted for name in state):
        for prefix in _PREFIXES:
            if all(name.startswith(prefix) for name in state):
                bare = {name.removeprefix(prefix): value for name, value in state.items()}
                return _without_prefix(bare, wanted)
    return dict(state)


def _first(names: Sequence[str]) -> str:
    """Return the first of the names in a row."""
    return f"{', '.join(names[:_NAMED])}{', …' if len(names) > _NAMED else ''}"


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
