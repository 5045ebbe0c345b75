from __future__ import annotations

import numpy as np
import pytest

from cnnwalk.images import NOISE_KINDS, ImageError, NoiseKind, noise


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_noise_is_fixed_by_its_seed(kind: NoiseKind) -> None:
    image = noise(kind, 5, 64, 48)
    assert (image.dtype, image.shape) == (np.uint8, (48, 64, 3))
    assert image.tobytes() == noise(kind, 5, 64, 48).tobytes()
    assert image.tobytes() != noise(kind, 6, 64, 48).tobytes()


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_noise_of_any_size(kind: NoiseKind) -> None:
    for width, height, channels in ((1, 1, 1), (1, 9, 4), (300, 2, 12)):
        assert noise(kind, 0, width, height, channels).shape == (height, width, channels)


def test_uniform_noise_has_every_value_equally_often() -> None:
    counts = np.bincount(noise("uniform", 1, 512, 512).ravel(), minlength=256)
    assert counts.min() > 2700  # 3072 expected, standard deviation 55
    assert counts.max() < 3450


def test_gaussian_noise_has_its_mean_and_deviation() -> None:
    values = noise("gaussian", 1, 512, 512) / 255
    assert values.mean() == pytest.approx(0.5, abs=0.002)
    assert values.std() == pytest.approx(1 / 6, abs=0.002)
    # A third of a normal distribution is farther from its mean than one deviation.
    assert (np.abs(values - 0.5) > 1 / 6).mean() == pytest.approx(0.317, abs=0.01)


def test_clouds_are_smooth_and_fill_the_range() -> None:
    def roughness(kind: NoiseKind) -> float:
        values = np.asarray(noise(kind, 3, 256, 256), dtype=float)
        return float(np.square(np.diff(values, axis=0)).mean() / (2 * values.var()))

    assert roughness("uniform") == pytest.approx(1, abs=0.02)
    assert roughness("clouds") < 0.05
    clouds = noise("clouds", 3, 256, 256)
    assert (clouds.min((0, 1)) == 0).all()
    assert (clouds.max((0, 1)) == 255).all()


def test_channels_are_independent() -> None:
    for kind in ("gaussian", "uniform"):
        values = noise(kind, 2, 256, 256, 5).reshape(-1, 5)
        assert np.abs(np.corrcoef(values.T) - np.eye(5)).max() < 0.02


def test_impossible_noise_is_refused() -> None:
    for arguments, said in (
        (("pink", 0, 8, 8), "no noise 'pink': give one of gaussian, uniform, clouds"),
        (("uniform", 0, 0, 8), "0×8"),
        (("uniform", 0, 8, 8, 0), "0 channels"),
        (("uniform", 0, 9000, 9000), "64 megapixels"),
        (("uniform", -3, 8, 8), "seed is -3"),
    ):
        with pytest.raises(ImageError, match=said):
            noise(*arguments)
