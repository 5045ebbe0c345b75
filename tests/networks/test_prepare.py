from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.models import ResNet50_Weights
from torchvision.transforms import v2

from cnnwalk.networks import InputSpec, Network, NetworkError
from cnnwalk.pixels import ChannelError


def network(spec: InputSpec) -> Network:
    return Network("none", nn.Identity(), spec)


def picture(width: int, height: int, seed: int = 0) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


@pytest.mark.parametrize(
    "size", [(300, 200), (200, 301), (225, 225), (57, 33), (1, 1), (2, 1), (1, 700), (1025, 769)]
)
def test_is_torchvisions_evaluation_transform(size: tuple[int, int]) -> None:
    spec = InputSpec(resize=232, interpolation="bilinear")
    image = picture(*size)
    expected = ResNet50_Weights.IMAGENET1K_V2.transforms()(image)[None]
    assert (network(spec).prepare(image) - expected).abs().max() <= 1e-6


@pytest.mark.parametrize("size", [(64, 48), (33, 47)])
def test_an_image_of_the_inputs_size_goes_in_pixel_for_pixel(size: tuple[int, int]) -> None:
    spec = InputSpec(height=size[1], width=size[0], resize=80, mean=(0.5,) * 3, std=(0.25,) * 3)
    image = picture(*size)
    expected = (v2.functional.pil_to_tensor(image).float() / 255 - 0.5) / 0.25
    assert torch.equal(network(spec).prepare(image)[0], expected)
    assert network(spec).crop(size).region == (0, 0, 1, 1)


@pytest.mark.parametrize(("channels", "size"), [(3, (300, 200)), (1, (57, 33)), (3, (64, 48))])
def test_an_image_is_fitted_to_the_size_and_channels(channels: int, size: tuple[int, int]) -> None:
    spec = InputSpec(channels=channels, height=48, width=64, interpolation="bilinear")
    steps = [v2.Resize(48, antialias=True), v2.CenterCrop((48, 64))]
    taken = picture(*size) if channels == 3 else picture(*size).convert("L")
    fitted = network(spec).fit(picture(*size))
    assert fitted.shape == (48, 64, channels)
    assert fitted.dtype == np.uint8
    expected = v2.functional.pil_to_tensor(v2.Compose(steps)(taken)).permute(1, 2, 0)
    assert np.array_equal(fitted, expected.numpy())


@pytest.mark.parametrize(
    "size", [(300, 200), (200, 301), (57, 33), (1, 1), (1, 700), (64, 48), (48, 64), (1025, 769)]
)
@pytest.mark.parametrize("resize", [48, 55])
def test_what_is_scaled_already_goes_in_as_if_it_were_not(
    size: tuple[int, int], resize: int
) -> None:
    spec = InputSpec(height=48, width=64, resize=resize)
    image = np.asarray(picture(*size))
    scaled = network(spec).scale(image)
    assert scaled.shape[2] == 3
    assert torch.equal(network(spec).prepare(scaled), network(spec).prepare(image))


def test_is_a_float_tensor_of_the_asked_shape() -> None:
    prepared = network(InputSpec(height=180, width=250, resize=180)).prepare(picture(90, 90))
    assert prepared.shape == (1, 3, 180, 250)
    assert prepared.dtype == torch.float32


def test_fills_a_crop_that_is_wider_than_the_image() -> None:
    spec = InputSpec(height=100, width=300, mean=(0, 0, 0), std=(1, 1, 1), resize=100)
    white = Image.new("RGB", (50, 80), "white")
    assert network(spec).prepare(white).min() == 1


def test_a_strip_is_cropped_before_it_is_scaled_to_gigabytes() -> None:
    strip = Image.new("RGB", (4_000_000, 1), "red")
    strip.paste("lime", (1_999_000, 0, 2_001_000, 1))
    spec = InputSpec(mean=(0, 0, 0), std=(1, 1, 1))
    prepared = network(spec).prepare(strip)
    assert torch.equal(prepared[0, :, 0, 0], torch.tensor([0.0, 1.0, 0.0]))
    assert prepared.shape == (1, 3, 224, 224)


def test_long_but_possible_images_are_as_torchvision_makes_them() -> None:
    image = picture(640, 20)
    spec = InputSpec(height=64, width=64, resize=64, mean=(0, 0, 0), std=(1, 1, 1))
    expected = v2.functional.center_crop(
        v2.functional.resize(image, [64], v2.InterpolationMode.BICUBIC), [64, 64]
    )
    values = torch.from_numpy(np.array(expected)).permute(2, 0, 1)[None] / 255
    assert (network(spec).prepare(image) - values).abs().max() <= 2 / 255


def test_grayscale_networks_get_luminance(photograph: Callable[[str], Image.Image]) -> None:
    spec = InputSpec(channels=1, height=28, width=28, resize=28, mean=(0.5,), std=(0.25,))
    prepared = network(spec).prepare(photograph("coffee.png"))
    assert prepared.shape == (1, 1, 28, 28)
    red, green, blue = (
        network(InputSpec(height=28, width=28, resize=28, mean=(0, 0, 0), std=(1, 1, 1)))
        .prepare(photograph("coffee.png"))[0]
        .unbind()
    )
    luminance = 0.299 * red + 0.587 * green + 0.114 * blue
    assert ((prepared[0, 0] * 0.25 + 0.5) - luminance).abs().max() < 2.5 / 255


