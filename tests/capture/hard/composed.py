"""Operations that hold networks of their own, and convolutions that do not look like any."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torchvision.ops import deform_conv2d, roi_align

from hard.case import BOTH, SEPARATE, Branches, Hard, image


class SelfAttention(nn.Module):
    """Attention written out, with a bias of its own for each pair of places."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Conv2d(4, 12, 1)
        self.places = nn.Parameter(torch.rand(64, 64))
        self.last = nn.Conv2d(4, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.project(x).flatten(2).chunk(3, dim=1)
        weights = (query.transpose(1, 2) @ key / 2 + self.places).softmax(-1)
        y = (value @ weights.transpose(1, 2)).view(x.shape)
        out: Tensor = self.last(y) + x
        return out


class TransformerOnFeatures(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(4, 8, 1)
        self.encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.stem(x).flatten(2).transpose(1, 2)
        out: Tensor = self.head(self.encoder(tokens).mean(1))
        return out


class MultiHeadAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(4, 8, 1)
        self.b = nn.Conv2d(4, 8, 1)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        first, second = (step(x).flatten(2).transpose(1, 2) for step in (self.a, self.b))
        y, _ = self.attention(first, second, second)
        out: Tensor = y + first
        return out


class RecurrentOverRows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(4, 4, 1)
        self.rows = nn.LSTM(32, 6, bidirectional=True, batch_first=True)
        self.head = nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.stem(x).permute(0, 2, 1, 3).flatten(2)
        y, (_, _) = self.rows(rows)
        out: Tensor = self.head(y[:, -1])
        return out


class ConvolutionByUnfolding(nn.Module):
    """Patches times a matrix: a convolution that torch does not know as one."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(5, 36))
        self.last = nn.Conv2d(5, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        patches = F.unfold(x, 3, padding=1)
        out: Tensor = self.last((self.weight @ patches).view(1, 5, 8, 8))
        return out


class ConvolutionByFourier(Branches):
    """Complex numbers on the way."""

    def forward(self, x: Tensor) -> Tensor:
        spectrum = torch.fft.rfft2(self.a(x)) * torch.fft.rfft2(self.b(x)).conj()
        out: Tensor = self.last(torch.fft.irfft2(spectrum, s=x.shape[2:]))
        return out


class ComplexConvolution(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.view_as_real(torch.complex(self.a(x), self.b(x))).sum(-1)
        out: Tensor = self.last(y)
        return out


class Deformable(nn.Module):
    """The places where the kernel reads come from another convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.offset = nn.Conv2d(4, 18, 3, padding=1)
        self.weight = nn.Parameter(torch.rand(4, 4, 3, 3))
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = deform_conv2d(x, self.offset(x), self.weight, padding=(1, 1))
        out: Tensor = self.last(y)
        return out


class SpatialTransformer(Branches):
    """Where the image is sampled depends on the image."""

    def forward(self, x: Tensor) -> Tensor:
        move = self.a(x).mean((2, 3)).view(1, 2, 2)
        affine = F.pad(move, (0, 1))
        grid = F.affine_grid(affine, list(x.shape), align_corners=False)
        y = F.grid_sample(self.b(x), grid, align_corners=False)
        out: Tensor = self.last(y)
        return out


class RegionsOfInterest(Branches):
    """Boxes found by one branch cut out parts of the other."""

    def forward(self, x: Tensor) -> Tensor:
        scores, places = self.a(x).flatten(1).topk(3)
        corners = torch.stack([places[0] % 4, places[0] % 3], 1).float()
        boxes = torch.cat([corners, corners + 4], 1)
        y: Tensor = roi_align(self.b(x), [boxes], output_size=2)
        out: Tensor = self.last(y * scores.mean())
        return out


class SparseMixing(Branches):
    """A product with a sparse matrix."""

    def forward(self, x: Tensor) -> Tensor:
        mixing = torch.eye(64).to_sparse()
        y = torch.sparse.mm(mixing, self.a(x)[0].flatten(1).t()).t().view(x.shape)
        out: Tensor = self.last(y + self.b(x))
        return out


class Shuffled(nn.Module):
    """Channels split, shuffled, rolled, padded and put together again."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(2, 2, 1)
        self.shuffle = nn.ChannelShuffle(2)
        self.last = nn.Conv2d(1, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        left, right = x.tensor_split(2, dim=1)
        y = self.shuffle(torch.cat([left, self.a(right)], 1))
        y = F.pad(y.roll((1, 1), (2, 3)), (1, 1, 1, 1), mode="circular")
        out: Tensor = self.last(F.pixel_shuffle(y[..., :-2, :-2], 2))
        return out


class PickyConvolution(nn.Module):
    """Three kinds of convolution in one: over time, over volume, and transposed."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Conv1d(4, 4, 3, padding="same", padding_mode="reflect")
        self.volume = nn.Conv3d(1, 2, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 2, 2, 2, output_padding=1)
        self.lazy = nn.LazyConv2d(3, 1)
        self.lazy(torch.zeros(1, 2, 8, 8))

    def forward(self, x: Tensor) -> Tensor:
        y = self.line(x.flatten(2)).view(x.shape)
        y = self.volume(y.unsqueeze(1)).flatten(1, 2)
        out: Tensor = self.lazy(self.up(y))
        return out


_INSIDE = "the joins are inside one operation"
MODELS = (
    Hard(SelfAttention, 2, adds=1, leads=(("project", "last"),)),
    Hard(TransformerOnFeatures, 1, adds=2, leads=(("stem", "head"),), limit=_INSIDE),
    Hard(MultiHeadAttention, 2, adds=1, apart=SEPARATE, limit=_INSIDE),
    Hard(RecurrentOverRows, 1, leads=(("stem", "head"),), limit=_INSIDE),
    Hard(ConvolutionByUnfolding, 1),
    Hard(ConvolutionByFourier, 3, leads=BOTH, apart=SEPARATE),
    Hard(ComplexConvolution, 3, leads=BOTH, apart=SEPARATE),
    Hard(Deformable, 3, leads=(("offset", "last"),), limit="no kernel of aten convolves"),
    Hard(SpatialTransformer, 3, leads=BOTH, apart=SEPARATE),
    Hard(RegionsOfInterest, 3, cats=2, leads=BOTH, limit="autograd ends at indices"),
    Hard(SparseMixing, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(Shuffled, 2, cats=1, leads=(("a", "last"),)),
    Hard(PickyConvolution, 4, example_input=image()),
)
