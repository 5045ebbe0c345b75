"""What one recorded forward pass leaves: plain data, the one truth behind every granularity."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from cnnwalk.capture.assemble import Grouping, assemble
from cnnwalk.capture.check import check
from cnnwalk.capture.flow import Flow, follow
from cnnwalk.capture.layers import fuse_layers
from cnnwalk.capture.operation import ModuleCall, Operation, Shape, Value
from cnnwalk.capture.ops import keep_operations
from cnnwalk.graph import Granularity, Graph

_GROUPINGS: Mapping[Granularity, Callable[[Flow], Grouping]] = {
    "ops": keep_operations,
    "layers": fuse_layers,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Recording:
    """One forward pass, operation by operation.

    Attributes:
        name: of the network.
        inputs: shapes of the input tensors, with the batch axis.
        outputs: the values in each tensor that the network returned, none where nothing
            recorded made it (a constant).
        operations: everything that ran, in order.
        calls: the module calls around the operations, in order of entry.
        parameters: number of values of each of the model's parameters, by name.
        convolutions: how many convolution kernels the dispatcher saw.
        left_torch: where data that depends on an input was handed out of torch.
    """

    name: str
    inputs: tuple[Shape, ...]
    outputs: tuple[tuple[Value, ...], ...]
    operations: tuple[Operation, ...]
    calls: tuple[ModuleCall, ...]
    parameters: Mapping[str, int]
    convolutions: int
    left_torch: tuple[str, ...]

    def graph(self, granularity: Granularity = "layers") -> Graph:
        """Return the graph at a granularity, with warnings about what could not be followed.

        Args:
            granularity: ``ops`` for every operation on the image, ``layers`` for convolutions
                and linear layers with their norm and activation.

        Raises:
            ValueError: there is no such granularity.
        """
        if granularity not in _GROUPINGS:
            known = ", ".join(_GROUPINGS)
            raise ValueError(f"granularity is {granularity!r}; expected one of: {known}.")
        flow = follow(self.operations, self.outputs, self.inputs, self.calls, self.parameters)
        parts = assemble(flow, _GROUPINGS[granularity](flow))
        return Graph(
            name=self.name,
            granularity=granularity,
            inputs=parts.inputs,
            outputs=parts.outputs,
            layers=parts.layers,
            edges=parts.edges,
            blocks=parts.blocks,
            warnings=tuple(check(self, flow, parts)),
            operations=tuple(operation.signature for operation in self.operations),
        )
