"""How pictures form: the mode and all its parameters."""

from __future__ import annotations

import dataclasses
import math
import typing
from typing import Literal, TypeAlias

from cnnwalk.featvis.errors import FeatureVisualizationError

Mode = Literal["natural", "texture", "maco", "paper"]
MODES: tuple[Mode, ...] = typing.get_args(Mode)

Range: TypeAlias = tuple[float, float]
"""Lowest and highest value of a random draw."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What all modes have.

    Attributes:
        steps: how often each picture is improved.
    """

    steps: int

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= 10_000:
            raise FeatureVisualizationError(
                f"The number of steps is {self.steps}: give 1 to 10000, such as 64."
            )
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            numbers = value if isinstance(value, tuple) else (value,)
            if any(isinstance(n, float) and not math.isfinite(n) for n in numbers):
                raise FeatureVisualizationError(f"{field.name} is {value}: give a finite number.")

    @property
    def mode(self) -> Mode:
        """The mode that these settings are of."""
        return _MODES_OF[type(self)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class FourierSettings(Settings):
    """Mode ``natural``; see `forming.fourier`."""

    steps: int = 64


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextureSettings(Settings):
    """Mode ``texture``; see `forming.fourier`."""

    steps: int = 96


@dataclasses.dataclass(frozen=True, kw_only=True)
class MacoSettings(Settings):
    """Mode ``maco``; see `forming.maco`."""

    steps: int = 96


@dataclasses.dataclass(frozen=True, kw_only=True)
class PaperSettings(Settings):
    """Mode ``paper``; see `forming.paper`."""

    steps: int = 200


_MODES_OF: dict[type[Settings], Mode] = {
    FourierSettings: "natural",
    TextureSettings: "texture",
    MacoSettings: "maco",
    PaperSettings: "paper",
}
_SETTINGS_OF = {mode: kind for kind, mode in _MODES_OF.items()}


def settings_of(mode: Mode, **parameters: object) -> Settings:
    """Return a mode's settings, with other values for the parameters that are named.

    Raises:
        FeatureVisualizationError: there is no such mode or parameter, or a value is out of range.
    """
    if mode not in _SETTINGS_OF:
        raise FeatureVisualizationError(
            f"The mode {mode!r} is not known: give one of {', '.join(MODES)}."
        )
    kind = _SETTINGS_OF[mode]
    known = [field.name for field in dataclasses.fields(kind)]
    for name in parameters:
        if name not in known:
            raise FeatureVisualizationError(
                f"Mode {mode} has no parameter {name!r}: give one of {', '.join(known)}."
            )
    return kind(**parameters)  # type: ignore[arg-type]  # their names are those of the fields
