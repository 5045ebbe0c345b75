"""The study's two networks, against torchvision's parts and the paper's figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torchvision.models.densenet import _DenseBlock
from torchvision.models.resnet import BasicBlock, ResNet

import cnnwalk
from cnnwalk.graph import Graph, Layer
from cnnwalk.networks import CovidDenseNet, CovidResNet, NetworkError, load_network
from cnnwalk.networks.covid import tracked_coviddensenet, tracked_covidresnet
from cnnwalk.trackers import ActivationTracker

Kind = type[CovidResNet] | type[CovidDenseNet]
KINDS: tuple[Kind, ...] = (CovidResNet, CovidDenseNet)
PAPER = (180, 250)


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.fixture
def disturbed() -> Callable[[nn.Module], nn.Module]:
    """Give every bias, scale and statistic a value of its own: none hides behind a 0 or 1."""

    def disturb(module: nn.Module) -> nn.Module:
        generator = torch.Generator().manual_seed(3)
        for value in module.state_dict().values():
            if value.ndim == 1:
                value.mul_(0.7).add_(0.3 * torch.rand(value.shape, generator=generator))
        return module.eval()

    return disturb


@pytest.mark.parametrize(
    ("kind", "classes", "parameters"),
    [
        (CovidResNet, 2, 4_980_802),
        (CovidResNet, 101, 5_031_589),
        (CovidDenseNet, 2, 1_633_538),
        (CovidDenseNet, 101, 1_687_493),
    ],
)
def test_parameters_are_as_many_as_the_paper_says(
    kind: Kind, classes: int, parameters: int
) -> None:
    assert count(kind(classes)) == parameters
    # The first convolution of a grayscale network has a third of the weights.
    assert parameters - count(kind(classes, channels=1)) == 2 * 64 * 7 * 7


@pytest.mark.parametrize(
    ("kind", "shapes"),
    [
        (
            CovidResNet,
            {
                "conv1": (64, 90, 125),
                "maxpool": (64, 45, 63),
                "layer1": (64, 45, 63),
                "layer2": (128, 23, 32),
                "layer3": (256, 12, 16),
                "layer4": (512, 6, 8),
            },
        ),
        (
            CovidDenseNet,
            {
                "features.conv0": (64, 90, 125),
                "features.pool0": (64, 45, 63),
                "features.denseblock1": (256, 45, 63),
                "features.transition1": (128, 22, 31),
                "features.denseblock2": (448, 22, 31),
                "features.transition2": (256, 11, 15),
                "features.denseblock3": (320, 11, 15),
                "features.transition3": (512, 5, 7),
                "features.denseblock4": (544, 5, 7),
            },
        ),
    ],
)
def test_maps_have_the_sizes_of_the_papers_tables(
    kind: Kind, shapes: dict[str, tuple[int, ...]]
) -> None:
    module = kind(2).eval()
    found: dict[str, tuple[int, ...]] = {}
    for name in shapes:

        def note(_: nn.Module, __: object, result: Tensor, name: str = name) -> None:
            found[name] = tuple(result.shape[1:])

        module.get_submodule(name).register_forward_hook(note)
    with torch.no_grad():
        assert module(torch.rand(1, 3, *PAPER)).shape == (1, 2)
    assert found == shapes


@pytest.mark.parametrize("kind", KINDS)
def test_weights_begin_as_kaiming_says(kind: Kind) -> None:
    torch.manual_seed(0)
    module = kind(3, channels=1)
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            # Kaiming: variance 2 / fan; torchvision's ResNet takes the fan of the outputs.
            ways = part.out_channels if kind is CovidResNet else part.in_channels
            fan = ways * part.kernel_size[0] * part.kernel_size[1]
            assert part.bias is None
            deviation = part.weight.std().item() * (fan / 2) ** 0.5
            assert deviation == pytest.approx(1, abs=5 / (2 * part.weight.numel()) ** 0.5)
        if isinstance(part, nn.Linear):
            assert not part.bias.any()
            assert part.weight.any()


def test_covidresnet_computes_what_torchvisions_resnet_does(
    disturbed: Callable[[nn.Module], nn.Module],
) -> None:
    reference = disturbed(ResNet(BasicBlock, [2, 1, 1, 1], num_classes=5))
    images = torch.rand(2, 3, 50, 70)
    for trackers in (False, True):
        module = CovidResNet(5, trackers=trackers).eval()
        module.load_state_dict(reference.state_dict(), strict=True)
        with torch.no_grad():
            assert torch.equal(module(images), reference(images))


def test_coviddensenet_computes_what_torchvisions_dense_blocks_do(
    disturbed: Callable[[nn.Module], nn.Module],
) -> None:
    module = disturbed(CovidDenseNet(5))
    tracked = CovidDenseNet(5, trackers=True).eval()
    tracked.load_state_dict(module.state_dict(), strict=True)
    blocks: list[nn.Module] = []
    for number, (layers, width) in enumerate(((6, 64), (10, 128), (2, 256), (1, 512)), 1):
        block = _DenseBlock(layers, width, bn_size=4, growth_rate=32, drop_rate=0.0)
        own = module.get_submodule(f"features.denseblock{number}")
        block.load_state_dict(own.state_dict(), strict=True)
        blocks += [block.eval()]
    state = module.state_dict()
    values = images = torch.rand(2, 3, 80, 70)
    with torch.no_grad():
        values = torch.conv2d(values, state["features.conv0.weight"], stride=2, padding=3)
        values = torch.max_pool2d(normalized(values, state, "norm0"), 3, 2, 1)
        for number, block in enumerate(blocks, 1):
            values = block(values)
            if number < 4:
                place = f"transition{number}"
                values = normalized(values, state, f"{place}.norm")
                values = torch.conv2d(values, state[f"features.{place}.conv.weight"])
                values = nn.functional.avg_pool2d(values, 2)
        pooled = normalized(values, state, "norm5").mean((2, 3))
        scores = pooled @ state["classifier.weight"].T + state["classifier.bias"]
        torch.testing.assert_close(module(images), scores)
        assert torch.equal(module(images), tracked(images))


def normalized(values: Tensor, state: dict[str, Tensor], norm: str) -> Tensor:
    """Return what a BatchNorm in eval mode and a ReLU behind it make."""
    weight, bias, mean, variance = (
        state[f"features.{norm}.{name}"][:, None, None]
        for name in ("weight", "bias", "running_mean", "running_var")
    )
    return ((values - mean) / (variance + 1e-5).sqrt() * weight + bias).relu()


@pytest.mark.parametrize("kind", KINDS)
def test_trackers_are_no_part_of_the_weights(kind: Kind) -> None:
    plain, tracked = kind(2).state_dict(), kind(2, trackers=True).state_dict()
    assert list(plain) == list(tracked)


@pytest.mark.parametrize("kind", KINDS)
def test_without_trackers_no_layer_is_called_by_hand(kind: Kind) -> None:
    module = kind(2)
    example = torch.rand(1, 3, 64, 64)
    assert cnnwalk.capture(module, example) == cnnwalk.capture(module, example, trackers="ignore")


def before(graph: Graph, layer: Layer) -> list[str]:
    """Return the labels of the layers before one."""
    labels = {each.id: each.label for each in graph.layers}
    return [labels[edge.source] for edge in graph.edges if edge.target == layer.id]


def test_a_residual_block_is_drawn_with_its_skip_two_convolutions_and_their_sum() -> None:
    graph = cnnwalk.capture(tracked_covidresnet(), torch.rand(1, 3, 64, 64), granularity="trackers")
    assert not graph.warnings
    blocks = [layer for layer in graph.layers if layer.label == "block input"]
    assert len(blocks) == 5
    for first in blocks:
        drawn = {layer.label: layer for layer in graph.layers if layer.block == first.block}
        assert list(drawn) == ["block input", "skip", "convolution 1", "convolution 2", "sum"]
        assert before(graph, drawn["skip"]) == ["block input"]
        assert before(graph, drawn["convolution 1"]) == ["block input"]
        assert before(graph, drawn["convolution 2"]) == ["convolution 1"]
        assert sorted(before(graph, drawn["sum"])) == ["convolution 2", "skip"]
        mark = next(mark for mark in graph.marks if mark.layer == first.id)
        assert mark.text == "Residual block"
    assert graph.layers[-1].label == "scores"
    assert graph.layers[-1].parameters == 512 * 2 + 2


def test_the_trackers_of_a_residual_block_hold_what_it_computes() -> None:
    module = CovidResNet(2, trackers=True).eval()
    block = module.layer2[0]
    block_input = torch.rand(1, 64, 9, 9)
    with torch.no_grad():
        output, records = ActivationTracker().collect_stats(block, block_input)
    shown = {record["layer_name"]: record["activation"] for record in records}
    assert torch.equal(shown["block input"], block_input)
    assert torch.equal(shown["sum"], (shown["convolution 2"] + shown["skip"]).relu())
    assert torch.equal(shown["sum"], output)
    assert torch.equal(shown["convolution 1"], shown["convolution 1"].relu())
    assert shown["convolution 2"].min() < 0


def test_a_dense_block_is_drawn_with_each_convolution_and_concatenation() -> None:
    graph = cnnwalk.capture(
        tracked_coviddensenet(), torch.rand(1, 3, 64, 64), granularity="trackers"
    )
    assert not graph.warnings
    blocks = [layer for layer in graph.layers if layer.label == "block input"]
    assert [mark.text for mark in graph.marks] == ["Dense block"] * 4
    assert [mark.layer for mark in graph.marks] == [layer.id for layer in blocks]
    for first, layers in zip(blocks, (6, 10, 2, 1), strict=True):
        inside = [
            layer for layer in graph.layers if f"{layer.block}.".startswith(f"{first.block}.")
        ]
        assert [layer.label for layer in inside[1:]] == ["convolution", "concatenation"] * layers
        latest = first
        for convolution, concatenation in zip(inside[1::2], inside[2::2], strict=True):
            assert before(graph, convolution) == [latest.label]
            assert before(graph, concatenation) == [latest.label, "convolution"]
            assert concatenation.shape[0] == latest.shape[0] + 32
            latest = concatenation


@pytest.mark.parametrize("kind", KINDS)
def test_the_authors_checkpoints_load_by_their_names(kind: Kind, tmp_path: Path) -> None:
    torch.manual_seed(5)
    state = kind(101).state_dict()
    torch.save(
        {f"embedded_model.{name}": value for name, value in state.items()}, tmp_path / "a.pt"
    )
    (tmp_path / "names").write_text("\n".join(f"class {number}" for number in range(101)))
    network = load_network(
        f"cnnwalk.networks.covid:{kind.__name__.lower()}",
        weights=tmp_path / "a.pt",
        classes=tmp_path / "names",
        input_size=(150, 175),
    )
    assert network.classes is not None
    assert network.classes[100] == "class 100"
    loaded = network.module.state_dict()
    assert list(loaded) == list(state)
    assert all(torch.equal(loaded[name], value) for name, value in state.items())
    assert network.example_input().shape == (1, 3, 150, 175)


def test_more_names_than_the_weights_know_classes(tmp_path: Path) -> None:
    torch.save(CovidResNet(2).state_dict(), tmp_path / "two.pt")
    (tmp_path / "names").write_text("a\nb\nc\n")
    with pytest.raises(NetworkError, match=r"have 2 classes, but the network of .* has 3"):
        load_network(
            "cnnwalk.networks.covid:covidresnet",
            weights=tmp_path / "two.pt",
            classes=tmp_path / "names",
        )


def test_a_checkpoint_of_the_other_network(tmp_path: Path) -> None:
    torch.save(CovidResNet(2).state_dict(), tmp_path / "other.pt")
    with pytest.raises(NetworkError, match=r"do not fit CovidDenseNet .*names are missing"):
        load_network("cnnwalk.networks.covid:coviddensenet", weights=tmp_path / "other.pt")
