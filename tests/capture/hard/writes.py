"""Data written in place: into tensors, views and slices, with results used or thrown away."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from hard.case import BOTH, SEPARATE, Branches, Hard


class DiscardedAdd(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y.add_(self.b(x))
        F.relu_(y)
        out: Tensor = self.last(y)
        return out


class AugmentedAddSeenThroughAnAlias(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = kept = self.a(x)
        y += self.b(x)
        out: Tensor = self.last(kept)
        return out


class OutArgument(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.empty(1, 4, 8, 8)
        torch.add(self.a(x), self.b(x), out=y)
        out: Tensor = self.last(y)
        return out


class ConcatenationIntoOutArgument(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.empty(1, 4, 16, 8)
        torch.cat([self.a(x), self.b(x)], dim=2, out=y)
        out: Tensor = self.last(y)
        return out


class SkipChangedByInplaceRelu(Branches):
    """The famous bug: the skip is taken before the activation and changed by it."""

    def forward(self, x: Tensor) -> Tensor:
        skip = self.a(x)
        y = F.relu(skip, inplace=True)
        out: Tensor = self.last(self.b(y) + skip)
        return out


class AddIntoSlice(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y[:, :2] += self.b(x)[:, :2]
        out: Tensor = self.last(y)
        return out


class AddThroughTransposedView(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y.permute(0, 2, 3, 1).add_(self.b(x).permute(0, 2, 3, 1))
        out: Tensor = self.last(y)
        return out


class CanvasFilledBySlices(Branches):
    def forward(self, x: Tensor) -> Tensor:
        canvas = torch.zeros(1, 4, 8, 8)
        canvas[:, :2] = self.a(x)[:, :2]
        canvas[:, 2:] = self.b(x)[:, 2:]
        out: Tensor = self.last(canvas)
        return out


class ViewsTakenBeforeTheWrite(Branches):
    def forward(self, x: Tensor) -> Tensor:
        canvas = torch.zeros(1, 4, 8, 8, dtype=x.dtype)
        top, bottom = canvas[:, :, :4], canvas[:, :, 4:]
        top.copy_(self.a(x)[:, :, :4])
        bottom.copy_(self.b(x)[:, :, 4:])
        out: Tensor = self.last(canvas)
        return out


class HalvesThatInterleaveInMemory(Branches):
    """Left and right half have no element in common, though their address ranges overlap."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        canvas = torch.zeros(1, 4, 8, 8)
        left, right = canvas[..., :4], canvas[..., 4:]
        left.copy_(self.a(x)[..., :4])
        right.copy_(self.b(x)[..., 4:])
        return self.last(left), right


class PartsOfAChunkWritten(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        left, _ = y.chunk(2, dim=1)
        left += self.b(x)[:, :2]
        out: Tensor = self.last(y)
        return out


class Overwritten(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y.copy_(self.b(x))
        out: Tensor = self.last(y)
        return out


class Accumulated(nn.Module):
    """A loop that adds to a canvas of zeros: all but the first addition join something."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.ModuleList(nn.Conv2d(4, 4, 1) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        total = torch.zeros_like(x)
        for step in self.steps:
            total += step(x)
        return total


class ScatteredByIndex(Branches):
    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y.index_copy_(1, torch.tensor([0, 2]), self.b(x)[:, :2])
        y.masked_fill_(y < 0, 0.0)
        out: Tensor = self.last(y)
        return out


class WrittenThroughData(Branches):
    """`data` has a version counter of its own, so the write does not show on the tensor's."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        y.data.add_(self.b(x))
        out: Tensor = self.last(y)
        return out


class BufferAsMailbox(Branches):
    """Data goes through a buffer, and is read by a view made when the network was built."""

    memory: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("memory", torch.zeros(1, 4, 8, 8))
        self.view = self.memory[:, :, 2:]

    def forward(self, x: Tensor) -> Tensor:
        self.memory.copy_(self.b(self.a(x)))
        out: Tensor = self.last(self.view)
        return out


class InputChangedInPlace(Branches):
    def forward(self, x: Tensor) -> Tensor:
        before = self.a(x)
        x.mul_(2).sub_(1)
        out: Tensor = self.last(before + self.b(x))
        return out


class GatedInPlace(Branches):
    """Squeeze and excitation, multiplied into the tensor that the skip keeps."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.a(x)
        gate = self.b(y.mean((2, 3), keepdim=True)).sigmoid_()
        y.mul_(gate)
        out: Tensor = self.last(y + x)
        return out


_VIEW = "a write into a view is a copy of slices to autograd"
MODELS = (
    Hard(DiscardedAdd, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(AugmentedAddSeenThroughAnAlias, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(OutArgument, 3, adds=1, leads=BOTH, apart=SEPARATE, limit="autograd refuses out="),
    Hard(
        ConcatenationIntoOutArgument,
        3,
        cats=1,
        leads=BOTH,
        apart=SEPARATE,
        limit="autograd refuses out=",
    ),
    Hard(SkipChangedByInplaceRelu, 3, adds=1, leads=(*BOTH, ("a", "b"))),
    Hard(AddIntoSlice, 3, adds=1, leads=BOTH, apart=SEPARATE, limit=_VIEW),
    Hard(AddThroughTransposedView, 3, adds=1, leads=BOTH, apart=SEPARATE, limit=_VIEW),
    Hard(CanvasFilledBySlices, 3, leads=BOTH, apart=SEPARATE),
    Hard(
        ViewsTakenBeforeTheWrite,
        3,
        leads=BOTH,
        apart=SEPARATE,
        limit="autograd refuses a write through a view older than the last write",
    ),
    Hard(
        HalvesThatInterleaveInMemory,
        3,
        outputs=2,
        leads=(("a", "last"),),
        apart=(("b", "last"), *SEPARATE),
        limit="to autograd a view depends on every write into its base",
    ),
    Hard(
        PartsOfAChunkWritten,
        3,
        adds=1,
        leads=BOTH,
        apart=SEPARATE,
        limit="autograd refuses writes into one of several views",
    ),
    Hard(
        Overwritten,
        2,
        leads=(("b", "last"),),
        limit="to autograd what is overwritten still matters",
        warns="1 of 3 convolutions",
    ),
    Hard(Accumulated, 4, adds=3),
    Hard(ScatteredByIndex, 3, leads=BOTH, apart=SEPARATE),
    Hard(WrittenThroughData, 3, adds=1, leads=BOTH, apart=SEPARATE, limit="hidden by data"),
    Hard(BufferAsMailbox, 3, leads=(("a", "b"), *BOTH), limit="the buffer's view is older"),
    Hard(InputChangedInPlace, 3, adds=1, leads=BOTH, apart=SEPARATE),
    Hard(GatedInPlace, 3, adds=1, leads=(*BOTH, ("a", "b"))),
)
