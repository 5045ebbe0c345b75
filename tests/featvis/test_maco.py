import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from cnnwalk.featvis import FeatureVisualizationError, Order, Target
from cnnwalk.featvis.forming.begin import begin
from cnnwalk.featvis.forming.spectra import spectrum_of
from cnnwalk.featvis.settings import MacoSettings, settings_of
from cnnwalk.featvis.spectrum import Spectrum
from cnnwalk.images.datasets import Item
from cnnwalk.images.decode import ImageError
from cnnwalk.networks import InputSpec, Network

CPU = torch.device("cpu")


@dataclasses.dataclass
class Images:
    """A data set of arrays; None cannot be read."""

    images: list
    id: str = "images"
    name: str = "Images"
    description: str = ""

    def __len__(self):
        return len(self.images)

    def item(self, index):
        if self.images[index] is None:
            raise ImageError("broken")
        return Item(self.images[index], str(index), None)


def free_waves(pictures):
    """The magnitudes of what a sigmoid made into pictures (..., H, W), by numpy."""
    shares = np.asarray(pictures, np.float64).clip(0.01, 0.99)
    return np.abs(np.fft.rfft2(np.log(shares / (1 - shares)), norm="ortho"))


def network(channels, height, width):
    return Network("Small", nn.Conv2d(channels, 1, 3), InputSpec(channels, height, width))


@pytest.mark.parametrize("channels", [1, 4])
def test_a_data_sets_spectrum_is_the_mean_magnitude_of_its_images(channels):
    images = np.random.default_rng(0).integers(0, 256, (3, 12, 9, channels), np.uint8)
    found = spectrum_of(Images([*images, None]), network(channels, 12, 9)).magnitudes
    expected = free_waves(images.transpose(0, 3, 1, 2) / 255).mean(0)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_a_data_set_that_does_not_go_in_is_named():
    with pytest.raises(FeatureVisualizationError, match="None of the images of Images goes into"):
        spectrum_of(Images([np.zeros((8, 8, 4), np.uint8), None]), network(2, 8, 8))


def test_pictures_keep_their_magnitudes_while_they_form():
    magnitudes = (np.random.default_rng(0).random((1, 12, 7)) * 0.4).astype(np.float32)
    # Waves that are their own mirror image are real, so a phase would take from their magnitude.
    magnitudes[:, :, [0, -1]] = 0
    settings = MacoSettings(steps=4, rate=1.0, contrast=1.0, spectrum=Spectrum(magnitudes))
    forming = begin([Order(Target("conv", channel=0), settings)], InputSpec(1, 12, 12), CPU)
    first = forming.pictures()
    for _ in range(4):
        forming.step(lambda inputs: (inputs[:, :, 3:6, 3:6]).mean((1, 2, 3)))
    assert (forming.pictures() - first).abs().max() > 0.1
    np.testing.assert_allclose(free_waves(forming.pictures()[0]), magnitudes, atol=2e-3)


def test_a_spectrum_of_another_size_is_named():
    spectrum = Spectrum(np.ones((1, 8, 5), np.float32))
    order = Order(Target("conv", channel=0), settings_of("maco", spectrum=spectrum))
    with pytest.raises(FeatureVisualizationError, match=r"shape \(1, 8, 5\).*\(1, 9, 5\)"):
        begin([order], InputSpec(1, 9, 9), CPU)


@pytest.mark.parametrize(
    "magnitudes",
    [np.zeros((1, 4, 3), np.float32), np.full((1, 4, 3), np.nan, np.float32), np.ones((1, 4, 3))],
)
def test_what_is_no_spectrum_is_refused(magnitudes):
    with pytest.raises(FeatureVisualizationError, match="spectrum"):
        Spectrum(magnitudes)
