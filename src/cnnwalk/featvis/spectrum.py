"""How strong the waves are in the images of a data set, which mode ``maco`` can keep to."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from cnnwalk.featvis.errors import FeatureVisualizationError


@dataclasses.dataclass(frozen=True, eq=False)
class Spectrum:
    """The mean magnitudes of a data set; `forming.spectra.spectrum_of` finds them.

    Attributes:
        magnitudes: float32 (C, H, W // 2 + 1), from 0, for images of (C, H, W): of each wave of
            their free values (`forming.colors`), as `forming.waves.to_waves` counts them.

    Raises:
        FeatureVisualizationError: the magnitudes are no such.
    """

    magnitudes: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        values = self.magnitudes
        if values.ndim != 3 or values.dtype != np.float32:
            raise FeatureVisualizationError(
                f"A spectrum of shape {values.shape} and type {values.dtype} is none: give "
                "(C, H, W // 2 + 1), float32."
            )
        if not np.isfinite(values).all() or values.min() < 0 or not values.any():
            raise FeatureVisualizationError(
                "A spectrum needs finite magnitudes from 0 that are not all 0: take other images."
            )
