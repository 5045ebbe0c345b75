"""Pictures in a batch, in networks that take batches and in those that do not."""

from __future__ import annotations

import pytest
import torch
from reaching import RUNS, Counted, copied, images
from torch import nn

from cnnwalk.capture import observe
from cnnwalk.graph import maps_shape


class Listed(nn.Module):
    """Takes a list of images, as detection networks do."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, images):
        return self.last(self.conv(torch.stack([image / 2 for image in images])).relu())


class OfOne(nn.Module):
    """Works for a batch of one alone."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Linear(4, 3)

    def forward(self, x):
        return self.last(self.conv(x).mean((2, 3)).view(1, 4))


class Mixing(nn.Module):
    """What an image gives depends on the others of its batch."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        y = self.conv(x)
        return self.last(y - y.mean(0, keepdim=True) * 0.5)


class Windows(nn.Module):
    """Computes with four windows of each image, which are a batch of their own."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        rows = torch.stack([half for row in x.chunk(2, 2) for half in row.chunk(2, 3)], 1)
        y = self.conv(rows.flatten(0, 1)).relu()
        return self.last(y)


def observed(module, image, graph, layer):
    """Return the first row of a layer's activation, as capture sees it of one image (1, ...)."""
    found = []
    observe(
        module,
        [image[0]] if isinstance(module, Listed) else image,
        graph,
        lambda each, tensor: found.append(tensor[:1].clone()) if each is layer else None,
    )
    return found[0]


@pytest.mark.parametrize("build", [Listed, OfOne, Mixing, Windows])
def test_a_picture_does_not_depend_on_others_of_its_batch(build):
    torch.manual_seed(0)
    module = build().eval()
    copy, graph = copied(module, side=12, task="detection" if build is Listed else None)
    inputs = images(3, side=12)
    for layer in graph.layers:
        reach = copy.reach(layer.id)
        maps = reach(inputs)
        assert maps.shape == (3, *maps_shape(layer.shape))
        alone = [observed(module, image, graph, layer) for image in inputs.detach()[:, None]]
        assert torch.allclose(maps, torch.cat(alone).reshape(maps.shape), atol=1e-5)
        (gradient,) = torch.autograd.grad(maps[1].sum(), inputs)
        assert gradient[1].any()
        assert not gradient[0].any()
        assert not gradient[2].any()


def test_a_layer_that_takes_batches_is_reached_in_one_pass():
    copy, _ = copied(Counted(), side=16)
    reach = copy.reach("b")
    RUNS.clear()
    reach(images(8, side=16))
    assert RUNS == ["a"]
