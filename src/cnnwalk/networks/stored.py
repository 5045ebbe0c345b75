"""Networks in files that say themselves what they are: the trained ones of the study.

Such a file is a .safetensors file whose metadata holds, under the key ``cnnwalk``, a JSON object
with at least the fields of `Stored`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TypeVar

import pydantic
import safetensors

from cnnwalk.networks.covid import BUILDERS
from cnnwalk.networks.network import InputSpec, Network, NetworkError
from cnnwalk.networks.weights import fit_weights, read_weights
from cnnwalk.references import suggest

KEY = "cnnwalk"

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Stored:
    """What a file must say of its network.

    Attributes:
        network: which architecture, a name of `BUILDERS`.
        classes: names in the order of the outputs.
        mean: per channel of the input, for values in 0..1.
        std: as `mean`.
        height: of the input in pixels.
        width: of the input in pixels.
    """

    network: str
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    height: int
    width: int


def stored_network(path: Path, weights: Path | None = None) -> Network:
    """Return the network of a file.

    Args:
        path: of the file.
        weights: a file with other weights for the same network.

    Raises:
        NetworkError: the file cannot be read, does not say what it is, or its weights do not fit
            what it says.
    """
    stored = read_description(path, Stored)
    if stored.network not in BUILDERS:
        raise NetworkError(
            f"{path} is of the network {stored.network!r}{suggest(stored.network, list(BUILDERS))}"
            f", but known are {' and '.join(BUILDERS)}: give another file, or a newer cnnwalk."
        )
    channels = len(stored.mean)
    try:
        spec = InputSpec(channels, stored.height, stored.width, stored.mean, stored.std)
    except NetworkError as error:
        raise NetworkError(f"What {path} says of its network is damaged. {error}") from error
    module = BUILDERS[stored.network](len(stored.classes), channels)
    source = weights or path
    fit_weights(module, read_weights(source), str(source))
    return Network(path.stem, module, spec, stored.classes, f"weights of {source.name}")


def read_description(path: Path, kind: type[T]) -> T:
    """Return what a file says of its network.

    Args:
        path: of the file.
        kind: a dataclass; other fields of the file are ignored.

    Raises:
        NetworkError: the file cannot be read, or does not say all of that.
    """
    written = _metadata(path).get(KEY)
    if written is None:
        raise NetworkError(
            f"{path} holds weights and does not say of which network: give path/to/file.py:NAME, "
            f"where NAME makes the network, and --weights {path}; or a file that cnnwalk study "
            "train wrote."
        )
    try:
        return pydantic.TypeAdapter(kind).validate_json(written)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise NetworkError(
            f"What {path} says of its network is damaged ({place or KEY}: {first['msg']}): give a "
            "file that cnnwalk study train wrote."
        ) from error


def _metadata(path: Path) -> dict[str, str]:
    if not path.is_file():
        folder = ", it is a folder" if path.is_dir() else ""
        raise NetworkError(
            f"There is no file {path}{folder}: give the path of a trained network, a .safetensors "
            "file."
        )
    try:
        with safetensors.safe_open(path, "pt") as file:
            return file.metadata() or {}
    # Damaged files raise nearly anything.
    except Exception as error:
        raise NetworkError(
            f"{path} cannot be read ({error}): give a .safetensors file that cnnwalk study train "
            "wrote."
        ) from error