@pytest.mark.parametrize("channels", [2, 4, 12])
def test_other_networks_get_the_luminance_of_a_photograph_in_every_channel(
    photograph: Callable[[str], Image.Image], channels: int
) -> None:
    size = {"height": 28, "width": 40}
    prepared = network(InputSpec(channels, **size)).prepare(photograph("coffee.png"))
    gray = network(InputSpec(1, **size)).prepare(photograph("coffee.png").convert("L"))
    assert prepared.shape == (1, channels, 28, 40)
    assert torch.equal(prepared, gray.expand(-1, channels, -1, -1))


@pytest.mark.parametrize("channels", [1, 2, 4, 12])
def test_an_image_of_the_networks_channels_keeps_each_of_them(channels: int) -> None:
    values = np.random.default_rng(1).random((20, 30, channels), dtype=np.float32)
    means = tuple(np.linspace(0.2, 0.8, channels).tolist())
    spec = InputSpec(channels, 20, 30, means, (0.25,))
    expected = (values.transpose(2, 0, 1) - np.array(means)[:, None, None]) / 0.25
    assert np.abs(network(spec).prepare(values)[0].numpy() - expected).max() < 1e-5


def test_channels_are_scaled_as_photographs_are() -> None:
    """Four channels, three of which are a photograph, against that photograph prepared alone."""
    image = picture(300, 200)
    four = np.dstack([np.asarray(image), np.asarray(image)[:, :, 1]])
    size = {"height": 96, "width": 64, "mean": (0.5,), "std": (0.5,)}
    expected = network(InputSpec(3, **size)).prepare(image)
    prepared = network(InputSpec(4, **size)).prepare(four)
    assert torch.equal(prepared[:, :3], expected)
    assert torch.equal(prepared[:, 3], expected[:, 1])
    floats = network(InputSpec(4, **size)).prepare((four / 255).astype(np.float32))
    # 8 bits are rounded and cut off between the two directions of the scaling, too.
    assert (floats - prepared).abs().mean() < 1.5 / 255


def test_floats_stay_in_their_range_when_they_are_scaled() -> None:
    board = (np.indices((16, 16)).sum(0) % 2).astype(np.float32)[:, :, None]
    spec = InputSpec(1, 50, 50, mean=(0,), std=(1,))
    prepared = network(spec).prepare(board)
    assert (prepared.min(), prepared.max()) == (0, 1)


@pytest.mark.parametrize(("given", "wanted"), [(2, 3), (4, 3), (12, 1), (4, 12)])
def test_measurements_do_not_go_into_networks_of_other_channels(given: int, wanted: int) -> None:
    said = rf"The image has {given} channels, but the network takes {wanted}.*grayscale and RGB"
    with pytest.raises(ChannelError, match=said):
        network(InputSpec(wanted)).prepare(np.zeros((8, 8, given), np.uint8))


@pytest.mark.parametrize("values", [np.zeros((8, 8)), np.zeros((8, 8, 3)), np.zeros((0, 8, 3))])
def test_arrays_that_are_no_images_are_refused(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"give \(H, W, C\), uint8 or float32"):
        network(InputSpec()).prepare(values)


def test_what_is_left_out_of_a_specification() -> None:
    colour, other = InputSpec(), InputSpec(4, 28, 20, std=(0.25,))
    assert (colour.mean, colour.resize) == ((0.485, 0.456, 0.406), 224)
    assert (other.mean, other.std, other.resize) == ((0.5,) * 4, (0.25,) * 4, 20)
    assert InputSpec(2, mean=[0.1, 0.2]).mean == (0.1, 0.2)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_an_input_has_the_type_of_the_module(dtype: torch.dtype) -> None:
    module = nn.Conv2d(3, 2, 1).to(dtype)
    example = Network("half", module, InputSpec(height=8, width=8)).example_input()
    assert module(example).dtype == dtype


def test_example_input_is_mid_grey() -> None:
    example = network(InputSpec(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))).example_input()
    assert example.shape == (1, 3, 224, 224)
    assert example.abs().max() < 0.01


def test_the_crop_keeps_its_part_of_the_image_at_another_size() -> None:
    spec = InputSpec(resize=256).at(112, 168)
    assert (spec.height, spec.width, spec.resize) == (112, 168, 128)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"channels": 0}, "0 channels"),
        ({"height": 0}, "height is 0"),
        ({"width": 100_000}, "width is 100000"),
        ({"resize": -1}, "resize is -1"),
        ({"mean": (0.5, 0.5)}, "2 means and 3 standard deviations"),
        ({"channels": 4, "mean": (0.1, 0.2, 0.3)}, "4 channels but 3 means"),
        ({"std": (0.0, 0.2, 0.2)}, "above 0"),
        ({"mean": (float("nan"), 0.2, 0.2)}, "finite"),
        ({"interpolation": "nearest"}, "'nearest'"),
    ],
)
def test_an_impossible_specification_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        InputSpec(**change)
