"""A trained network as a file: float weights, and beside them all that the report says of it."""

from __future__ import annotations

import dataclasses
import json
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cnnwalk.study.errors import StudyError
from cnnwalk.study.strategies import StrategyName

# torch is imported by the functions that need it: the command line reads the names alone.
if TYPE_CHECKING:
    from torch import nn

    from cnnwalk.networks import CovidDenseNet, CovidResNet

NetworkName = Literal["covidresnet", "coviddensenet"]
NETWORK_NAMES: tuple[NetworkName, ...] = typing.get_args(NetworkName)


@dataclasses.dataclass(frozen=True)
class About:
    """What is known of a trained network; stands as JSON in its file's metadata.

    Attributes:
        network: which architecture.
        strategy: how it was trained.
        seed: of the training.
        data: name of the images' source.
        split: how they were split, such as ``by emoji``.
        classes: names in the order of the outputs.
        mean: per channel of the input, for values in 0..1.
        std: as `mean`.
        height: of the input in pixels.
        width: of the input in pixels.
        epochs: trained.
        accuracies: by what was measured, each in 0..1; the names are those of `accuracy`.
        recipe: of the training, by the names that `Recipe` has, without the epochs; empty where
            the file does not say it.
    """

    network: NetworkName
    strategy: StrategyName
    seed: int
    data: str
    split: str
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    height: int
    width: int
    epochs: int
    accuracies: dict[str, float] = dataclasses.field(default_factory=dict)
    recipe: dict[str, int | float] = dataclasses.field(default_factory=dict)

    @property
    def channels(self) -> int:
        """Of the input."""
        return len(self.mean)

    @property
    def name(self) -> str:
        """Name of the file without its ending, such as ``covidresnet-emoji-plain-seed0``."""
        return f"{self.network}-{self.data}-{self.strategy}-seed{self.seed}"


def build_network(name: NetworkName, classes: int, channels: int) -> CovidResNet | CovidDenseNet:
    """Return a network with random weights, in training mode.

    Args:
        name: which architecture.
        classes: length of the output's rows.
        channels: of the input, 1 or 3.
    """
    from cnnwalk.networks.covid import BUILDERS

    return BUILDERS[name](classes, channels)


def save_trained(folder: Path, module: nn.Module, about: About) -> Path:
    """Write a trained network to ``folder/NAME.safetensors``; a file of that name is replaced.

    Args:
        folder: is made where it is missing.
        module: what `build_network` made; its weights are written with the types that they have.
        about: gives the name; stands in the file.

    Raises:
        StudyError: the file cannot be written; one of that name stays as it was.
    """
    from safetensors.torch import save

    from cnnwalk.networks.stored import KEY
    from cnnwalk.study.writing import write_whole

    weights = {name: value.cpu().contiguous() for name, value in module.state_dict().items()}
    said = json.dumps(dataclasses.asdict(about), ensure_ascii=False)
    path = folder / f"{about.name}.safetensors"
    write_whole(path, save(weights, {KEY: said}))
    return path


def load_trained(path: Path) -> tuple[nn.Module, About]:
    """Return a trained network, in eval mode and float32 on the CPU, and what is known of it.

    Raises:
        StudyError: the file is missing or damaged, is of another kind, or its weights are not
            those of the network and the classes that it names.
    """
    from cnnwalk.networks import NetworkError
    from cnnwalk.networks.stored import read_description, stored_network

    try:
        about = read_description(path, About)
        return stored_network(path).module, about
    except NetworkError as error:
        raise StudyError(str(error)) from error


def trained_files(folder: Path) -> tuple[Path, ...]:
    """Return the trained networks in a folder, by name; none where there is no such folder."""
    return tuple(sorted(folder.glob("*.safetensors")))
