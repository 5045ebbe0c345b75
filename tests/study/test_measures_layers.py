"""Layers, gradients and robustness of networks that are built by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnwalk.study.imageset import Indices
from cnnwalk.study.measures import PLACES
from cnnwalk.study.measures.gradients import gradient_high_frequencies
from cnnwalk.study.measures.layers import measure_maps, watched
from cnnwalk.study.measures.maps import active_share, geary, high_frequencies, hoyer, strengths
from cnnwalk.study.measures.places import MODULES, Modules
from cnnwalk.study.measures.robustness import blurred, measure_robustness, noise_for
from cnnwalk.study.trained import NETWORK_NAMES, NetworkName, build_network

MODULES_OF_TWO = Modules(maps={"1": "1", "last convolution": "2"}, pictures={})


class Flat(nn.Module):
    """Returns two scores: how bright an image is, and a threshold."""

    def forward(self, images: Tensor) -> Tensor:
        bright = images.mean((1, 2, 3))
        return torch.stack([torch.full_like(bright, 0.3), bright], 1)


class Weighted(nn.Module):
    """Returns two scores whose gradients at the input are known."""

    def __init__(self, gradients: Tensor) -> None:
        super().__init__()
        self.gradients = gradients

    def forward(self, images: Tensor) -> Tensor:
        return torch.einsum("nchw,khw->nk", images, self.gradients)


def two_layers() -> nn.Sequential:
    torch.manual_seed(0)
    first, last = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 4, 3, padding=1, bias=False)
    assert first.bias is not None
    with torch.no_grad():
        first.weight[2] = 0
        first.bias[2] = -1  # dead: never above zero
        first.weight[5] = 0
        first.bias[5] = 2  # the same value everywhere
        last.weight[1] = -1  # never positive, and yet not silent
        last.weight[3] = 0
    return nn.Sequential(first, nn.ReLU(), last).eval()


def inputs(count: int = 8) -> Tensor:
    return torch.randn(count, 3, 10, 12, generator=torch.Generator().manual_seed(1))


def test_layers_are_measured_as_the_formulas_say() -> None:
    module, images = two_layers(), inputs()

    first, last = measure_maps(module, MODULES_OF_TWO, [images[:5], images[5:]])

    maps = module[:2](images).detach()
    assert (first.place, first.layer) == ("1", "1")
    assert (first.channels, first.height, first.width) == (6, 10, 12)
    shares = geary(maps).flatten().numpy(), high_frequencies(maps).flatten().numpy()
    # torch takes the lower of two middle values.
    assert first.geary == pytest.approx(np.nanquantile(shares[0], 0.5, method="lower"))
    assert first.high_frequencies == pytest.approx(np.nanquantile(shares[1], 0.5, method="lower"))
    assert first.hoyer == pytest.approx(hoyer(strengths(maps)).mean())
    assert first.active == pytest.approx(active_share(maps).mean())
    assert (last.place, last.channels) == ("last convolution", 4)


def test_silent_and_constant_channels_are_counted() -> None:
    first, last = measure_maps(two_layers(), MODULES_OF_TWO, [inputs()])

    assert first.silent == (2,)
    assert first.constant == pytest.approx(2 / 6)
    assert last.silent == (3,)


@pytest.mark.parametrize("number", [1, 4])
def test_a_channel_that_speaks_once_is_not_silent(number: int) -> None:
    module = nn.Sequential(nn.Identity(), nn.ReLU(), nn.Identity())
    images = torch.zeros(6, 3, 4, 4)
    images[number, 1, 0, 2] = 1e-3

    first, _ = measure_maps(module, MODULES_OF_TWO, [images[:3], images[3:]])

    assert first.silent == (0, 2)


def test_a_dead_layer_has_no_numbers_but_its_silence() -> None:
    module = nn.Sequential(nn.Identity(), nn.ReLU(), nn.Identity())

    first, _ = measure_maps(module, MODULES_OF_TWO, [-inputs().abs()])

    assert (first.geary, first.high_frequencies, first.hoyer, first.active) == (None,) * 4
    assert first.constant == 1
    assert first.silent == (0, 1, 2)


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_places_are_after_the_activation_and_of_the_sizes_in_the_notes(name: NetworkName) -> None:
    module = build_network(name, 5, 3).eval()

    layers = measure_maps(module, MODULES[name], [torch.randn(1, 3, 144, 144)])

    assert tuple(layer.place for layer in layers) == PLACES
    last = 5 if name == "covidresnet" else 4
    assert [layer.width for layer in layers] == [36, 18, 9, last, last]
    least: list[float] = []
    paths = MODULES[name].maps.values()
    watches = dict.fromkeys(paths, lambda maps: least.append(float(maps.detach().min())))
    with watched(module, watches):
        module(torch.randn(1, 3, 144, 144))
    assert sorted(value >= 0 for value in least) == [False, True, True, True, True]
    convolutions = [path for path, part in module.named_modules() if isinstance(part, nn.Conv2d)]
    # torchvision's ResNet lists what the skip branch has behind the convolution that comes last.
    assert MODULES[name].maps["last convolution"] in convolutions[-2:]


def test_the_gradient_is_that_of_the_true_class() -> None:
    rows, columns = torch.meshgrid(torch.arange(16), torch.arange(16), indexing="ij")
    smooth = torch.cos(2 * torch.pi * columns / 16)
    rough = (-1.0) ** (rows + columns)
    module = Weighted(torch.stack([smooth, rough]))
    images = torch.randn(3, 3, 16, 16)

    def share(*classes: int) -> float | None:
        return gradient_high_frequencies(module, [(images, torch.tensor(classes))])

    assert share(0, 0, 0) == pytest.approx(0, abs=1e-5)
    assert share(1, 1, 1) == pytest.approx(1, abs=1e-5)
    assert share(0, 1, 1) == pytest.approx(1, abs=1e-5)  # the median


def test_no_gradient_is_no_number() -> None:
    module = Weighted(torch.zeros(2, 8, 8))

    batch = torch.randn(2, 3, 8, 8), torch.tensor([0, 1])
    assert gradient_high_frequencies(module, [batch]) is None


def batches_of(levels: list[float], classes: list[int]) -> list[tuple[Indices, Tensor, Tensor]]:
    images = torch.tensor(levels)[:, None, None, None].expand(-1, 3, 8, 8).contiguous()
    rows = np.arange(len(levels)) + 100
    parts = (slice(3), slice(3, None))
    return [(rows[part], images[part], torch.tensor(classes[part])) for part in parts]


def test_without_disturbance_robustness_is_accuracy() -> None:
    batches = batches_of([0.2, 0.4, 0.1, 0.9, 0.8], [0, 1, 1, 1, 0])

    noise, blur = measure_robustness(Flat(), batches, noises=(0.0, 1e-4), blurs=(0.0, 2.0), seed=0)

    # Blur does nothing to images of one colour, and so little noise nothing to these.
    assert noise.accuracies == (0.6, 0.6)
    assert blur.accuracies == (0.6, 0.6)
    assert (noise.images, blur.images) == (5, 5)
    assert (noise.strengths, blur.strengths) == ((0.0, 1e-4), (0.0, 2.0))


def test_noise_is_standard_normal_times_its_strength_and_that_of_the_seed() -> None:
    seen: list[Tensor] = []

    class Seeing(Flat):
        def forward(self, images: Tensor) -> Tensor:
            seen.append(images.clone())
            return super().forward(images)

    batches = batches_of([0.5] * 4, [1] * 4)
    measure_robustness(Seeing(), batches[:1], noises=(0.0, 0.5, 0.25), blurs=(), seed=3)

    plain, half, quarter = seen
    torch.testing.assert_close(half - plain, 2 * (quarter - plain), atol=1e-6, rtol=0)
    assert float((half - plain).std()) == pytest.approx(0.5, abs=0.03)
    torch.testing.assert_close(half - plain, 0.5 * noise_for(batches[0][0], (3, 8, 8), 3))


def test_an_image_has_the_same_noise_in_any_company() -> None:
    together = noise_for(np.array([4, 9]), (3, 8, 8), 0)

    torch.testing.assert_close(noise_for(np.array([9]), (3, 8, 8), 0)[0], together[1])
    assert not torch.equal(together[0], together[1])
    assert not torch.equal(noise_for(np.array([4]), (3, 8, 8), 1)[0], together[0])


@pytest.mark.parametrize("sigma", [0.5, 1.5, 3.0])
def test_blur_is_a_gaussian(sigma: float) -> None:
    images = inputs(2)
    reach = 14
    offsets = np.arange(-reach, reach + 1)
    kernel = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * sigma**2))
    kernel /= kernel.sum()

    wide = np.pad(images.double().numpy(), ((0, 0), (0, 0), (reach,) * 2, (reach,) * 2), "edge")
    windows = np.lib.stride_tricks.sliding_window_view(wide, kernel.shape, (2, 3))
    expected = (windows * kernel).sum((-2, -1))
    np.testing.assert_allclose(blurred(images, sigma).numpy(), expected, atol=5e-4)
