"""How pictures form: the mode and all its parameters."""

from __future__ import annotations

import dataclasses
import math
import typing
from typing import Literal, TypeAlias

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.limits import as_declared, check_number, check_range
from cnnwalk.featvis.spectrum import Spectrum

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
class ViewSettings(Settings):
    """What the bounded modes have, whose pictures are seen in views; see `forming.views`.

    Attributes:
        rate: how far a step moves what the picture is made of.
        sides: of what is seen in a step, as a share of the picture's; drawn.
        rotation: degrees, in either direction; drawn.
        shift: how far the middle of what is seen strays, as a share of the picture; a standard
            deviation.
        noise: on what is seen, for pixels in 0..1; a standard deviation.
        settle: the share of the steps, at the end, in which the views come to rest at the whole
            picture as it is.
    """

    rate: float
    sides: Range
    rotation: float
    shift: float
    noise: float
    settle: float

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("rate", self.rate, 1e-6, 100)
        check_range("sides", self.sides, 0.05, 4)
        check_number("rotation", self.rotation, 0, 180)
        check_number("shift", self.shift, 0, 1)
        check_number("noise", self.noise, 0, 1)
        check_number("settle", self.settle, 0, 1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class FourierSettings(ViewSettings):
    """Mode ``natural``; see `forming.fourier`.

    Attributes:
        decay: by which power of its frequency a wave counts less.
        contrast: standard deviation of the free values: 1 is about that of photographs.
        freedom: standard deviation of the noise that forms first, for waves; the less, the sooner
            a picture leaves it.
    """

    steps: int = 64
    rate: float = 0.08
    sides: Range = (0.6, 1.0)
    rotation: float = 8.0
    shift: float = 0.05
    noise: float = 0.1
    settle: float = 0.4
    decay: float = 1.4
    contrast: float = 1.3
    freedom: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("decay", self.decay, 0, 4)
        check_number("contrast", self.contrast, 0.01, 20)
        check_number("freedom", self.freedom, 1e-4, 100)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextureSettings(FourierSettings):
    """Mode ``texture``: the same, for what is small and repeats; see `forming.fourier`."""

    steps: int = 96
    rate: float = 0.05
    sides: Range = (0.95, 1.05)
    rotation: float = 4.0
    shift: float = 0.02
    noise: float = 0.0
    settle: float = 1.0
    decay: float = 1.0
    contrast: float = 2.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class MacoSettings(ViewSettings):
    """Mode ``maco``; see `forming.maco`.

    Attributes:
        decay: by which power of its frequency a wave is weaker, where there is no `spectrum`.
        contrast: standard deviation of the free values; with a `spectrum`, by which its own
            contrast is multiplied.
        spectrum: of the user's data set.
    """

    steps: int = 96
    rate: float = 0.3
    sides: Range = (0.6, 1.0)
    rotation: float = 8.0
    shift: float = 0.05
    noise: float = 0.04
    settle: float = 0.25
    decay: float = 1.5
    contrast: float = 1.3
    spectrum: Spectrum | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("decay", self.decay, 0, 4)
        check_number("contrast", self.contrast, 0.01, 20)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PaperSettings(Settings):
    """Mode ``paper``; see `forming.paper`.

    The defaults are those of section 3.3.5, and of the published code where the text is silent.

    Attributes:
        plain_steps: how many steps, at the end, the images are not transformed in.
        rate: how far a step goes: the length of what it adds to an image.
        padding: pixels on each side, which the transformations may use up.
        rotation: degrees, in either direction.
        rotation_probability: of a rotation in a step.
        scale: factor.
        scale_probability: of a scaling in a step.
        blur: the Gaussian's sigma in pixels.
        roll: whole pixels, in either direction.
        roll_probability: of a roll in a step.
        roll_together: whether both axes roll or none; else each by its own chance.
        blend: the share, in each step, of the image drawn to the data set's mean and standard
            deviation.
        mean: of the data set, per channel or one for all, for values in 0..1; left out, what
            the network's input is normalized with.
        std: as `mean`.
        statistics: what is drawn there, each ``channel`` of an image or the whole ``image``.
        draws: whether each picture has its ``own`` start noise and draws, or all with one seed
            have them ``shared``.
        export: how values become 8 bits: ``clip`` cuts what lies outside of black and white,
            ``stretch`` makes an image's lowest value black and its highest white.
    """

    steps: int = 200
    plain_steps: int = 0
    rate: float = 20.0
    padding: int = 10
    rotation: Range = (1.0, 10.0)
    rotation_probability: float = 0.3
    scale: Range = (1.0, 1.05)
    scale_probability: float = 0.05
    blur: Range = (0.0, 0.5)
    roll: tuple[int, int] = (1, 5)
    roll_probability: float = 0.3
    roll_together: bool = False
    blend: float = 0.05
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    statistics: Literal["channel", "image"] = "channel"
    draws: Literal["own", "shared"] = "own"
    export: Literal["clip", "stretch"] = "clip"

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("rotation_probability", "scale_probability", "roll_probability", "blend"):
            check_number(name, getattr(self, name), 0, 1)
        check_number("plain_steps", self.plain_steps, 0, self.steps)
        check_number("rate", self.rate, 0, 1e6)
        check_number("padding", self.padding, 0, 256)
        check_range("rotation", self.rotation, 0, 180)
        check_range("scale", self.scale, 0.1, 10)
        check_range("blur", self.blur, 0, 100)
        check_range("roll", self.roll, 0, 4096)
        for value in self.std:
            check_number("std", value, 1e-6, 1e6)


PUBLISHED = PaperSettings(
    plain_steps=10,
    rotation=(0.0, 10.0),
    blur=(0.5, 0.5),
    roll=(0, 5),
    roll_together=True,
    statistics="image",
    draws="shared",
    export="stretch",
)
"""What the paper's published code does, also where it departs from the text.

As parameters: ``cnnwalk.visualize(..., mode="paper", **dataclasses.asdict(PUBLISHED))``.
"""


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
    if mode not in MODES:
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
    declared = typing.get_type_hints(kind)
    values = {name: as_declared(name, value, declared[name]) for name, value in parameters.items()}
    return kind(**values)  # type: ignore[arg-type]  # they were cast to the fields' types
