"""A network that computes and never changes."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Collection, Iterator, Sequence

import torch
from torch import Tensor
from torch.jit._fuser import optimized_execution

from cnnwalk.capture.state import State, without_compiler
from cnnwalk.featvis.convolutions import FrozenConvolutions
from cnnwalk.featvis.copying import frozen_copy, held_by
from cnnwalk.featvis.fold import Pair, fold, without_norms
from cnnwalk.featvis.norms import FrozenNorms
from cnnwalk.featvis.numerics import EXACT, Numerics
from cnnwalk.graph import Graph
from cnnwalk.networks import Network


class FrozenNetwork:
    """A frozen copy of a network's module, with the graph by which its operations are counted.

    For use by one thread at a time.

    Args:
        network: what is copied; later changes of its module are not seen.
        graph: of the network.
        device: where the copy computes.
        numerics: with what numbers; `folded` is said by `pairs`.
        pairs: what is folded.

    Attributes:
        network: as given, for what it says of its input.
        graph: of the copy.
        device: as given.
        module: the copy.
    """

    def __init__(
        self,
        network: Network,
        graph: Graph,
        device: torch.device,
        numerics: Numerics,
        pairs: Collection[Pair] = (),
    ) -> None:
        self.network = network
        self.graph = without_norms(graph, pairs)
        self.device = device
        self.module = frozen_copy(network.module, device)
        fold(self.module, pairs)
        self._change: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext
        self._dtype = network.example_input().dtype
        self._half = numerics.dtype == "bfloat16"
        self._layout = torch.contiguous_format
        if numerics.channels_last:
            self._layout = torch.channels_last
            self.module.to(memory_format=torch.channels_last)
        # The network as it is has torch's own gradient, to the last bit.
        self._convolutions: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
        if numerics != EXACT:
            # A network that writes into its weights may compute with others than it holds now.
            dtype = torch.bfloat16 if self._half and not graph.written else None
            self._convolutions = FrozenConvolutions(self.module, dtype)
        self._state = State(self.module)
        for name in graph.written:
            self._state.keep_named(name)
        self._tensors = held_by(self.module)

    def run(self, inputs: Tensor, during: contextlib.AbstractContextManager[object]) -> None:
        """Run the network on inputs (N, C, H, W), normalized; what it returns is dropped.

        Inside `during` is nothing but the network's own forward pass. What earlier passes left in
        the module is put back first: after a pass it would be too early, because its backward
        pass may need what it wrote.
        """
        self._state.restore()
        for tensor in self._tensors:
            if not tensor.is_leaf:  # an earlier pass wrote into it what depends on its input
                tensor.detach_()
        # A copy, because a network may write into what it is given.
        given = inputs.to(self.device, self._dtype, copy=True, memory_format=self._layout)
        arguments = self.network.arguments(given)
        with self._computing(), FrozenNorms(), self._convolutions, self._change(), during:
            self.module(*arguments)

    @contextlib.contextmanager
    def changed(
        self,
        change: Callable[[Sequence[int]], contextlib.AbstractContextManager[None]],
        wanted: Sequence[int],
    ) -> Iterator[None]:
        """Let the module be changed during each pass of the body, given what is wanted of it."""
        self._change = functools.partial(change, wanted)
        try:
            yield
        finally:
            self._change = contextlib.nullcontext

    @contextlib.contextmanager
    def _computing(self) -> Iterator[None]:
        with (
            without_compiler(),
            # To autograd an optimized script is one operation, whose inside has no gradients.
            optimized_execution(False),
            torch.autocast(
                self.device.type, torch.bfloat16, enabled=self._half, cache_enabled=False
            ),
        ):
            yield
