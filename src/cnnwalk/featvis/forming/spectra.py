"""The spectrum of a data set, for mode ``maco``."""

from __future__ import annotations

import numpy as np
import torch

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.forming.colors import Colors
from cnnwalk.featvis.forming.waves import to_waves
from cnnwalk.featvis.spectrum import Spectrum
from cnnwalk.images import Dataset
from cnnwalk.images.datasets import draw
from cnnwalk.images.decode import ImageError
from cnnwalk.networks import Network
from cnnwalk.pixels import ChannelError


def spectrum_of(dataset: Dataset, network: Network, *, most: int = 256) -> Spectrum:
    """Measure how strong the waves are in a data set's images, as the network takes them.

    Args:
        dataset: of images that go into the network; those that do not, or cannot be read, are
            left out.
        network: its input says size and channels.
        most: how many images are drawn at most, from 1.

    Raises:
        FeatureVisualizationError: no image could be used, or all are of one grey.
    """
    cpu = torch.device("cpu")
    colors = Colors(network.input.channels, cpu)
    total, count = torch.zeros(()), 0
    for index in draw(len(dataset), seed=0)[:most].tolist():
        try:
            pixels = network.fit(dataset.item(index).image)
        except (ImageError, ChannelError):
            continue
        shares = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1))).float()
        shares = shares / 255 if pixels.dtype == np.uint8 else shares
        total = total + to_waves(colors.to_values(shares[None]))[0].abs()
        count += 1
    if not count:
        raise FeatureVisualizationError(
            f"None of the images of {dataset.name} goes into {network.name}: take another data set."
        )
    return Spectrum((total / count).numpy())
