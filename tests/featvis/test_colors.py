from pathlib import Path

import numpy as np
import pytest
import skimage
import torch
from PIL import Image

from cnnwalk.featvis.forming.colors import PHOTOGRAPHS, Colors

CPU = torch.device("cpu")


def test_the_axes_are_those_of_photographs():
    covariances = []
    for name in ("coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg"):
        image = Image.open(Path(skimage.__file__).parent / "data" / name).convert("RGB")
        shares = (np.asarray(image).reshape(-1, 3) / 255).clip(0.01, 0.99)
        covariances.append(np.cov(np.log(shares / (1 - shares)).T))
    covariance = np.mean(covariances, axis=0)
    covariance /= np.trace(covariance) / 3
    axes = np.array(PHOTOGRAPHS)
    np.testing.assert_allclose(axes @ axes.T, covariance, atol=2e-3)
    gram = axes.T @ axes
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=2e-3)
    assert np.all(np.diff(np.diag(gram)) < 0)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_pixels_become_values_and_pixels_again(channels):
    pictures = torch.rand(2, channels, 5, 7) * 0.9 + 0.05
    colors = Colors(channels, CPU)
    torch.testing.assert_close(
        colors.to_pictures(colors.to_values(pictures)), pictures, atol=1e-4, rtol=0
    )


def test_free_values_without_a_relation_become_pixels_that_vary_as_photographs_do():
    values = np.random.default_rng(0).normal(size=(1, 3, 200, 200)).astype(np.float32)
    pictures = Colors(3, CPU).to_pictures(torch.from_numpy(values)).numpy()
    varied = np.cov(np.log(pictures / (1 - pictures))[0].reshape(3, -1))
    np.testing.assert_allclose(varied, np.array(PHOTOGRAPHS) @ np.array(PHOTOGRAPHS).T, atol=0.03)


def test_black_and_white_stay_so_nearly():
    pictures = torch.tensor([0.0, 1.0]).reshape(2, 1, 1, 1).expand(2, 3, 2, 2)
    colors = Colors(3, CPU)
    assert (colors.to_pictures(colors.to_values(pictures)) - pictures).abs().max() < 0.02
