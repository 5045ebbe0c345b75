"""The public names, and a walk from Python."""

from __future__ import annotations

import threading

import httpx
import pytest
import torch
from torch import nn

import cnnwalk as package
from cnnwalk.server.walk import Walk


@pytest.fixture
def module():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    )


class Colours(torch.utils.data.Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, index):
        return torch.full((3, 10, 10), index / 6), index % 2


def test_there_are_few_names_and_each_is_there():
    assert len(set(package.__all__) - {"__version__"}) <= 12
    assert dir(package) == sorted(package.__all__)
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'wlak'"):
        package.wlak  # noqa: B018


def test_capture_can_be_called_before_and_after_its_package_is_imported(module):
    import cnnwalk.capture

    graph = package.capture(module, torch.zeros(1, 3, 16, 16), granularity="ops")
    assert isinstance(graph, package.Graph)
    assert graph.granularity == "ops"
    assert cnnwalk.capture.record(module, torch.zeros(1, 3, 16, 16)).graph("ops") == graph


def test_a_module_is_walked_from_python(module):
    with package.walk(
        module, images=Colours(), classes=["dark", "light"], input_size=(16, 16), port=0
    ) as walk:
        base = walk.url.partition("?")[0]
        with httpx.Client(follow_redirects=True) as browser:
            browser.get(walk.url)
            info = browser.get(f"{base}api/walk").json()
            (network,), (dataset,) = info["networks"], info["datasets"]
            assert (network["classes"], network["input"]["height"]) == (2, 16)
            assert (dataset["name"], dataset["count"]) == ("Colours", 6)
            page = browser.get(f"{base}api/datasets/{dataset['id']}/draws/0?count=6").json()
            assert {image["label"] for image in page["images"]} == {"dark", "light"}
        waiting = threading.Thread(target=walk.wait)
        waiting.start()
        assert waiting.is_alive()
    waiting.join(30)
    assert not waiting.is_alive()
    with pytest.raises(httpx.ConnectError):
        httpx.get(base)


def test_several_networks_are_walked_with_the_same_classes(module):
    spec = package.InputSpec(height=16, width=16, resize=16)
    network = package.Network("mine", module, spec)
    models = [module, network, network]
    with package.walk(models, classes=["dark", "light"], input_size=(16, 16), port=0) as walk:
        served = [each.network for each in walk.walk.networks.values()]
    assert [each.name for each in served] == ["Sequential", "mine", "mine (2)"]
    assert {each.classes for each in served} == {("dark", "light")}


def test_a_network_that_fails_on_its_way_is_not_walked():
    module = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(), nn.Linear(7, 2))
    network = package.Network("mine", module)
    with pytest.raises(package.NetworkError, match=r"mine cannot take an input of shape .*7x2"):
        package.walk(network, port=0)
    with pytest.raises(package.NetworkError, match=r"mine fails .*2 \(Linear\).*cnnwalk graph"):
        Walk([network], [])


def test_a_network_of_one_s_own_with_too_few_class_names_is_not_walked(module):
    network = package.Network("mine", module, package.InputSpec(3, 16, 16), ("dark",))
    with pytest.raises(package.NetworkError, match="1 class names, but mine has 2 classes"):
        package.walk(network, port=0)


def test_bad_arguments_leave_no_server_behind(module):
    from cnnwalk.server.listen import listen

    with listen(port=0).socket as free:
        port = free.getsockname()[1]
    with pytest.raises(package.NetworkError, match="3 class"):
        package.walk(module, classes=["a", "b", "c"], port=port)
    with pytest.raises(ValueError, match="give a folder"):
        package.walk(module, images=7, port=port)
    with pytest.raises(package.NetworkError, match=r"7 is of type int: give a torch\.nn\.Module"):
        package.walk(7, port=port)
    listen(port=port).socket.close()


def test_a_headset_comes_into_a_walk_from_python(module):
    with package.walk(module, lan=True, host="127.0.0.1", port=0) as walk:
        assert walk.pairing_url.startswith("https://127.0.0.1:")
        with httpx.Client(verify=False) as headset:  # noqa: S501 - the warning is accepted
            code = walk.pairing.new_code()
            assert headset.post(walk.pairing_url, data={"code": code}).status_code == 303
            assert headset.get(walk.pairing_url.replace("/pair", "/api/walk")).status_code == 200
    with pytest.raises(RuntimeError, match="needs both --cert FILE and --key FILE"):
        package.walk(module, cert="own.crt", port=0)


@pytest.mark.parametrize(
    ("model", "example", "sentence"),
    [
        ("resnet50", torch.zeros(1, 3, 8, 8), "'resnet50' is of type str: give a torch"),
        (nn.Conv2d(3, 4, 1), "picture.png", "'picture.png' of type str and holds no tensor: give"),
        (
            nn.Conv2d(3, 4, 1),
            (torch.zeros(1, 3, 8, 8), None),
            "positional arguments but 3 were given",
        ),
    ],
)
def test_what_is_no_module_or_no_tensor_is_named(model, example, sentence):
    with pytest.raises(package.CaptureError, match=sentence):
        package.capture(model, example)
