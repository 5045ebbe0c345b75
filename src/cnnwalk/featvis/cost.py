"""What a step costs: counted, not timed, so that it is the same in every process."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from cnnwalk.featvis.reach import Reach

_SECONDS_PER_OPERATION = 15e-12
_SECONDS_PER_BYTE = 0.2e-9
"""Of a forward and a backward pass in float32 on two cores. Measured on seven of torchvision's
networks, each to four layers: between 0.6 and 1.5 of what was timed."""


@dataclasses.dataclass(frozen=True)
class Cost:
    """What one image takes on its way to a layer.

    Attributes:
        operations: multiplications and additions of convolutions and products.
        bytes: that all operations write, which is more than a backward pass needs.
    """

    operations: int
    bytes: int

    @property
    def seconds(self) -> float:
        """About how long a forward and a backward pass take on two cores."""
        return self.operations * _SECONDS_PER_OPERATION + self.bytes * _SECONDS_PER_BYTE


def cost_of(reach: Reach, image: Tensor) -> Cost:
    """Return the cost of an image (1, C, H, W)."""
    counter = _Counter()
    with torch.no_grad(), counter:
        reach(image)
    return Cost(counter.operations, counter.bytes)


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts while it is entered."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.operations = 0
        self.bytes = 0

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401 - an operator
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - what the operator returns
        del types
        returned = func(*args, **(kwargs or {}))
        if not func.is_view:
            values = returned if isinstance(returned, tuple | list) else (returned,)
            self.bytes += sum(value.nbytes for value in values if isinstance(value, Tensor))
        formula = flop_registry.get(func.overloadpacket)
        if formula is not None:
            # Shapes that torch's formula does not know count by their bytes alone.
            with contextlib.suppress(Exception):
                self.operations += int(formula(*args, **(kwargs or {}), out_val=returned))
        return returned
